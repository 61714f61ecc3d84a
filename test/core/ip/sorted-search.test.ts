/**
 * Searching ascending numbers, with the steps counted.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { lastNotAbove } from "../../../core/ip/sorted-search.ts";

describe("lastNotAbove()", () => {
  test.each([
    { name: "nothing to search", sorted: [], value: 5n, at: -1 },
    { name: "below all", sorted: [3n, 5n, 9n], value: 2n, at: -1 },
    { name: "the lowest itself", sorted: [3n, 5n, 9n], value: 3n, at: 0 },
    { name: "between two", sorted: [3n, 5n, 9n], value: 8n, at: 1 },
    { name: "the highest itself", sorted: [3n, 5n, 9n], value: 9n, at: 2 },
    { name: "above all", sorted: [3n, 5n, 9n], value: 10n, at: 2 },
  ])("$name: $at", ({ sorted, value, at }) => {
    expect(lastNotAbove(sorted, value)).toBe(at);
  });

  test("looks at no more than 17 of 100,000 numbers", () => {
    let looks = 0;
    const numbers = Array.from({ length: 100_000 }, (_, index) => BigInt(index));
    const watched = new Proxy(numbers, {
      get: (target, key) => {
        if (key !== "length") looks += 1;
        return Reflect.get(target, key);
      },
    });
    expect(lastNotAbove(watched, 71_234n)).toBe(71_234);
    expect(looks).toBeGreaterThan(0);
    expect(looks).toBeLessThanOrEqual(17);
  });
});
