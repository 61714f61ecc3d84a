/**
 * The map that finds the nearest key below, small and large.
 *
 * @module
 */
import { describe, expect, test, vi } from "vitest";
import { SortedMap } from "../../../core/allocate/sorted-map.ts";

/** 5,000 keys, 0 to 49,990 by tens, put in shuffled: 7,919 is prime. The value is the key and one. */
function filled(): SortedMap {
  const map = new SortedMap();
  for (let index = 0; index < 5000; index += 1) {
    const key = BigInt((index * 7919) % 5000) * 10n;
    map.set(key, key + 1n);
  }
  return map;
}

describe("a map of 5,000 entries", () => {
  test("lists them ascending", () => {
    const map = filled();
    expect(map.size).toBe(5000);
    expect([...map.entries()]).toEqual(
      Array.from({ length: 5000 }, (_, index) => [BigInt(index) * 10n, BigInt(index) * 10n + 1n]),
    );
  });

  test("finds each, and from every gap the one below", () => {
    const map = filled();
    for (let key = 0n; key < 50_000n; key += 10n) {
      const entry = { key, value: key + 1n };
      expect([map.floor(key), map.floor(key + 9n)]).toEqual([entry, entry]);
      expect([map.get(key), map.get(key + 9n)]).toEqual([key + 1n, undefined]);
    }
    expect(map.floor(-1n)).toBeUndefined();
    expect(map.floor(10n ** 30n)).toEqual({ key: 49_990n, value: 49_991n });
  });

  test("changes a value without a second entry", () => {
    const map = filled();
    map.set(2560n, 7n);
    expect([map.size, map.get(2560n), map.get(2550n), map.get(2570n)]).toEqual([5000, 7n, 2551n, 2571n]);
  });

  test("takes a key below all", () => {
    const map = filled();
    map.set(-5n, 1n);
    expect([map.floor(-5n), map.floor(-1n), map.floor(-6n)]).toEqual([
      { key: -5n, value: 1n },
      { key: -5n, value: 1n },
      undefined,
    ]);
  });

  test("does not forget what it does not have", () => {
    const map = filled();
    expect([map.delete(-1n), map.delete(5n), map.delete(25_001n), map.delete(60_000n)]).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect([map.size, map.get(0n), map.get(25_000n)]).toEqual([5000, 1n, 25_001n]);
  });

  test("forgets every other one, then all", () => {
    const map = filled();
    for (let key = 0n; key < 50_000n; key += 20n) expect(map.delete(key)).toBe(true);
    expect(map.size).toBe(2500);
    for (let key = 0n; key < 50_000n; key += 10n) {
      expect(map.get(key)).toBe(key % 20n === 0n ? undefined : key + 1n);
      expect(map.delete(key)).toBe(key % 20n !== 0n);
    }
    expect([map.size, [...map.entries()], map.floor(50_000n)]).toEqual([0, [], undefined]);
    map.set(3n, 4n);
    expect([...map.entries()]).toEqual([[3n, 4n]]);
  });
});

test("an empty map has nothing", () => {
  const map = new SortedMap();
  expect([map.size, map.floor(1n), map.get(1n), map.delete(1n), [...map.entries()]]).toEqual([
    0,
    undefined,
    undefined,
    false,
    [],
  ]);
});

test("a change in a map of 60,000 entries moves one piece of it at most", () => {
  const map = new SortedMap();
  for (let key = 0n; key < 120_000n; key += 2n) map.set(key, key);
  let longest = 0;
  const { splice } = Array.prototype;
  const watched = vi.spyOn(Array.prototype, "splice").mockImplementation(function (this: unknown[], ...given) {
    longest = Math.max(longest, this.length);
    return splice.apply(this, given);
  });
  for (let key = 1n; key < 120_000n; key += 997n) map.set(key, key);
  for (let key = 0n; key < 120_000n; key += 1000n) map.delete(key);
  watched.mockRestore();
  expect(longest).toBeGreaterThan(0);
  expect(longest).toBeLessThanOrEqual(513);
});
