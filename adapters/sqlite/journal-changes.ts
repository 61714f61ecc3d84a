/**
 * What each change of a commit writes. All of them run inside the commit's transaction.
 *
 * @module
 */
import type { Change } from "../../core/ports/journal.ts";
import { holderParameters, text } from "./columns.ts";
import { deletionKey, deletionOfImport, rememberDeletion } from "./deletions.ts";
import { rememberFinished } from "./finished-attempts.ts";
import { attemptsOf, newRowParameters } from "./journal-row.ts";
import type { Statements } from "./statements.ts";

export type ChangeNeeds = {
  readonly sql: Statements;
  readonly nextId: () => number;
  /** Wall clock by which ended attempts are remembered; undefined: they are not. */
  readonly finishedMs: (() => number) | undefined;
};

type Of<Kind extends Change["kind"]> = Extract<Change, { kind: Kind }>;

/** More would be a row that is renewed for ever and never confirmed: what is older is finished. */
const attemptsMax = 64;

const insertRow = `INSERT INTO row (id, state, network, pool, overlapping, scope, family, value, address, kind, since_ms, reason, definition, container_id,
  if_name, pod_namespace, pod_name, pod_uid, node, boot_id, boot_ns, evidence, position, attempts, version, answered_ms, reuse_after_ms)
  VALUES ($id, $state, $network, $pool, $overlapping, $scope, $family, $value, $address, $kind, $since_ms, '', $definition, $container_id,
  $if_name, $pod_namespace, $pod_name, $pod_uid, $node, $boot_id, $boot_ns, $evidence, $position, $attempts, $version, $answered_ms, $reuse_after_ms)`;

const renewRow = `UPDATE row SET state = 'lease', reason = '', position = $position, attempts = json_insert(attempts, '$[#]', $attempt), answered_ms = NULL,
  definition = $definition, container_id = $container_id, if_name = $if_name, pod_namespace = $pod_namespace, pod_name = $pod_name,
  pod_uid = $pod_uid, node = $node, boot_id = $boot_id, boot_ns = $boot_ns, evidence = $evidence WHERE id = $id
  RETURNING attempts, version`;

/** The newest of a row's attempts, as SQL. */
const newest = "attempts ->> '$[#-1]'";

/** @returns the id of the row it made, if it made one. */
export function applyChange(needs: ChangeNeeds, change: Change): number | undefined {
  switch (change.kind) {
    case "intend":
      return intend(needs, change);
    case "import":
      return importLease(needs, change);
    default:
      applyToRow(needs, change);
      return undefined;
  }
}

function applyToRow(needs: ChangeNeeds, change: Exclude<Change, { kind: "intend" | "import" }>): void {
  const { sql } = needs;
  switch (change.kind) {
    case "lease":
      return lease(sql, change);
    case "renew":
      return renew(needs, change);
    case "answer":
      for (const id of change.ids) sql("UPDATE row SET answered_ms = ? WHERE id = ?").run(change.atMs, id);
      return undefined;
    case "free":
      return free(sql, change);
    case "conflict":
      return conflict(sql, change);
    case "end":
      return end(needs, change);
    case "delete":
      return rememberDeletion(sql, change.deletion);
    case "note":
      return note(sql, change);
    default:
      return change satisfies never;
  }
}

function intend({ sql, nextId }: ChangeNeeds, { row }: Of<"intend">): number {
  const own = { id: nextId(), state: "intent", version: "", answered_ms: null };
  return Number(sql(insertRow).run({ ...newRowParameters(row), ...own }).lastInsertRowid);
}

/** First a lease, so that the index refuses an address that another living row has; then on its way back if a DEL says so. */
function importLease({ sql, nextId }: ChangeNeeds, { row, version, answeredMs }: Of<"import">): number {
  const id = nextId();
  const own = { id, state: "lease", version, answered_ms: answeredMs ?? null };
  sql(insertRow).run({ ...newRowParameters(row), ...own });
  if (sql(deletionOfImport).get(deletionKey(row.holder)) !== undefined) {
    sql("UPDATE row SET state = 'freeing', reason = 'DEL' WHERE id = ?").run(id);
  }
  return id;
}

/** Older attempts stay ours: a late answer to one of them is no other's (P11). */
function lease(sql: Statements, { id, version }: Of<"lease">): void {
  const done = sql("UPDATE row SET state = 'lease', version = ? WHERE id = ? AND state <> 'freeing'").run(version, id);
  if (Number(done.changes) === 0) throw new Error("the row has ended, or is on its way back, meanwhile");
}

function renew({ sql, finishedMs }: ChangeNeeds, { id, holder, attempt, index }: Of<"renew">): void {
  const renewed = sql(renewRow).get({ ...holderParameters(holder), id, attempt, position: index });
  const attempts = renewed === undefined ? [] : attemptsOf(text(renewed, "attempts"));
  if (renewed === undefined || attempts.length <= attemptsMax) return;
  const dropped = attempts.slice(0, -attemptsMax);
  sql("UPDATE row SET attempts = ? WHERE id = ?").run(JSON.stringify(attempts.slice(-attemptsMax)), id);
  if (finishedMs !== undefined) {
    rememberFinished(sql, dropped, { version: text(renewed, "version"), nowMs: finishedMs() });
  }
}

function free(sql: Statements, { id, reason, whileAttempt }: Of<"free">): void {
  sql(`UPDATE row SET state = 'freeing', reason = ? WHERE id = ? AND ${newest} = ?`).run(reason, id, whileAttempt);
}

function conflict(sql: Statements, change: Of<"conflict">): void {
  sql(`UPDATE row SET conflict = ? WHERE id = ? AND state <> 'freeing' AND ${newest} = ?`).run(
    change.with,
    change.id,
    change.whileAttempt,
  );
}

function end({ sql, finishedMs }: ChangeNeeds, { id, restUntilMs, whileAttempt }: Of<"end">): void {
  if (restUntilMs > 0) {
    sql(`INSERT OR REPLACE INTO resting (scope, family, value, network, pool, overlapping, until_ms)
      SELECT scope, family, value, network, pool, overlapping, ? FROM row WHERE id = ? AND ${newest} = ?`).run(
      restUntilMs,
      id,
      whileAttempt,
    );
  }
  const ended = sql(`DELETE FROM row WHERE id = ? AND ${newest} = ? RETURNING attempts, version`).get(id, whileAttempt);
  if (ended === undefined || finishedMs === undefined) return;
  const nowMs = finishedMs();
  rememberFinished(sql, attemptsOf(text(ended, "attempts")), { version: text(ended, "version"), nowMs });
}

function note(sql: Statements, { key, value }: Of<"note">): void {
  if (value === "") sql("DELETE FROM meta WHERE name = ?").run(`note_${key}`);
  else sql("INSERT OR REPLACE INTO meta VALUES (?, ?)").run(`note_${key}`, value);
}
