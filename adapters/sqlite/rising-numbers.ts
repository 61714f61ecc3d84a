/**
 * Numbers that rise, also over restarts: a version that was judged never stands for a later holder, and a row's id never
 * for a later row.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";

/**
 * Begins above every number that anything in the file still names: those that were used and are named nowhere may come
 * again, for nobody can compare with them. Nothing is written. Cost: one pass over the file.
 */
export function risingNumbers(database: DatabaseSync): () => number {
  const highest = `SELECT max(
    (SELECT coalesce(max(version), 0) FROM reservation),
    (SELECT coalesce(max(CAST(version AS INTEGER)), 0) FROM row),
    (SELECT coalesce(max(id), 0) FROM row)) AS highest`;
  let last = Number(database.prepare(highest).get()?.["highest"]);
  return () => {
    last += 1;
    return last;
  };
}
