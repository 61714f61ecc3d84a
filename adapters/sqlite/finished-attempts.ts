/**
 * The attempts of rows that have ended: a reservation that turns up with one of them, however late, is given back (P9).
 *
 * @module
 */
import type { Finished } from "../../core/ports/journal.ts";
import { text } from "./columns.ts";
import type { Statements } from "./statements.ts";

const keptMs = 7 * 24 * 3_600_000;
const keptMax = 100_000;
/** One in so many pays for forgetting the oldest ones, which the table has first: its `seq` rises. */
const trimEvery = 1000;

/** @param attempts of which those that belong to ended rows are answered, in the order of their ends */
export function finishedAmong(sql: Statements, attempts: readonly string[]): readonly Finished[] {
  return sql("SELECT attempt, uid FROM finished WHERE attempt IN (SELECT value FROM json_each(?)) ORDER BY seq")
    .all(JSON.stringify(attempts))
    .map((columns) => ({ attempt: text(columns, "attempt"), uid: text(columns, "uid") }));
}

/** @param version of what the attempts were held by @param nowMs wall clock */
export function rememberFinished(
  sql: Statements,
  attempts: readonly string[],
  { version, nowMs }: { readonly version: string; readonly nowMs: number },
): void {
  for (const attempt of attempts) {
    // It takes a new place at the end when it is there already.
    const { lastInsertRowid } = sql("INSERT OR REPLACE INTO finished (attempt, uid, ended_ms) VALUES (?, ?, ?)").run(
      attempt,
      uidOf(version),
      nowMs,
    );
    if (Number(lastInsertRowid) % trimEvery === 0) trim(sql, Number(lastInsertRowid), nowMs);
  }
}

/** `<uid>/<resourceVersion>` is the version of an object; other stores have other versions, and no uid. */
function uidOf(version: string): string {
  return version.includes("/") ? version.slice(0, version.indexOf("/")) : "";
}

/** Walks along those that it deletes, and one more: the one that was just written is young. */
function trim(sql: Statements, last: number, nowMs: number): void {
  sql("DELETE FROM finished WHERE seq <= ?").run(last - keptMax + trimEvery);
  sql(`DELETE FROM finished WHERE seq <
    (SELECT seq FROM finished WHERE ended_ms >= ? ORDER BY seq LIMIT 1)`).run(nowMs - keptMs);
}
