/**
 * What stands at a path, looked at on real files.
 *
 * @module
 */
import { mkdirSync, readlinkSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
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

describe("in a container", () => {
  /** One mount on the root and one on `place`, each with its propagation. */
  const mountinfo = (place: string, tags: { root: string; place: string }): string =>
    [`22 1 8:1 / / rw ${tags.root}- ext4 /dev/sda1 rw`, `26 22 0:23 / ${place} rw ${tags.place}- tmpfs tmpfs rw`].join(
      "\n",
    );
  const world = () => {
    mkdirSync(at("run/netns"), { recursive: true });
    const real = realpathSync(directory.path);
    symlinkSync(join(real, "run"), at("var-run"));
    return { place: join(real, "run"), linked: at("var-run/netns/a") };
  };

  test("the mount that counts is that behind a link, as /var/run is one to /run", async () => {
    const { place, linked } = world();
    const judgeWith = (tags: { root: string; place: string }) =>
      createNamespaces({ isContained: true, readMounts: () => mountinfo(place, tags) }).voidReason(linked);
    expect(await judgeWith({ root: "", place: "master:5 " })).toBeUndefined();
    expect(await judgeWith({ root: "shared:1 ", place: "" })).toContain("does not propagate");
  });

  test("a directory that has gone is judged by what held it, a link that leads nowhere proves nothing", async () => {
    const { place } = world();
    const readMounts = () => mountinfo(place, { root: "", place: "master:5 " });
    const propagating = createNamespaces({ isContained: true, readMounts });
    expect(await propagating.voidReason(at("var-run/gone/deeper/a"))).toBeUndefined();
    symlinkSync("/nowhere/at/all", at("run/dangling"));
    expect(await propagating.voidReason(at("run/dangling/a"))).toContain("cannot be resolved");
    expect(await propagating.voidReason(at("run/dangling/netns/a"))).toContain("cannot be resolved");
  });

  test("mounts are read once in a turn of the loop, whatever is judged in it, and anew in the next", async () => {
    const { place, linked } = world();
    let tags = { root: "shared:1 ", place: "master:5 " };
    const readMounts = vi.fn(() => mountinfo(place, tags));
    const contained = createNamespaces({ isContained: true, readMounts });
    for (const path of Array.from({ length: 1000 }, (_, n) => `${linked}${n}`))
      expect(await contained.voidReason(path)).toBeUndefined();
    expect(await contained.voidReason(at("x"))).toContain("does not propagate");
    expect(readMounts).toHaveBeenCalledTimes(1);
    await new Promise((resolve) => setImmediate(resolve));
    tags = { root: "shared:1 ", place: "" };
    expect(await contained.voidReason(linked)).toContain("does not propagate");
    expect(readMounts).toHaveBeenCalledTimes(2);
  });
});
