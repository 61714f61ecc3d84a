/**
 * Every address that is held, and what the journal knows of it, read in pages.
 *
 * No statement stays open between pages: one that did would keep the write-ahead log from being folded into the file for
 * as long as somebody looks at a pager.
 *
 * @module
 */
import { knownAddress } from "../../core/ip/address.ts";
import type { LeaseFilter, LeaseRecord, LeaseState } from "../../core/ports/inventory.ts";
import { type Columns, damaged, hexOf, holderOf, kindOf, number, placeOf, text } from "./columns.ts";
import type { Statements } from "./statements.ts";

/** Small, so that a page is garbage before it grows old: the memory a listing takes is that of a few pages. */
const pageSize = 200;

/** A row and a reservation belong together when the reservation carries one of the row's attempts (P9). */
const isSame = `row.scope = reservation.scope AND row.family = reservation.family AND row.value = reservation.value
  AND EXISTS (SELECT 1 FROM json_each(row.attempts) WHERE json_each.value = reservation.attempt)`;

/** The two indexes on places are for rows that are being freed and for all others: each needs its own question. */
const heldPage = `SELECT held.*, row.id AS row_id, row.state AS row_state, row.answered_ms, row.reason AS row_reason,
  row.conflict FROM (
  SELECT *, coalesce(
    (SELECT id FROM row WHERE row.state <> 'freeing' AND ${isSame}),
    (SELECT id FROM row WHERE row.state = 'freeing' AND ${isSame} LIMIT 1)) AS found_row
  FROM reservation WHERE (network, family, value, scope) > ($network_after, $family_after, $value_after, $scope_after)
    AND ($network IS NULL OR network = $network)
    AND ($family IS NULL OR (family = $family AND value BETWEEN $first AND $last))
  ORDER BY network, family, value, scope LIMIT ${pageSize}) AS held
  LEFT JOIN row ON row.id = held.found_row ORDER BY held.network, held.family, held.value, held.scope`;

/** What only the journal knows: intents that were not granted, and what the store has let go of already. */
const unheldRows = `SELECT row.*, attempts ->> '$[#-1]' AS attempt, id AS row_id, state AS row_state, reason AS row_reason FROM row
  WHERE NOT EXISTS (SELECT 1 FROM reservation WHERE ${isSame})
    AND ($network IS NULL OR network = $network)
    AND ($family IS NULL OR (family = $family AND value BETWEEN $first AND $last))
  ORDER BY network, family, value, scope`;

/** Cost: one pass over the rows of the journal for what only it knows, then one page at a time. */
export function* leaseRecords(sql: Statements, filter: LeaseFilter): Generator<LeaseRecord> {
  const parameters = filterParameters(filter);
  const unheld = sql(unheldRows).all(parameters);
  let next = 0;
  for (const columns of heldRows(sql, parameters)) {
    for (let row = unheld[next]; row !== undefined && isBefore(row, columns); row = unheld[next]) {
      next += 1;
      yield recordOf(row, false);
    }
    yield recordOf(columns, true);
  }
  for (const row of unheld.slice(next)) yield recordOf(row, false);
}

function* heldRows(sql: Statements, parameters: ReturnType<typeof filterParameters>): Generator<Columns> {
  let after: Columns | undefined;
  do {
    const page = sql(heldPage).all({
      ...parameters,
      network_after: after === undefined ? "" : text(after, "network"),
      family_after: after === undefined ? 0 : number(after, "family"),
      value_after: after === undefined ? "" : text(after, "value"),
      scope_after: after === undefined ? "" : text(after, "scope"),
    });
    yield* page;
    after = page.length === pageSize ? page.at(-1) : undefined;
  } while (after !== undefined);
}

function filterParameters({ network, within }: LeaseFilter) {
  const hex = (value: bigint) => (within === undefined ? null : hexOf(knownAddress(within.family, value)));
  return {
    network: network ?? null,
    family: within?.family ?? null,
    first: within === undefined ? null : hex(within.first),
    last: within === undefined ? null : hex(within.last),
  };
}

function isBefore(a: Columns, b: Columns): boolean {
  for (const name of ["network", "family", "value", "scope"]) {
    const [mine, other] = [a[name] ?? "", b[name] ?? ""];
    if (mine !== other) return mine < other;
  }
  return false;
}

function recordOf(columns: Columns, isHeld: boolean): LeaseRecord {
  const answered = columns["answered_ms"];
  const isJournaled = columns["row_id"] !== null;
  const state = stateOf(columns);
  return {
    place: placeOf(columns),
    kind: kindOf(columns),
    state,
    holder: holderOf(columns),
    sinceMs: number(columns, "since_ms"),
    answeredMs: typeof answered === "number" ? answered : undefined,
    reason: text(columns, reasonColumn(state)),
    attempt: text(columns, "attempt"),
    isHeld,
    isJournaled,
  };
}

function reasonColumn(state: LeaseState): string {
  if (state === "conflict") return "conflict";
  return state === "freeing" ? "row_reason" : "reason";
}

function stateOf(columns: Columns): LeaseState {
  const state = columns["row_state"];
  if (state === "intent" || state === "freeing") return state;
  if (state !== null && state !== "lease") throw damaged("state", state);
  if (state === "lease" && columns["conflict"] !== "") return "conflict";
  const kind = kindOf(columns);
  return kind === "dynamic" ? "lease" : kind;
}
