/**
 * Random addresses, networks, interval sets and ranges, with the edges drawn often.
 *
 * @module
 */
import * as fc from "fast-check";
import { type Address, addressOf, bitsOf, type Family } from "../../core/ip/address.ts";
import { mappedBlock } from "../../core/ip/address-text.ts";
import { type Interval, type IntervalSet, intervalsOf } from "../../core/ip/interval-set.ts";
import { type Prefix, prefixOf } from "../../core/ip/prefix.ts";
import { makeRange, type Range } from "../../core/ip/range.ts";
import type { Random } from "../../core/ports/random.ts";

export const families: fc.Arbitrary<Family> = fc.constantFrom(4, 6);

/** Any address; runs of zero and one bits are frequent. Never a mapped one. */
export const addresses: fc.Arbitrary<Address> = families.chain(addressesOf);

export function addressesOf(family: Family): fc.Arbitrary<Address> {
  const bits = bitsOf(family);
  const value = fc.oneof(
    fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }),
    // Sixteen bits at a time, most of them empty: this is what `::` is about.
    fc
      .array(fc.oneof({ weight: 3, arbitrary: fc.constant(0n) }, fc.bigInt({ min: 0n, max: 0xffffn })), {
        minLength: bits / 16,
        maxLength: bits / 16,
      })
      .map((groups) => groups.reduce((all, group) => (all << 16n) | group, 0n)),
    fc.constantFrom(0n, 1n, (1n << BigInt(bits)) - 1n),
  );
  return value
    .filter((one) => family === 4 || one < mappedBlock.first || one > mappedBlock.last)
    .map((one) => addressOf(family, one)!);
}

/** Any network whose text is its own: none around or inside the mapped addresses. */
export const prefixes: fc.Arbitrary<Prefix> = families.chain((family) =>
  fc
    .tuple(addressesOf(family), fc.integer({ min: 0, max: bitsOf(family) }))
    .map(([address, length]) => prefixOf(address, length))
    .filter(({ base }) => family === 4 || base < mappedBlock.first || base > mappedBlock.last),
);

/** Up to eight intervals of small numbers: overlapping, touching, reversed, repeated. */
export const smallIntervals: fc.Arbitrary<Interval[]> = fc.array(
  fc
    .tuple(fc.bigInt({ min: -2n, max: 40n }), fc.bigInt({ min: -2n, max: 12n }))
    .map(([first, length]) => ({ first, last: first + length })),
  { maxLength: 8 },
);

/** A range of at most `2^bits` addresses with exclusions, gateways and narrowed bounds. */
export function smallRanges(bits = 6): fc.Arbitrary<Range> {
  return families
    .chain((family) =>
      fc.record({
        address: addressesOf(family),
        hostBits: fc.integer({ min: 0, max: bits }),
        excluded: smallIntervals,
        gateway: fc.option(fc.bigInt({ min: 0n, max: 63n })),
        cut: fc.tuple(fc.bigInt({ min: 0n, max: 8n }), fc.bigInt({ min: 0n, max: 8n })),
      }),
    )
    .map(({ address, hostBits, excluded, gateway, cut }) => {
      const prefix = prefixOf(address, bitsOf(address.family) - hostBits);
      const plain = makeRange({ prefix, excluded: intervalsOf([]), gateways: [] });
      if (plain.kind !== "range") return undefined;
      const { first, last } = plain.range;
      const made = makeRange({
        prefix,
        first: addressOf(address.family, first.value + cut[0]),
        last: addressOf(address.family, last.value - cut[1]),
        excluded: shifted(excluded, prefix.base),
        gateways: [gateway === null ? undefined : addressOf(address.family, prefix.base + gateway)].filter(
          (one) => one !== undefined,
        ),
      });
      return made.kind === "range" ? made.range : plain.range;
    })
    .filter((range) => range !== undefined);
}

/** Every number of the set, one by one: only for small sets. */
export function numbersOf(set: IntervalSet): bigint[] {
  return set.firsts.flatMap((first, index) => {
    const last = set.lasts[index]!;
    return Array.from({ length: Number(last - first) + 1 }, (_, step) => first + BigInt(step));
  });
}

/** Chance that answers from a list, round and round. */
export function scripted(draws: readonly bigint[]): Random & { readonly asked: bigint[] } {
  const asked: bigint[] = [];
  return {
    asked,
    below: (below) => {
      asked.push(below);
      return (draws[(asked.length - 1) % draws.length] ?? 0n) % below;
    },
    id: () => "unused",
  };
}

function shifted(intervals: readonly Interval[], by: bigint): IntervalSet {
  return intervalsOf(intervals.map(({ first, last }) => ({ first: first + by, last: last + by })));
}
