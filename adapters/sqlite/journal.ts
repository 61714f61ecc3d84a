/**
 * The journal: what this node remembers, in the state file. Every commit is one transaction.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import type {
  Change,
  CommitAnswer,
  CommitOptions,
  Deletion,
  Journal,
  NewRow,
  Row,
  RowState,
} from "../../core/ports/journal.ts";
import {
  bootNsText,
  damaged,
  holderOf,
  holderParameters,
  identityParameters,
  kindOf,
  number,
  placeKey,
  placeOf,
  text,
  type Columns,
} from "./columns.ts";
import type { Reserve } from "./reserve.ts";
import { isFull, statementsOf, type Statements } from "./statements.ts";
import { risingNumbers } from "./rising-numbers.ts";
import type { Writer } from "./writer.ts";

/** A page is read in about 2 ms: so long a call waits for a sweep at most. */
const pageSize = 200;
/** Accepted DELs are remembered for an hour: no launcher waits longer than 40 s (PROTOCOL 7). */
const deletionsKeptMs = 3_600_000;
const deletionsMax = 100_000;

const insertRow = `INSERT INTO row (id, state, network, pool, overlapping, scope, family, value, address, kind, since_ms, reason, definition, container_id,
  if_name, pod_namespace, pod_name, pod_uid, node, boot_id, boot_ns, evidence, position, attempts, version, answered_ms, reuse_after_ms)
  VALUES ($id, 'intent', $network, $pool, $overlapping, $scope, $family, $value, $address, $kind, $since_ms, '', $definition, $container_id,
  $if_name, $pod_namespace, $pod_name, $pod_uid, $node, $boot_id, $boot_ns, $evidence, $position, $attempts, '', NULL, $reuse_after_ms)`;

const renewRow = `UPDATE row SET state = 'lease', reason = '', position = $position, attempts = json_insert(attempts, '$[#]', $attempt), answered_ms = NULL,
  definition = $definition, container_id = $container_id, if_name = $if_name, pod_namespace = $pod_namespace, pod_name = $pod_name,
  pod_uid = $pod_uid, node = $node, boot_id = $boot_id, boot_ns = $boot_ns, evidence = $evidence WHERE id = $id`;

/** A DEL of another boot is no longer of use; one without a definition's name ends the attachment in every definition. */
const laterDeletion = `SELECT 1 FROM deletion WHERE container_id = $container_id AND if_name = $if_name
  AND definition IN ($definition, '') AND boot_id = $boot_id AND boot_ns > $boot_ns LIMIT 1`;

/** The newest of a row's attempts, as SQL. */
const newest = "attempts ->> '$[#-1]'";

const rowHere = `SELECT * FROM row WHERE scope = $scope AND family = $family AND value = $value AND state`;

export function createJournal(database: DatabaseSync, writer: Writer, reserve: Reserve): Journal {
  const sql = statementsOf(database);
  const nextId = risingNumbers(database);
  return {
    commit: async (changes, options = {}) => commit({ writer, reserve, sql, nextId }, { changes, options }),
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
  };
}

type Needs = {
  readonly writer: Writer;
  readonly reserve: Reserve;
  readonly sql: Statements;
  readonly nextId: () => number;
};

type Order = { readonly changes: readonly Change[]; readonly options: CommitOptions };

/** New leases are refused while the reserve is given up: the space it made is for recording DELs (DESIGN 7). */
async function commit(needs: Needs, order: Order): Promise<CommitAnswer> {
  const { reserve } = needs;
  const isGrowing = order.changes.some(({ kind }) => kind === "intend");
  if (isGrowing && !reserve.isKept()) {
    return { kind: "failed", full: true, reason: "the space kept back for DELs is in use" };
  }
  const answer = await tryCommit(needs, order);
  const isWorthMore = answer.kind === "failed" && answer.full && order.options.urgent === true && reserve.giveUp();
  return isWorthMore ? tryCommit(needs, order) : answer;
}

async function tryCommit(needs: Needs, { changes, options }: Order): Promise<CommitAnswer> {
  try {
    const { writer, sql } = needs;
    return await writer.write((): CommitAnswer => {
      if (options.unless !== undefined && sql(laterDeletion).get(deletionKey(options.unless)) !== undefined) {
        return { kind: "superseded" };
      }
      return { kind: "committed", ids: changes.map((change) => apply(needs, change)).filter((id) => id !== undefined) };
    });
  } catch (error) {
    return isOccupied(error) ? { kind: "occupied" } : failed(error);
  }
}

/** @returns the id of the row it made, if it made one. */
function apply({ sql, nextId }: Needs, change: Change): number | undefined {
  switch (change.kind) {
    case "intend":
      return Number(sql(insertRow).run({ ...newRowParameters(change.row), id: nextId() }).lastInsertRowid);
    case "lease":
      lease(sql, change.id, change.version);
      return undefined;
    case "renew":
      sql(renewRow).run({
        ...holderParameters(change.holder),
        id: change.id,
        attempt: change.attempt,
        position: change.index,
      });
      return undefined;
    case "answer":
      for (const id of change.ids) sql("UPDATE row SET answered_ms = ? WHERE id = ?").run(change.atMs, id);
      return undefined;
    case "free":
      sql(`UPDATE row SET state = 'freeing', reason = ? WHERE id = ? AND ${newest} = ?`).run(
        change.reason,
        change.id,
        change.whileAttempt,
      );
      return undefined;
    case "end":
      end(sql, change);
      return undefined;
    case "delete":
      remember(sql, change.deletion);
      return undefined;
    default:
      return change satisfies never;
  }
}

function newRowParameters(row: NewRow) {
  return {
    ...identityParameters({ ...row, reason: "" }),
    position: row.index,
    attempts: JSON.stringify(row.attempts),
    reuse_after_ms: row.reuseAfterMs,
  };
}

/** What is confirmed needs no older attempts: the newest is the one the store carries (P9). */
function lease(sql: Statements, id: number, version: string): void {
  const done = sql(`UPDATE row SET state = 'lease', version = ?, attempts = json_array(${newest})
    WHERE id = ? AND state <> 'freeing'`).run(version, id);
  if (Number(done.changes) === 0) throw new Error("the row has ended, or is on its way back, meanwhile");
}

function end(sql: Statements, { id, restUntilMs, whileAttempt }: Extract<Change, { kind: "end" }>): void {
  if (restUntilMs > 0) {
    sql(`INSERT OR REPLACE INTO resting (scope, family, value, network, pool, overlapping, until_ms)
      SELECT scope, family, value, network, pool, overlapping, ? FROM row WHERE id = ? AND ${newest} = ?`).run(
      restUntilMs,
      id,
      whileAttempt,
    );
  }
  sql(`DELETE FROM row WHERE id = ? AND ${newest} = ?`).run(id, whileAttempt);
}

/** Keeps the latest DEL of an attachment: an older one, come late, must not hide it. */
function remember(sql: Statements, deletion: Deletion): void {
  const parameters = { ...deletionKey(deletion), accepted_ms: deletion.acceptedMs };
  sql(`INSERT INTO deletion VALUES ($container_id, $if_name, $definition, $boot_id, $boot_ns, $accepted_ms)
    ON CONFLICT (container_id, if_name, definition) DO UPDATE SET boot_id = $boot_id, boot_ns = $boot_ns, accepted_ms = $accepted_ms
    WHERE deletion.boot_id <> $boot_id OR deletion.boot_ns < $boot_ns`).run(parameters);
  if (deletion.started.bootNs % 1000n === 0n) trim(sql, deletion.acceptedMs);
}

/** Bounds the tables; one DEL in a thousand pays for the walk along them. */
function trim(sql: Statements, nowMs: number): void {
  sql("DELETE FROM deletion WHERE accepted_ms < ?").run(nowMs - deletionsKeptMs);
  sql("DELETE FROM resting WHERE until_ms < ?").run(nowMs);
  sql(`DELETE FROM deletion WHERE accepted_ms <
    (SELECT accepted_ms FROM deletion ORDER BY accepted_ms DESC LIMIT 1 OFFSET ${deletionsMax})`).run();
}

function deletionKey({ attachment, started }: Pick<Deletion, "attachment" | "started">) {
  return {
    container_id: attachment.containerId,
    if_name: attachment.ifName,
    definition: attachment.definition,
    boot_id: started.bootId,
    boot_ns: bootNsText(started.bootNs),
  };
}

function one(columns: Columns | undefined): Row | undefined {
  return columns === undefined ? undefined : rowOf(columns);
}

function rowOf(columns: Columns): Row {
  const kind = kindOf(columns);
  const holder = holderOf(columns);
  if (holder === undefined || kind === "withheld") throw damaged("container_id", columns["container_id"]);
  const answered = columns["answered_ms"];
  return {
    id: number(columns, "id"),
    state: stateOf(columns),
    holder,
    place: placeOf(columns),
    kind,
    index: number(columns, "position"),
    attempts: attemptsOf(text(columns, "attempts")),
    version: text(columns, "version"),
    sinceMs: number(columns, "since_ms"),
    answeredMs: typeof answered === "number" ? answered : undefined,
    reuseAfterMs: number(columns, "reuse_after_ms"),
    reason: text(columns, "reason"),
  };
}

function stateOf(columns: Columns): RowState {
  const state = columns["state"];
  if (state !== "intent" && state !== "lease" && state !== "freeing") throw damaged("state", state);
  return state;
}

function attemptsOf(json: string): readonly string[] {
  const found: unknown = JSON.parse(json);
  if (!Array.isArray(found) || !found.every((item) => typeof item === "string")) throw damaged("attempts", json);
  return found;
}

/** SQLITE_CONSTRAINT_UNIQUE: the index `row_place`, the only unique one that a change can meet. */
function isOccupied(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, "errcode") === 2067;
}

function failed(error: unknown): CommitAnswer {
  return { kind: "failed", full: isFull(error), reason: error instanceof Error ? error.message : String(error) };
}
