/**
 * When writes are committed, and which of them together.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createWriter, type Writer } from "../../../adapters/sqlite/writer.ts";

let database: DatabaseSync;
let writer: Writer;
let nowMs = 0;
beforeEach(() => {
  database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE t (n INTEGER)");
  nowMs = 1_000;
  writer = createWriter(database, { nowMs: () => nowMs, atTurnsEnd: setImmediate });
});
afterEach(() => database.close());

/** How many rows this connection's running transaction has written so far. */
const rows = () => Number(database.prepare("SELECT count(*) AS count FROM t").get()?.["count"]);
const insert = () => database.prepare("INSERT INTO t VALUES (1)").run();
/** The next turn of the loop. */
const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

test("a write that comes alone is committed before the loop turns", async () => {
  let hasTurned = false;
  void turn().then(() => (hasTurned = true));
  await writer.write(insert);
  expect(hasTurned).toBe(false);
  expect(rows()).toBe(1);
});

test("writes that come close upon each other wait for the turn's end, and share a commit", async () => {
  await writer.write(insert);
  nowMs += 0.5;
  const seen: number[] = [];
  const one = writer.write(() => seen.push(Number(database.isTransaction), insert().changes as number));
  await Promise.resolve();
  expect(seen).toEqual([]);
  const other = writer.write(() => seen.push(rows()));
  await Promise.all([one, other]);
  // The second saw what the first had written, in the same transaction.
  expect(seen).toEqual([1, 1, 2]);
});

test("what throws is taken back, and what shared its commit stays", async () => {
  await writer.write(insert);
  const bad = writer.write(() => {
    insert();
    throw new Error("no");
  });
  const good = writer.write(insert);
  await expect(bad).rejects.toThrow("no");
  await good;
  expect(rows()).toBe(2);
});

test("writes that follow from each other let the loop turn, however far they lie apart", async () => {
  let hasTurned = false;
  void turn().then(() => (hasTurned = true));
  for (let at = 0; at < 3; at += 1) {
    nowMs += 10;
    await writer.write(insert);
  }
  expect(hasTurned).toBe(true);
});
