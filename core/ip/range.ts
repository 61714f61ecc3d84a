/**
 * A range: a CIDR with its first and last usable address and what is excluded between them. Both ends included.
 * Made canonical once, by the parsers; nobody checks it again.
 *
 * @module
 */
import { type Address, addressOf, type Family, sameAddress } from "./address.ts";
import { formatAddress, mappedBlock } from "./address-text.ts";
import {
  firstNotIn,
  hasValue,
  type Interval,
  type IntervalSet,
  intersect,
  intervalsOf,
  sameIntervals,
  sizeOf,
  subtract,
  union,
} from "./interval-set.ts";
import { type Prefix, samePrefix, usableBounds } from "./prefix.ts";

export type Range = {
  readonly family: Family;
  readonly prefix: Prefix;
  readonly first: Address;
  readonly last: Address;
  /** Exclusions and gateways, cut to first..last: never given out. */
  readonly excluded: IntervalSet;
};

/** What a definition says of a range. */
export type RangeParts = {
  readonly prefix: Prefix;
  /** Where to begin and end, both included; the lowest and highest usable address when not given. */
  readonly first?: Address | undefined;
  readonly last?: Address | undefined;
  /** Of the prefix's family; what lies outside is left out. */
  readonly excluded: IntervalSet;
  /** Never given out where they lie inside. */
  readonly gateways: readonly Address[];
};

/** Why no range can be made of the parts; `expected` as in a failure's message. */
type RangeFault = {
  readonly kind: "first-outside" | "last-outside" | "reversed" | "empty";
  readonly expected: string;
};

export type MadeRange = { readonly kind: "range"; readonly range: Range } | RangeFault;

/** Makes a range that has at least one address to give. Cost is that of the number of exclusions. */
export function makeRange(parts: RangeParts): MadeRange {
  const { prefix } = parts;
  const { family } = prefix;
  const bounds = usableBounds(prefix);
  const usable = { family, first: { family, value: bounds.first }, last: { family, value: bounds.last } };
  const { first = usable.first, last = usable.last } = parts;
  const between = `an address from ${formatAddress(usable.first)} to ${formatAddress(usable.last)}`;
  if (!rangeSpans(usable, first)) return { kind: "first-outside", expected: between };
  if (!rangeSpans(usable, last)) return { kind: "last-outside", expected: between };
  if (last.value < first.value) return { kind: "reversed", expected: `an address not below ${formatAddress(first)}` };
  const range = { family, prefix, first, last, excluded: neverGiven(parts, { first: first.value, last: last.value }) };
  if (firstNotIn(range.excluded, first.value, last.value) === undefined) {
    return { kind: "empty", expected: "at least one address that is neither excluded nor a gateway" };
  }
  return { kind: "range", range };
}

/** Reports whether the address may be given: inside, and not excluded. */
export function rangeContains(range: Range, address: Address): boolean {
  return rangeSpans(range, address) && !hasValue(range.excluded, address.value);
}

/** Reports whether the address lies from first to last, also when it is excluded. */
export function rangeSpans(range: Pick<Range, "family" | "first" | "last">, address: Address): boolean {
  return address.family === range.family && address.value >= range.first.value && address.value <= range.last.value;
}

/** `rangeContains` for a bare number of the range's family. */
export function isGivable(range: Range, value: bigint): boolean {
  const address = addressOf(range.family, value);
  return address !== undefined && rangeContains(range, address);
}

/** How many addresses it can give. */
export function rangeSize(range: Range): bigint {
  return range.last.value - range.first.value + 1n - sizeOf(range.excluded);
}

/** Reports whether both have the same network, bounds and exclusions. */
export function sameRange(a: Range, b: Range): boolean {
  return (
    samePrefix(a.prefix, b.prefix) &&
    sameAddress(a.first, b.first) &&
    sameAddress(a.last, b.last) &&
    sameIntervals(a.excluded, b.excluded)
  );
}

/** The lowest and highest address that both can give, or undefined when there is none. */
export function overlap(a: Range, b: Range): Interval | undefined {
  if (a.family !== b.family) return undefined;
  const { firsts, lasts } = intersect(givable(a), givable(b));
  const first = firsts[0];
  const last = lasts.at(-1);
  return first === undefined || last === undefined ? undefined : { first, last };
}

function givable(range: Range): IntervalSet {
  return subtract(intervalsOf([{ first: range.first.value, last: range.last.value }]), range.excluded);
}

function neverGiven(parts: RangeParts, bounds: Interval): IntervalSet {
  const { family } = parts.prefix;
  const single = parts.gateways.filter((gateway) => gateway.family === family);
  const more: Interval[] = single.map(({ value }) => ({ first: value, last: value }));
  // Written down, such an address would be read back as IPv4.
  if (family === 6) more.push(mappedBlock);
  return intersect(union(parts.excluded, intervalsOf(more)), intervalsOf([bounds]));
}
