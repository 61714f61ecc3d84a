/**
 * Reading the state file for people. Works while the agent writes it, and without an agent.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { addressOf, type Address, type Family } from "../../core/ip/address.ts";
import { parseExclusion } from "../../core/ip/range-text.ts";
import { intervalsOf, type IntervalSet, sizeOf, hasValue } from "../../core/ip/interval-set.ts";
import type { Inventory, LeaseFilter, LeaseRecord, RangeUse } from "../../core/ports/inventory.ts";
import { type Columns, damaged, familyOf, hexOf, number, placeKey, scopeOf, text } from "./columns.ts";
import { rowOf } from "./journal.ts";
import { statementsOf, type Statements } from "./statements.ts";
import { heldOf } from "./store.ts";

/** @param database may be open for reading only */
export function createInventory(database: DatabaseSync): Inventory {
  const sql = statementsOf(database);
  return {
    ranges: () =>
      sql(`SELECT served_range.*, pool.overlapping FROM served_range JOIN pool USING (network, pool)
        ORDER BY network, family, first, served_range.definition, position`)
        .all()
        .map((columns) => rangeUse(sql, columns)),
    leases: (filter) => leases(sql, filter),
    unsettled: () => sql("SELECT * FROM row WHERE state <> 'lease' ORDER BY id").all().map(rowOf),
  };
}

function* leases(sql: Statements, { network, pool, address }: LeaseFilter): Generator<LeaseRecord> {
  const found =
    sql(`SELECT * FROM reservation WHERE ($network IS NULL OR network = $network) AND ($pool IS NULL OR pool = $pool)
    AND ($value IS NULL OR (family = $family AND value = $value)) ORDER BY network, family, value, scope`).iterate({
      network: network ?? null,
      pool: pool ?? null,
      family: address?.family ?? null,
      value: address === undefined ? null : hexOf(address),
    });
  for (const columns of found) {
    const held = heldOf(columns);
    const row = sql(
      "SELECT * FROM row WHERE scope = $scope AND family = $family AND value = $value ORDER BY state = 'freeing' LIMIT 1",
    ).get(placeKey(held.place));
    yield { held, row: row === undefined ? undefined : rowOf(row) };
  }
}

/** Counted by what is held between first and last: cost is that of the leases, not of the range. */
function rangeUse(sql: Statements, columns: Columns): RangeUse {
  const family = familyOf(columns);
  const first = hexAddress(family, text(columns, "first"));
  const last = hexAddress(family, text(columns, "last"));
  const place = {
    network: text(columns, "network"),
    pool: text(columns, "pool"),
    overlapping: columns["overlapping"] === 1,
  };
  const excluded = exclusions(text(columns, "excluded"));
  const total = last.value - first.value + 1n;
  const { used, withheld } = held(sql, { ...place, family, first, last }, excluded);
  return {
    ...place,
    definition: text(columns, "definition"),
    first,
    last,
    total,
    excluded: sizeOf(excluded),
    used,
    withheld,
    free: total - sizeOf(excluded) - used,
    seenMs: number(columns, "seen_ms"),
  };
}

type Span = {
  readonly network: string;
  readonly pool: string;
  readonly overlapping: boolean;
  readonly family: Family;
  readonly first: Address;
  readonly last: Address;
};

function held(sql: Statements, span: Span, excluded: IntervalSet): { used: bigint; withheld: bigint } {
  const found =
    sql(`SELECT value, kind FROM reservation WHERE network = $network AND family = $family AND value BETWEEN $first AND $last
    AND (scope = $scope OR kind <> 'dynamic')`).iterate({
      network: span.network,
      family: span.family,
      first: hexOf(span.first),
      last: hexOf(span.last),
      scope: scopeOf(span),
    });
  let used = 0n;
  let withheld = 0n;
  for (const row of found) {
    // A static address may lie on an excluded one: it is not counted twice.
    if (hasValue(excluded, BigInt(`0x${text(row, "value")}`))) continue;
    used += 1n;
    if (row["kind"] === "withheld") withheld += 1n;
  }
  return { used, withheld };
}

function exclusions(json: string): IntervalSet {
  const list: unknown = JSON.parse(json);
  if (!Array.isArray(list)) throw damaged("excluded", json);
  return intervalsOf(
    list.map((item) => {
      const parsed = parseExclusion(String(item));
      if (parsed.kind !== "exclusion") throw damaged("excluded", item);
      return parsed.interval;
    }),
  );
}

function hexAddress(family: Family, hex: string): Address {
  const address = addressOf(family, BigInt(`0x${hex}`));
  if (address === undefined) throw damaged("first", hex);
  return address;
}
