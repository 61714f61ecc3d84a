/**
 * Laws of occupancy, against the plainest model there is: a set of numbers.
 *
 * @module
 */
import { test as property } from "@fast-check/vitest";
import * as fc from "fast-check";
import { describe, expect } from "vitest";
import { Occupancy } from "../../core/allocate/occupancy.ts";
import { isGivable, type Range } from "../../core/ip/range.ts";
import { scripted, smallRanges } from "../support/arbitraries-ip.ts";

const steps = fc.array(
  fc.record({
    act: fc.constantFrom("take", "giveBack", "takeLowest", "takeRandom", "takeAll"),
    // Some lie outside the range.
    at: fc.bigInt({ min: -3n, max: 70n }),
    draw: fc.bigInt({ min: 0n, max: 1000n }),
  }),
  { maxLength: 60 },
);

class Model {
  readonly range: Range;
  readonly taken = new Set<bigint>();
  constructor(range: Range) {
    this.range = range;
  }
  free(): bigint[] {
    const free: bigint[] = [];
    for (let value: bigint = this.range.first.value; value <= this.range.last.value; value += 1n) {
      if (isGivable(this.range, value) && !this.taken.has(value)) free.push(value);
    }
    return free;
  }
  take(value: bigint): boolean {
    if (!isGivable(this.range, value) || this.taken.has(value)) return false;
    this.taken.add(value);
    return true;
  }
}

describe("an occupancy", () => {
  property.prop([smallRanges(), steps], { numRuns: 300 })("says and does what a plain set would", (range, list) => {
    const occupancy = new Occupancy(range);
    const model = new Model(range);
    for (const { act, at, draw } of list) {
      const value = range.prefix.base + at;
      const free = model.free();
      if (act === "take") expect(occupancy.take(value)).toBe(model.take(value));
      else if (act === "giveBack") expect(occupancy.giveBack(value)).toBe(model.taken.delete(value));
      else if (act === "takeLowest") {
        const lowest = occupancy.lowestFree();
        expect(lowest).toBe(free[0]);
        if (lowest !== undefined) expect([occupancy.take(lowest), model.take(lowest)]).toEqual([true, true]);
      } else if (act === "takeRandom") {
        const any = occupancy.randomFree(scripted([draw, draw * 7n + 1n]));
        if (free.length === 0) expect(any).toBeUndefined();
        else expect(free).toContain(any);
        if (any !== undefined) expect([occupancy.take(any), model.take(any)]).toEqual([true, true]);
      } else {
        const many = [value + 4n, value, value + 1n, value + 4n];
        expect(occupancy.takeAll(many)).toBe(many.filter((one) => model.take(one)).length);
      }
      expect(occupancy.freeCount()).toBe(BigInt(model.free().length));
      expect(occupancy.takenCount()).toBe(model.taken.size);
      expect(occupancy.isFree(value)).toBe(model.free().includes(value));
    }
    for (const value of model.taken) expect(occupancy.giveBack(value)).toBe(true);
    const untouched = new Occupancy(range);
    expect([occupancy.freeCount(), occupancy.takenCount()]).toEqual([untouched.freeCount(), 0]);
    expect(occupancy.intervalCount()).toBe(untouched.intervalCount());
  });

  property.prop([smallRanges()])("gives every address of its range once, and then none", (range) => {
    const occupancy = new Occupancy(range);
    const given: bigint[] = [];
    for (let value = occupancy.lowestFree(); value !== undefined; value = occupancy.lowestFree()) {
      expect(occupancy.take(value)).toBe(true);
      given.push(value);
    }
    expect(given).toEqual(new Model(range).free());
    expect(occupancy.randomFree(scripted([0n]))).toBeUndefined();
  });

  property.prop([smallRanges(4), fc.array(fc.bigInt({ min: 0n, max: 15n }))])(
    "reaches every free address by chance, each by exactly one count",
    (range, held) => {
      const occupancy = new Occupancy(range);
      occupancy.takeAll(held.map((at) => range.prefix.base + at));
      const blocked = range.first.value;
      occupancy.take(blocked);
      const free = Number(occupancy.freeCount());
      // Sixteen draws that meet the blocked first address; the seventeenth number counts through the free ones.
      const answers = Array.from({ length: free }, (_, count) =>
        occupancy.randomFree(scripted([...Array.from({ length: 16 }, () => 0n), BigInt(count)])),
      );
      const expected: bigint[] = [];
      for (let value: bigint = range.first.value; value <= range.last.value; value += 1n) {
        if (occupancy.isFree(value)) expected.push(value);
      }
      expect(answers).toEqual(expected);
    },
  );
});
