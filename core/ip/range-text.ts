/**
 * Ranges and exclusions as people write them in a definition.
 *
 * @module
 */
import { type Address, type Family } from "./address.ts";
import { type AddressParser, formatAddress, parseAddress } from "./address-text.ts";
import type { Interval } from "./interval-set.ts";
import { formatPrefix, lastOf, parseAddressWithPrefix, type Prefix, prefixContains, usableBounds } from "./prefix.ts";
import type { Range } from "./range.ts";

export type RangeText =
  | {
      readonly kind: "range-text";
      readonly prefix: Prefix;
      /** The network was written by another address of it, as in `10.0.0.5/24`. Never so for `A-B/length`. */
      readonly hostBits: boolean;
      /** The ends of `A-B/length`, both included, maybe in the wrong order; undefined for a plain CIDR. */
      readonly first: Address | undefined;
      readonly last: Address | undefined;
    }
  | { readonly kind: "malformed" | "first-outside"; readonly expected: string };

/**
 * Reads `10.0.0.0/24` or `10.0.0.5-10.0.0.9/24`, where the length belongs to the last address and the first must lie in
 * the network that it names.
 */
export function parseRangeText(text: string, parser: AddressParser = parseAddress): RangeText {
  const malformed = {
    kind: "malformed",
    expected: "a CIDR such as 10.0.0.0/24, or A-B/length such as 10.0.0.5-10.0.0.9/24",
  } as const;
  const dash = text.indexOf("-");
  const parsed = parseAddressWithPrefix(text.slice(dash + 1), parser);
  if (parsed === undefined) return malformed;
  const { address, prefix } = parsed;
  if (dash === -1) {
    return { kind: "range-text", prefix, hostBits: address.value !== prefix.base, first: undefined, last: undefined };
  }
  const first = parser(text.slice(0, dash));
  if (first === undefined) return malformed;
  if (!prefixContains(prefix, first)) {
    return { kind: "first-outside", expected: `a first address inside ${formatPrefix(prefix)}` };
  }
  return { kind: "range-text", prefix, hostBits: false, first, last: address };
}

export type ExclusionText =
  | { readonly kind: "exclusion"; readonly family: Family; readonly interval: Interval }
  | { readonly kind: "malformed" | "mixed-families" | "reversed"; readonly expected: string };

/** Reads a CIDR (bits behind its length do not count), one address, or `A-B` with both ends included. */
export function parseExclusion(text: string, parser: AddressParser = parseAddress): ExclusionText {
  const malformed = { kind: "malformed", expected: "an address, a CIDR, or A-B" } as const;
  if (text.includes("/")) {
    const prefix = parseAddressWithPrefix(text, parser)?.prefix;
    if (prefix === undefined) return malformed;
    return { kind: "exclusion", family: prefix.family, interval: { first: prefix.base, last: lastOf(prefix) } };
  }
  const dash = text.indexOf("-");
  const last = parser(text.slice(dash + 1));
  const first = dash === -1 ? last : parser(text.slice(0, dash));
  if (first === undefined || last === undefined) return malformed;
  if (first.family !== last.family) return { kind: "mixed-families", expected: "two addresses of one family" };
  if (first.value > last.value) return { kind: "reversed", expected: "the lower address before the dash" };
  return { kind: "exclusion", family: first.family, interval: { first: first.value, last: last.value } };
}

/** Writes a range for people: the canonical CIDR, and `first-last` behind it when it is narrower than that. */
export function formatRange(range: Range): string {
  const { prefix, first, last } = range;
  const usable = usableBounds(prefix);
  const isWhole = first.value === usable.first && last.value === usable.last;
  return isWhole ? formatPrefix(prefix) : `${formatPrefix(prefix)} ${formatAddress(first)}-${formatAddress(last)}`;
}
