/**
 * Laws of chance.
 *
 * @module
 */
import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { createRandom } from "../../../adapters/system/random.ts";

const random = createRandom();

property.prop([fc.bigInt({ min: 1n, max: 1n << 128n })])("below(n) is at least 0 and less than n", (below) => {
  const value = random.below(below);
  expect(value >= 0n && value < below).toBe(true);
});

test.each([1n, 2n, 5n, 7n, 255n, 256n, 257n])("below(%s) draws each number about as often", (below) => {
  const counts = new Map<bigint, number>();
  const each = 400;
  const draws = each * Number(below);
  for (let drawn = 0; drawn < draws; drawn += 1) {
    const value = random.below(below);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  expect(counts.size).toBe(Number(below));
  // Eight standard deviations of a binomial: fails by chance less than once in 10^12 runs.
  const spread = 8 * Math.sqrt(each);
  for (const count of counts.values()) expect(Math.abs(count - each)).toBeLessThan(spread);
});

test("ids are never the same", () => {
  expect(new Set(Array.from({ length: 10_000 }, () => random.id())).size).toBe(10_000);
});
