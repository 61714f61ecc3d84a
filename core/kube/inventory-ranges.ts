/**
 * The ranges of the cluster's definitions, and the pools that none of them serves, with how full they are.
 *
 * @module
 */
import { type Address, knownAddress } from "../ip/address.ts";
import { hasValue, noIntervals, sizeOf } from "../ip/interval-set.ts";
import { formatPrefix, type Prefix, usableBounds } from "../ip/prefix.ts";
import type { LeaseRecord, RangeUse } from "../ports/inventory.ts";
import type { DefinitionSight } from "./read-definition.ts";

/** A range before anything was counted in it. */
export type BareRange = Omit<RangeUse, "used" | "withheld" | "free">;

/** @returns in the order of definitions and of their ranges */
export function rangesOf(sights: readonly DefinitionSight[]): readonly BareRange[] {
  return sights.flatMap(({ object, read }) => {
    if (read.kind !== "definition") return [];
    const { network, overlapping, ranges } = read.definition;
    return ranges.map(({ range, gateway }): BareRange => {
      const { first, last, excluded } = range;
      return {
        network,
        definition: object,
        pool: formatPrefix(range.prefix),
        overlapping,
        first,
        last,
        exclusions: excluded,
        gateway,
        total: last.value - first.value + 1n,
        excluded: sizeOf(excluded),
        seenMs: undefined,
      };
    });
  });
}

/** A pool of which only the object is known. */
export function poolRange(network: string, prefix: Prefix, overlapping: boolean): BareRange {
  const bounds = usableBounds(prefix);
  return {
    network,
    definition: "",
    pool: formatPrefix(prefix),
    overlapping,
    first: knownAddress(prefix.family, bounds.first),
    last: knownAddress(prefix.family, bounds.last),
    exclusions: noIntervals,
    gateway: undefined,
    total: bounds.last - bounds.first + 1n,
    excluded: 0n,
    seenMs: undefined,
  };
}

/**
 * Counts what is held in each range. Cost: that of what lies between its first and last address; equal ranges of many
 * definitions are counted once.
 *
 * @param records in the order of networks and addresses
 * @returns in the order of networks, first addresses and definitions
 */
export function countRanges(ranges: readonly BareRange[], records: readonly LeaseRecord[]): readonly RangeUse[] {
  const counted = new Map<string, { readonly used: bigint; readonly withheld: bigint }>();
  return ranges
    .map((range) => {
      const { network, pool, overlapping, first, last, exclusions } = range;
      const key = JSON.stringify([network, pool, overlapping, first, last, exclusions], bigintsAsText);
      const count = counted.get(key) ?? countIn(range, records);
      counted.set(key, count);
      return { ...range, ...count, free: range.total - range.excluded - count.used };
    })
    .sort(byRange);
}

function bigintsAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString(36) : value;
}

function countIn(range: BareRange, records: readonly LeaseRecord[]) {
  let used = 0n;
  let withheld = 0n;
  let before: bigint | undefined;
  for (let at = firstAt(records, range); at < records.length; at += 1) {
    const record = records[at];
    if (record === undefined || isBehind(record, range)) break;
    const { value } = record.place.address;
    // An excluded address is not counted twice, nor one that two hold.
    if (value === before || !concerns(record, range) || hasValue(range.exclusions, value)) continue;
    before = value;
    used += 1n;
    if (record.kind === "withheld") withheld += 1n;
  }
  return { used, withheld };
}

/** Pools with overlapping ranges off are apart from each other, but not from what is of no pool (P21). */
function concerns({ place, kind, isHeld }: LeaseRecord, { pool, overlapping }: BareRange): boolean {
  if (!isHeld) return false;
  if (kind !== "dynamic" || (overlapping && place.overlapping)) return true;
  return !overlapping && !place.overlapping && place.pool === pool;
}

/** Position of the first record that does not lie before the range. Cost O(log n). */
function firstAt(records: readonly LeaseRecord[], range: BareRange): number {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const record = records[middle];
    if (record !== undefined && isBefore(record, range)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isBefore({ place }: LeaseRecord, { network, first }: BareRange): boolean {
  if (place.network !== network) return place.network < network;
  return order(place.address, first) < 0;
}

function isBehind({ place }: LeaseRecord, { network, last }: BareRange): boolean {
  return place.network !== network || order(place.address, last) > 0;
}

function order(a: Address, b: Address): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.value === b.value) return 0;
  return a.value < b.value ? -1 : 1;
}

function byRange(a: RangeUse, b: RangeUse): number {
  if (a.network !== b.network) return a.network < b.network ? -1 : 1;
  const difference = order(a.first, b.first) || order(a.last, b.last);
  if (difference !== 0) return difference;
  return a.definition < b.definition ? -1 : a.definition === b.definition ? 0 : 1;
}
