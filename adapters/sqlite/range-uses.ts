/**
 * The ranges that definitions serve, with how full they are.
 *
 * @module
 */
import { type Address, knownAddress, type Family } from "../../core/ip/address.ts";
import { parseAddress } from "../../core/ip/address-text.ts";
import { hasValue, type IntervalSet, intervalsOf, sizeOf } from "../../core/ip/interval-set.ts";
import { parseExclusion } from "../../core/ip/range-text.ts";
import type { RangeUse } from "../../core/ports/inventory.ts";
import { type Columns, damaged, familyOf, hexOf, number, scopeOf, text } from "./columns.ts";
import type { Statements } from "./statements.ts";

type Counted = { readonly used: bigint; readonly withheld: bigint };

/** Cost is that of what is held, not of what is covered; equal ranges of many definitions are counted once. */
export function rangeUses(sql: Statements): readonly RangeUse[] {
  const counted = new Map<string, Counted>();
  return sql(`SELECT served_range.*, pool.overlapping FROM served_range JOIN pool USING (network, pool)
    ORDER BY network, family, first, last, served_range.definition, position`)
    .all()
    .map((columns) => rangeUse(sql, columns, counted));
}

function rangeUse(sql: Statements, columns: Columns, counted: Map<string, Counted>): RangeUse {
  const family = familyOf(columns);
  const range = {
    network: text(columns, "network"),
    pool: text(columns, "pool"),
    overlapping: columns["overlapping"] === 1,
    first: hexAddress(family, text(columns, "first")),
    last: hexAddress(family, text(columns, "last")),
    exclusions: exclusions(text(columns, "excluded")),
  };
  const key = JSON.stringify([range.network, range.pool, columns["first"], columns["last"], columns["excluded"]]);
  const count = counted.get(key) ?? countHeld(sql, range);
  counted.set(key, count);
  const gateway = columns["gateway"];
  const total = range.last.value - range.first.value + 1n;
  const excluded = sizeOf(range.exclusions);
  return {
    ...range,
    ...count,
    definition: text(columns, "definition"),
    gateway: typeof gateway === "string" ? parseAddress(gateway) : undefined,
    total,
    excluded,
    free: total - excluded - count.used,
    seenMs: number(columns, "seen_ms"),
  };
}

type Counting = Pick<RangeUse, "network" | "pool" | "overlapping" | "first" | "last" | "exclusions">;

/** A static address may lie on an excluded one: it is not counted twice. */
function countHeld(sql: Statements, range: Counting): Counted {
  const held = sql(`SELECT value, kind FROM reservation WHERE network = $network AND family = $family
    AND value BETWEEN $first AND $last AND (scope = $scope OR kind <> 'dynamic')`).iterate({
    network: range.network,
    family: range.first.family,
    first: hexOf(range.first),
    last: hexOf(range.last),
    scope: scopeOf(range),
  });
  let used = 0n;
  let withheld = 0n;
  for (const columns of held) {
    if (hasValue(range.exclusions, BigInt(`0x${text(columns, "value")}`))) continue;
    used += 1n;
    if (columns["kind"] === "withheld") withheld += 1n;
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
  return knownAddress(family, BigInt(`0x${hex}`));
}
