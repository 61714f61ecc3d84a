/**
 * The addresses of an interface inside a namespace, read as CHECK does.
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createInterfaces } from "../../adapters/netns/interfaces.ts";
import { createNamespaces } from "../../adapters/netns/namespaces.ts";
import { address } from "../support/samples.ts";
import { createNamespace, type Namespace } from "../support/namespaces.ts";
import { temporaryDirectory } from "../support/state-file.ts";

const { read } = createInterfaces();
const directory = temporaryDirectory();
let namespace: Namespace;

beforeAll(async () => {
  namespace = await createNamespace({ detectsDuplicates: false });
  await namespace.ip("link", "add", "net1", "type", "bridge");
  await namespace.ip("address", "add", "10.0.0.5/24", "dev", "net1");
  await namespace.ip("address", "add", "10.1.0.5/32", "dev", "net1");
  await namespace.ip("address", "add", "fd00::5/64", "dev", "net1", "nodad");
});
afterAll(async () => {
  await namespace[Symbol.asyncDispose]();
  directory.remove();
});

test("each address is seen with its prefix length, of both families", async () => {
  expect(await read(namespace.path, "net1")).toEqual({
    kind: "seen",
    addresses: [
      { address: address("10.0.0.5"), prefixLength: 24 },
      { address: address("10.1.0.5"), prefixLength: 32 },
      { address: address("fd00::5"), prefixLength: 64 },
    ],
  });
});

test("an interface that is not there, and a namespace that is not there, are absent", async () => {
  expect(await read(namespace.path, "net2")).toEqual({ kind: "absent" });
  expect(await read("/run/netns/not-there", "net1")).toEqual({ kind: "absent" });
});

test("an interface without addresses is seen", async () => {
  await namespace.ip("link", "add", "bare", "type", "bridge");
  expect(await read(namespace.path, "bare")).toEqual({ kind: "seen", addresses: [] });
});

test("a name that looks like an option is no option", async () => {
  expect((await read(namespace.path, "-all")).kind).not.toBe("seen");
});

test("what is no namespace cannot be read, and is not absent", async () => {
  const file = join(directory.path, "file");
  writeFileSync(file, "");
  expect(await read(file, "net1")).toMatchObject({ kind: "unreadable", reason: expect.stringMatching(/\S/) });
});

test("a namespace that was deleted is absent", async () => {
  const { look } = createNamespaces();
  const made = await createNamespace();
  const before = await look(made.path);
  expect(before.kind).toBe("namespace");
  await made[Symbol.asyncDispose]();
  expect(await look(made.path)).toEqual({ kind: "absent" });
});
