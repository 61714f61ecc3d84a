/**
 * The write on trial: it tells what cannot be written, and leaves nothing behind.
 *
 * @module
 */
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { canWriteState } from "../../../adapters/sqlite/write-trial.ts";
import { opened, temporaryDirectory } from "../../support/state-file.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let database: DatabaseSync;
const path = (): string => join(directory.path, "berth.db");
beforeEach(() => {
  directory = temporaryDirectory();
  database = opened(path());
});
afterEach(() => {
  database.close();
  directory.remove();
});

const versionOf = () => database.prepare("PRAGMA user_version").get();

test("what can be written is written, and is as it was", () => {
  const before = { version: versionOf(), files: readdirSync(directory.path) };
  const logged = statSync(`${path()}-wal`).size;
  expect(canWriteState(database, directory.path)).toBe(true);
  expect({ version: versionOf(), files: readdirSync(directory.path) }).toEqual(before);
  expect(statSync(`${path()}-wal`).size).toBeGreaterThan(logged);
});

test("a directory that takes no file is none", () => {
  expect(canWriteState(database, join(directory.path, "gone"))).toBe(false);
  mkdirSync(join(directory.path, "trial"));
  expect(canWriteState(database, directory.path)).toBe(false);
});

test("a state file that is read-only is none, though its directory takes files", () => {
  using readOnly = new DatabaseSync(path(), { readOnly: true });
  expect(canWriteState(readOnly, directory.path)).toBe(false);
  expect(readdirSync(directory.path)).not.toContain("trial");
});
