/**
 * What stands at a path, looked at on real files.
 *
 * @module
 */
import { mkdirSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createNamespaces } from "../../../adapters/netns/namespaces.ts";
import { temporaryDirectory } from "../../support/state-file.ts";

const directory = temporaryDirectory();
afterEach(directory.remove);
const at = (name: string): string => {
  mkdirSync(directory.path, { recursive: true });
  return join(directory.path, name);
};
const { look, voidReason } = createNamespaces();

test("a namespace is told by the device and inode of its nsfs file", async () => {
  const inode = /\[(\d+)\]/.exec(readlinkSync("/proc/self/ns/net"))?.[1];
  expect(await look("/proc/self/ns/net")).toEqual({ kind: "namespace", device: expect.stringMatching(/^\d+$/), inode });
  const link = at("link");
  symlinkSync("/proc/self/ns/net", link);
  expect(await look(link)).toEqual(await look("/proc/self/ns/net"));
});

test("nothing there is absent, also below a file and behind a link that leads nowhere", async () => {
  const file = at("file");
  writeFileSync(file, "");
  symlinkSync("/nowhere/at/all", at("link"));
  for (const path of [at("gone"), join(file, "below"), at("link")])
    expect(await look(path)).toEqual({ kind: "absent" });
});

test("a plain file or a directory proves nothing: after a namespace's mount has gone its file stays for a moment", async () => {
  const file = at("file");
  writeFileSync(file, "");
  expect(await look(file)).toEqual({ kind: "other" });
  expect(await look(directory.path)).toEqual({ kind: "other" });
});

test("what cannot be looked at is not absent", async () => {
  // Root may look everywhere, so the paths are such that nobody can.
  const loop = at("loop");
  symlinkSync(loop, loop);
  expect(await look(loop)).toEqual({ kind: "unreadable", reason: "ELOOP" });
  expect(await look(at("a".repeat(300)))).toEqual({ kind: "unreadable", reason: "ENAMETOOLONG" });
  expect(await look("/proc/self\0")).toMatchObject({ kind: "unreadable" });
});

test("evidence is void or not by where this process runs; it never fails to say", async () => {
  for (const path of ["/run/netns/a", "", "relative"]) {
    const reason = await voidReason(path);
    expect(reason === undefined || reason.includes("does not propagate")).toBe(true);
  }
});
