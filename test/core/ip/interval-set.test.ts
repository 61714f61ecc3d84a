/**
 * Sets of intervals: examples, and the work they do.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import {
  eachInterval,
  firstNotIn,
  hasValue,
  type Interval,
  type IntervalSet,
  intersect,
  intervalsOf,
  noIntervals,
  sameIntervals,
  sizeOf,
  subtract,
  union,
} from "../../../core/ip/interval-set.ts";

const set = (...pairs: [number, number][]): IntervalSet =>
  intervalsOf(pairs.map(([first, last]) => ({ first: BigInt(first), last: BigInt(last) })));
const pairs = (of: IntervalSet): [number, number][] =>
  [...eachInterval(of)].map(({ first, last }) => [Number(first), Number(last)]);

describe("intervalsOf()", () => {
  test.each<{ name: string; given: [number, number][]; gives: [number, number][] }>([
    { name: "nothing gives nothing", given: [], gives: [] },
    {
      name: "sorts",
      given: [
        [7, 8],
        [1, 2],
      ],
      gives: [
        [1, 2],
        [7, 8],
      ],
    },
    {
      name: "joins what overlaps",
      given: [
        [1, 5],
        [3, 8],
      ],
      gives: [[1, 8]],
    },
    {
      name: "joins what touches",
      given: [
        [1, 5],
        [6, 8],
      ],
      gives: [[1, 8]],
    },
    {
      name: "keeps a gap of one",
      given: [
        [1, 5],
        [7, 8],
      ],
      gives: [
        [1, 5],
        [7, 8],
      ],
    },
    {
      name: "swallows what lies inside",
      given: [
        [1, 9],
        [3, 4],
      ],
      gives: [[1, 9]],
    },
    {
      name: "joins what begins alike",
      given: [
        [1, 3],
        [1, 9],
        [1, 2],
      ],
      gives: [[1, 9]],
    },
    {
      name: "drops what is reversed",
      given: [
        [5, 4],
        [7, 7],
      ],
      gives: [[7, 7]],
    },
  ])("$name", ({ given, gives }) => {
    expect(pairs(set(...given))).toEqual(gives);
  });

  test("does not change what it was given", () => {
    const given: Interval[] = [
      { first: 5n, last: 6n },
      { first: 1n, last: 2n },
    ];
    intervalsOf(given);
    expect(given.map(({ first }) => first)).toEqual([5n, 1n]);
  });
});

describe("hasValue()", () => {
  test.each([
    [0, false],
    [1, true],
    [3, true],
    [4, false],
    [5, false],
    [6, true],
    [7, false],
  ])("%i in 1-3 and 6: %s", (value, has) => {
    expect(hasValue(set([1, 3], [6, 6]), BigInt(value))).toBe(has);
  });
});

describe("firstNotIn()", () => {
  const some = set([0, 3], [5, 9]);
  test.each([
    { name: "steps over an interval", from: 0n, to: 9n, answer: 4n },
    { name: "starts inside an interval", from: 2n, to: 9n, answer: 4n },
    { name: "starts at the last number of one", from: 3n, to: 9n, answer: 4n },
    { name: "starts outside", from: 4n, to: 9n, answer: 4n },
    { name: "finds nothing within", from: 5n, to: 9n, answer: undefined },
    { name: "finds what lies right behind", from: 5n, to: 10n, answer: 10n },
    { name: "starts below all", from: -1n, to: 9n, answer: -1n },
    { name: "starts above all", from: 20n, to: 20n, answer: 20n },
    { name: "is asked about nothing", from: 4n, to: 3n, answer: undefined },
  ])("$name", ({ from, to, answer }) => {
    expect(firstNotIn(some, from, to)).toBe(answer);
  });
});

describe("the algebra", () => {
  const a = set([1, 5], [10, 15], [20, 25]);
  const b = set([4, 11], [13, 13], [25, 30]);
  test.each([
    {
      name: "union",
      gives: () => union(a, b),
      expected: [
        [1, 15],
        [20, 30],
      ],
    },
    { name: "union with nothing", gives: () => union(noIntervals, a), expected: pairs(a) },
    { name: "union of parts that touch", gives: () => union(set([1, 2]), set([3, 4])), expected: [[1, 4]] },
    {
      name: "intersect",
      gives: () => intersect(a, b),
      expected: [
        [4, 5],
        [10, 11],
        [13, 13],
        [25, 25],
      ],
    },
    { name: "intersect with nothing", gives: () => intersect(a, noIntervals), expected: [] },
    {
      name: "subtract",
      gives: () => subtract(a, b),
      expected: [
        [1, 3],
        [12, 12],
        [14, 15],
        [20, 24],
      ],
    },
    { name: "subtract nothing", gives: () => subtract(a, noIntervals), expected: pairs(a) },
    { name: "subtract from nothing", gives: () => subtract(noIntervals, a), expected: [] },
    { name: "subtract all", gives: () => subtract(a, set([0, 99])), expected: [] },
    { name: "subtract to the very ends", gives: () => subtract(set([1, 9]), set([1, 1], [9, 9])), expected: [[2, 8]] },
  ])("$name", ({ gives, expected }) => {
    expect(pairs(gives())).toEqual(expected);
  });

  test("sizes are exact beyond 2^64", () => {
    expect(sizeOf(intervalsOf([{ first: 0n, last: 2n ** 128n - 1n }]))).toBe(2n ** 128n);
    expect(sizeOf(a)).toBe(17n);
    expect(sizeOf(noIntervals)).toBe(0n);
    expect(noIntervals).toEqual(intervalsOf([]));
  });

  test.each([
    { name: "equal", one: set([1, 2], [4, 5]), other: set([4, 5], [1, 2]), same: true },
    { name: "another first", one: set([1, 2]), other: set([0, 2]), same: false },
    { name: "another last", one: set([1, 2]), other: set([1, 3]), same: false },
    { name: "another interval behind an equal one", one: set([1, 2], [4, 5]), other: set([1, 2], [4, 6]), same: false },
    { name: "one more", one: set([1, 2]), other: set([1, 2], [4, 5]), same: false },
    { name: "one less", one: set([1, 2], [4, 5]), other: set([1, 2]), same: false },
  ])("sameIntervals(): $name", ({ one, other, same }) => {
    expect(sameIntervals(one, other)).toBe(same);
  });
});

describe("cost, counted", () => {
  /** Intervals that report each reading of `first`, which every comparison needs. */
  const watched = (count: number, onRead: () => void): Interval[] =>
    Array.from({ length: count }, (_, index) => {
      // A fixed shuffle: 7,919 is prime and shares no factor with the counts below.
      const first = BigInt((index * 7919) % count) << 64n;
      return {
        get first() {
          onRead();
          return first;
        },
        last: first + (1n << 60n),
      };
    });

  test("making a set of 5,000 intervals of 2^60 numbers takes some n log n comparisons", () => {
    let reads = 0;
    const made = intervalsOf(watched(5000, () => (reads += 1)));
    expect(made.firsts).toHaveLength(5000);
    expect(reads).toBeGreaterThan(5000);
    // Two readings a comparison, log2 of 5,000 is 12.3.
    expect(reads).toBeLessThan(5000 * 2 * 14);
  });

  test("asking a set of 5,000 intervals looks at about 13 of them", () => {
    const made = intervalsOf(watched(5000, () => undefined));
    let looks = 0;
    const counting = (list: readonly bigint[]): readonly bigint[] =>
      new Proxy(list, {
        get: (target, key) => {
          if (key !== "length") looks += 1;
          return Reflect.get(target, key);
        },
      });
    const asked = { firsts: counting(made.firsts), lasts: counting(made.lasts) };
    expect(hasValue(asked, 1234n << 64n)).toBe(true);
    expect(firstNotIn(asked, 1234n << 64n, 1n << 127n)).toBe((1234n << 64n) + (1n << 60n) + 1n);
    expect(looks).toBeGreaterThan(0);
    expect(looks).toBeLessThanOrEqual(2 * 14);
  });
});
