/**
 * The space kept back for DELs: kept, given up, and kept again when there is room.
 *
 * @module
 */
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createReserve, reserveBytes } from "../../../adapters/sqlite/reserve.ts";
import { temporaryDirectory } from "../../support/state-file.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let path = "";
let nowMs = 0;
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory.path, "reserve");
  nowMs = 1_000_000;
});
afterEach(() => directory.remove());

const create = () => createReserve(path, () => nowMs);

test("is space that is really taken, in a file for its owner only", () => {
  expect(create().isKept()).toBe(true);
  const { size, blocks, mode } = statSync(path);
  expect(size).toBe(reserveBytes);
  expect(blocks * 512).toBeGreaterThanOrEqual(reserveBytes);
  expect(mode & 0o777).toBe(0o600);
  expect(readdirSync(directory.path)).toEqual(["reserve"]);
});

test("is given up once, and kept again 10 s later", () => {
  const reserve = create();
  expect(reserve.giveUp()).toBe(true);
  expect(existsSync(path)).toBe(false);
  expect(reserve.giveUp()).toBe(false);
  nowMs += 9_999;
  expect(reserve.isKept()).toBe(false);
  nowMs += 1;
  expect(reserve.isKept()).toBe(true);
  expect(statSync(path).size).toBe(reserveBytes);
  expect(reserve.giveUp()).toBe(true);
});

test("that cannot be made is not kept, leaves nothing behind, and is tried again", () => {
  rmdirSync(directory.path);
  const reserve = create();
  expect(reserve.isKept()).toBe(false);
  expect(reserve.giveUp()).toBe(false);
  mkdirSync(directory.path);
  nowMs += 10_000;
  expect(reserve.isKept()).toBe(true);
  expect(readdirSync(directory.path)).toEqual(["reserve"]);
});

test("of an agent before is taken over, a short one made whole", () => {
  create();
  const { mtimeMs } = statSync(path);
  expect(create().isKept()).toBe(true);
  expect(statSync(path).mtimeMs).toBe(mtimeMs);
  truncateSync(path, 100);
  expect(create().isKept()).toBe(true);
  expect(statSync(path).size).toBe(reserveBytes);
});
