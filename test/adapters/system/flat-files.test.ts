/**
 * The first of several small files: a definition names the paths, so anything may stand there.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFlatFiles } from "../../../adapters/system/flat-files.ts";
import { temporaryDirectory } from "../../support/state-file.ts";

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

const at = (name: string): string => join(directory.path, name);
const { read } = createFlatFiles();

test("reads the first that is there, with its path", async () => {
  writeFileSync(at("b"), '{"ipam":{}}');
  writeFileSync(at("c"), "{}");
  expect(await read([at("a"), at("b"), at("c")])).toEqual({ path: at("b"), text: '{"ipam":{}}' });
  symlinkSync(at("c"), at("link"));
  expect(await read([at("link")])).toEqual({ path: at("link"), text: "{}" });
});

test("finds nothing where there is nothing", async () => {
  expect(await read([])).toBeUndefined();
  expect(await read([at("a"), join(at("a"), "b"), "", "\0"])).toBeUndefined();
});

test("passes over what is no small regular file, and never waits for a writer", async () => {
  execFileSync("mkfifo", [at("pipe")]);
  mkdirSync(at("directory"));
  writeFileSync(at("huge"), "");
  truncateSync(at("huge"), 1024 * 1024 + 1);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(at("socket"), resolve));
  try {
    const others = ["pipe", "directory", "huge", "socket"].map(at);
    expect(await read([...others, "/dev/zero"])).toBeUndefined();
    writeFileSync(at("file"), "x");
    expect(await read([...others, at("file")])).toEqual({ path: at("file"), text: "x" });
  } finally {
    server.close();
  }
});

test("takes a file of exactly 1 MiB", async () => {
  writeFileSync(at("large"), "x".repeat(1024 * 1024));
  expect((await read([at("large")]))?.text).toHaveLength(1024 * 1024);
});
