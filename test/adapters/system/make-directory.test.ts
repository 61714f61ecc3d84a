/**
 * Directories are made for their owner only, and what cannot be made is an error, never a wait.
 *
 * @module
 */
import { statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeDirectory } from "../../../adapters/system/make-directory.ts";
import { temporaryDirectory } from "../../support/state-file.ts";
import { treeRoot } from "../../tools/places.ts";
import { run } from "../../tools/process.ts";

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

test("all that are missing are made, and what is there is left, also behind a link", () => {
  const path = join(directory.path, "a/b/c");
  makeDirectory(path);
  makeDirectory(path);
  makeDirectory("/");
  for (const made of ["a", "a/b", "a/b/c"]) expect(statSync(join(directory.path, made)).mode & 0o777).toBe(0o700);
  symlinkSync("a", join(directory.path, "link"));
  makeDirectory(join(directory.path, "link/d"));
  expect(statSync(join(directory.path, "a/d")).isDirectory()).toBe(true);
});

test("a file on the way is an error", () => {
  const file = join(directory.path, "file");
  writeFileSync(file, "");
  for (const path of [file, join(file, "below")]) expect(() => makeDirectory(path)).toThrow("EEXIST");
});

test("so is a directory in which nothing can be made, at once", async () => {
  // In a process of its own: going round for ever could not be stopped in this one.
  const script = `import { makeDirectory } from ${JSON.stringify(join(treeRoot, "adapters/system/make-directory.ts"))};
    try { makeDirectory("/proc/berth/deep"); } catch (error) { console.log(error.code); }`;
  const { stdout } = await run("timeout", ["5", process.execPath, "--input-type=module", "-e", script]);
  expect(stdout).toBe("ENOENT\n");
});
