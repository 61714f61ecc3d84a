/**
 * The journal: what this node remembers, in the state file. Every commit is one transaction.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import type { Change, CommitAnswer, CommitOptions, Journal, Row } from "../../core/ports/journal.ts";
import { number, placeKey, placeOf, text, type Columns } from "./columns.ts";
import { deletionKey, laterDeletion } from "./deletions.ts";
import { finishedAmong } from "./finished-attempts.ts";
import { applyChange, type ChangeNeeds } from "./journal-changes.ts";
import { rowOf } from "./journal-row.ts";
import type { Reserve } from "./reserve.ts";
import { isFull, statementsOf } from "./statements.ts";
import { risingNumbers } from "./rising-numbers.ts";
import type { Writer } from "./writer.ts";

/** A page is read in about 2 ms: so long a call waits for a sweep at most. */
const pageSize = 200;

const rowHere = `SELECT * FROM row WHERE scope = $scope AND family = $family AND value = $value AND state`;

export type JournalOptions = {
  /**
   * Keeps the attempts of ended rows in mind (P9), by this wall clock. Left out where no claim can land late: the embedded
   * store has no use for them.
   */
  readonly remembersFinished?: { readonly nowMs: () => number };
};

export function createJournal(
  database: DatabaseSync,
  writer: Writer,
  reserve: Reserve,
  { remembersFinished }: JournalOptions = {},
): Journal {
  const sql = statementsOf(database);
  const needs: Needs = { writer, reserve, sql, nextId: risingNumbers(database), finishedMs: remembersFinished?.nowMs };
  return {
    id: text(sql("SELECT value FROM meta WHERE name = 'journal_id'").get() ?? {}, "value"),
    commit: async (changes, options = {}) => commit(needs, { changes, options }),
    row: async (id) => one(sql("SELECT * FROM row WHERE id = ?").get(id)),
    rowsOf: async ({ containerId, ifName }) =>
      sql("SELECT * FROM row WHERE container_id = ? AND if_name = ? ORDER BY id").all(containerId, ifName).map(rowOf),
    rowsOfPod: async (uid, ifName) =>
      sql("SELECT * FROM row WHERE pod_uid = ? AND if_name = ? ORDER BY id").all(uid, ifName).map(rowOf),
    // Asked twice, so that each question has its index.
    rowAt: async (place) =>
      one(sql(`${rowHere} <> 'freeing'`).get(placeKey(place)) ?? sql(`${rowHere} = 'freeing'`).get(placeKey(place))),
    page: async (state, after) => {
      const rows = sql(`SELECT * FROM row WHERE state = ? AND id > ? ORDER BY id LIMIT ${pageSize}`)
        .all(state, after ?? 0)
        .map(rowOf);
      return { rows, next: rows.length === pageSize ? rows.at(-1)?.id : undefined };
    },
    count: async (state) => Number(sql("SELECT count(*) AS rows FROM row WHERE state = ?").get(state)?.["rows"]),
    resting: async (network) =>
      sql("SELECT * FROM resting WHERE network = ? ORDER BY until_ms")
        .all(network)
        .map((columns) => ({ place: placeOf(columns), untilMs: number(columns, "until_ms") })),
    finished: async (attempts) => finishedAmong(sql, attempts),
    note: async (key) => {
      const found = sql("SELECT value FROM meta WHERE name = ?").get(`note_${key}`);
      return found === undefined ? undefined : text(found, "value");
    },
    deleted: async (max) =>
      sql(`SELECT DISTINCT container_id FROM
        (SELECT container_id FROM deletion ORDER BY accepted_ms DESC LIMIT ?)`)
        .all(max)
        .map((columns) => text(columns, "container_id")),
  };
}

type Needs = ChangeNeeds & { readonly writer: Writer; readonly reserve: Reserve };

type Order = { readonly changes: readonly Change[]; readonly options: CommitOptions };

/** New leases are refused while the reserve is given up: the space it made is for recording DELs (DESIGN 7). */
async function commit(needs: Needs, order: Order): Promise<CommitAnswer> {
  const { reserve } = needs;
  if (isGrowing(order) && !reserve.isKept()) {
    return { kind: "failed", full: true, reason: "the space kept back for DELs is in use" };
  }
  const answer = await tryCommit(needs, order);
  const isWorthMore = answer.kind === "failed" && answer.full && order.options.urgent === true && reserve.giveUp();
  return isWorthMore ? tryCommit(needs, order) : answer;
}

/** An import for an unknown DEL is part of that DEL's work (P13), and says so by being urgent. */
function isGrowing({ changes, options }: Order): boolean {
  return changes.some(({ kind }) => kind === "intend" || (kind === "import" && options.urgent !== true));
}

async function tryCommit(needs: Needs, { changes, options }: Order): Promise<CommitAnswer> {
  try {
    const { writer, sql } = needs;
    return await writer.write((): CommitAnswer => {
      if (options.unless !== undefined && sql(laterDeletion).get(deletionKey(options.unless)) !== undefined) {
        return { kind: "superseded" };
      }
      const ids = changes.map((change) => applyChange(needs, change)).filter((id) => id !== undefined);
      return { kind: "committed", ids };
    });
  } catch (error) {
    return isOccupied(error) ? { kind: "occupied" } : failed(error);
  }
}

function one(columns: Columns | undefined): Row | undefined {
  return columns === undefined ? undefined : rowOf(columns);
}

/** SQLITE_CONSTRAINT_UNIQUE: the index `row_place`, the only unique one that a change can meet. */
function isOccupied(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, "errcode") === 2067;
}

function failed(error: unknown): CommitAnswer {
  return { kind: "failed", full: isFull(error), reason: error instanceof Error ? error.message : String(error) };
}
