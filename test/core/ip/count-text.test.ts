/**
 * Numbers of addresses, as people read them.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { formatCount } from "../../../core/ip/count-text.ts";

describe("a number of addresses", () => {
  test.for([
    { name: "none", count: 0n, shown: "0" },
    { name: "a /8", count: 16_777_214n, shown: "16777214" },
    { name: "all of IPv4", count: 1n << 32n, shown: "4294967296" },
    { name: "the last with ten digits", count: 9_999_999_999n, shown: "9999999999" },
    { name: "the first with eleven", count: 10_000_000_000n, shown: "≈1.0×10^10" },
    { name: "one that is rounded up to the next power", count: 99_600_000_000n, shown: "≈1.0×10^11" },
    { name: "a /64", count: (1n << 64n) - 2n, shown: "≈1.8×10^19" },
    { name: "all of IPv6", count: 1n << 128n, shown: "≈3.4×10^38" },
  ])("is shown for $name as $shown", ({ count, shown }) => {
    expect(formatCount(count)).toBe(shown);
  });
});
