/**
 * Short ways to write addresses, networks and ranges in tests. Each throws when the text is not one.
 *
 * @module
 */
import type { Address } from "../../core/ip/address.ts";
import { parseAddress } from "../../core/ip/address-text.ts";
import { intervalsOf } from "../../core/ip/interval-set.ts";
import { type Prefix, parsePrefix } from "../../core/ip/prefix.ts";
import { makeRange, type Range } from "../../core/ip/range.ts";
import { parseExclusion } from "../../core/ip/range-text.ts";

export function ip(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
}

export function cidr(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (parsed.kind !== "prefix") throw new Error(`${text} is no network`);
  return parsed.prefix;
}

export type RangeWords = { first?: string; last?: string; exclude?: string[]; gateways?: string[] };

export function rangeParts(network: string, words: RangeWords = {}) {
  return {
    prefix: cidr(network),
    first: words.first === undefined ? undefined : ip(words.first),
    last: words.last === undefined ? undefined : ip(words.last),
    excluded: intervalsOf(
      (words.exclude ?? []).map((text) => {
        const parsed = parseExclusion(text);
        if (parsed.kind !== "exclusion") throw new Error(`${text} is no exclusion`);
        return parsed.interval;
      }),
    ),
    gateways: (words.gateways ?? []).map(ip),
  };
}

export function rangeOf(network: string, words: RangeWords = {}): Range {
  const made = makeRange(rangeParts(network, words));
  if (made.kind !== "range") throw new Error(`${network} is no range: expected ${made.expected}`);
  return made.range;
}
