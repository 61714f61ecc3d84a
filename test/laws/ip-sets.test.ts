/**
 * Laws of interval sets and ranges: they are what plain sets of numbers are.
 *
 * @module
 */
import { test as property } from "@fast-check/vitest";
import * as fc from "fast-check";
import { describe, expect } from "vitest";
import { addressOf } from "../../core/ip/address.ts";
import { firstNotIn, hasValue, intersect, intervalsOf, sizeOf, subtract, union } from "../../core/ip/interval-set.ts";
import { formatPrefix, prefixContains, usableBounds } from "../../core/ip/prefix.ts";
import { isGivable, makeRange, overlap, rangeContains, rangeSize, sameRange } from "../../core/ip/range.ts";
import { formatRange, parseRangeText } from "../../core/ip/range-text.ts";
import { lenientBounds } from "../../core/ip/whereabouts-bounds.ts";
import { addressesOf, numbersOf, prefixes, smallIntervals, smallRanges } from "../support/arbitraries-ip.ts";

const sets = smallIntervals.map((list) => {
  const plain = new Set(
    list.flatMap(({ first, last }) => numbersOf({ firsts: [first], lasts: [last < first ? first - 1n : last] })),
  );
  return { set: intervalsOf(list), plain };
});
const ascending = (numbers: Iterable<bigint>): bigint[] => [...numbers].sort((a, b) => (a < b ? -1 : 1));

describe("interval sets", () => {
  property.prop([sets])("hold what their intervals hold, ascending and never touching", ({ set, plain }) => {
    expect(numbersOf(set)).toEqual(ascending(plain));
    expect(sizeOf(set)).toBe(BigInt(plain.size));
    for (const [index, first] of set.firsts.entries()) {
      expect(set.lasts[index]).toBeGreaterThanOrEqual(first);
      if (index > 0) expect(first).toBeGreaterThan(set.lasts[index - 1]! + 1n);
    }
  });

  property.prop([sets, fc.bigInt({ min: -3n, max: 60n })])("know what they hold", ({ set, plain }, value) => {
    expect(hasValue(set, value)).toBe(plain.has(value));
  });

  property.prop([sets, fc.bigInt({ min: -3n, max: 60n }), fc.bigInt({ min: -1n, max: 30n })])(
    "find the lowest number they do not hold",
    ({ set, plain }, from, length) => {
      let expected: bigint | undefined;
      for (let value = from + length; value >= from; value -= 1n) if (!plain.has(value)) expected = value;
      expect(firstNotIn(set, from, from + length)).toBe(expected);
    },
  );

  property.prop([sets, sets], { numRuns: 500 })("combine as plain sets do", (a, b) => {
    const results = [
      [union(a.set, b.set), new Set([...a.plain, ...b.plain])],
      [intersect(a.set, b.set), new Set([...a.plain].filter((value) => b.plain.has(value)))],
      [subtract(a.set, b.set), new Set([...a.plain].filter((value) => !b.plain.has(value)))],
    ] as const;
    // Equal to the set made anew, so that a result that is right but not canonical is seen as well.
    for (const [set, plain] of results) {
      expect(set).toEqual(intervalsOf([...plain].map((value) => ({ first: value, last: value }))));
    }
  });
});

describe("ranges", () => {
  property.prop([smallRanges()])("give what lies between their ends and is not excluded", (range) => {
    let count = 0n;
    for (let value = range.first.value - 2n; value <= range.last.value + 2n; value += 1n) {
      const address = addressOf(range.family, value);
      const given = value >= range.first.value && value <= range.last.value && !hasValue(range.excluded, value);
      expect(isGivable(range, value)).toBe(given);
      if (address === undefined) continue;
      expect(rangeContains(range, address)).toBe(given);
      if (given) count += 1n;
      if (given) expect(prefixContains(range.prefix, address)).toBe(true);
    }
    expect(rangeSize(range)).toBe(count);
    expect(count).toBeGreaterThan(0n);
  });

  property.prop([smallRanges()])("are the same when they are made again of what they became", (range) => {
    const again = makeRange({ ...range, gateways: [] });
    expect(again).toEqual({ kind: "range", range });
    if (again.kind === "range") expect(sameRange(range, again.range)).toBe(true);
  });

  property.prop([smallRanges(), smallRanges()])("overlap where both give", (a, b) => {
    const both: bigint[] = [];
    for (let value: bigint = a.first.value; value <= a.last.value; value += 1n) {
      const address = addressOf(a.family, value)!;
      if (rangeContains(a, address) && rangeContains(b, address)) both.push(value);
    }
    expect(overlap(a, b)).toEqual(both.length === 0 ? undefined : { first: both[0], last: both.at(-1) });
  });

  property.prop([smallRanges(3)])("are written so that their network and ends can be read back", (range) => {
    const [network = "", ends] = formatRange(range).split(" ");
    expect(network).toBe(formatPrefix(range.prefix));
    const usable = usableBounds(range.prefix);
    if (ends === undefined) {
      expect([range.first.value, range.last.value]).toEqual([usable.first, usable.last]);
    } else {
      const read = parseRangeText(`${ends}/${range.prefix.length}`);
      expect(read).toMatchObject({ prefix: range.prefix, first: range.first, last: range.last });
    }
  });

  property.prop([
    prefixes.chain((prefix) => fc.tuple(fc.constant(prefix), addressesOf(prefix.family), addressesOf(4))),
  ])("can always be made of lenient bounds", ([prefix, first, last]) => {
    const bounds = lenientBounds(prefix, first, last);
    const made = makeRange({ prefix, ...bounds, excluded: intervalsOf([]), gateways: [] });
    expect(made.kind).toBe("range");
  });
});
