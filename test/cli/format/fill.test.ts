/**
 * Shares, times and JSON, as people and programs read them.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { formatFill } from "../../../cli/format/fill.ts";
import { formatAge, formatInstant } from "../../../cli/format/instant.ts";
import { toJson } from "../../../cli/format/json-text.ts";

describe("how full a range is", () => {
  test.for([
    { used: 0n, free: 6n, shown: "0%" },
    { used: 1n, free: 253n, shown: "<1%" },
    { used: 1n, free: 1n << 64n, shown: "<1%" },
    { used: 1n, free: 1n, shown: "50%" },
    { used: 253n, free: 1n, shown: "99%" },
    { used: 254n, free: 0n, shown: "100%" },
    { used: 0n, free: 0n, shown: "-" },
  ])("is $shown for $used used and $free free", ({ used, free, shown }) => {
    expect(formatFill(used, free)).toBe(shown);
  });
});

test.for([
  { ms: 0, shown: "0 seconds" },
  { ms: 1_999, shown: "1 second" },
  { ms: 59_999, shown: "59 seconds" },
  { ms: 60_000, shown: "1 minute" },
  { ms: 7_200_000, shown: "2 hours" },
  { ms: 86_400_000, shown: "1 day" },
  { ms: -5, shown: "0 seconds" },
])("$ms ms are $shown", ({ ms, shown }) => {
  expect(formatAge(ms)).toBe(shown);
});

test("instants are UTC and say so", () => {
  expect(formatInstant(1_700_000_000_999)).toBe("2023-11-14T22:13:20Z");
  expect(formatInstant(undefined)).toBe("-");
});

test("JSON keeps every digit", () => {
  expect(toJson({ total: (1n << 128n) - 1n, text: "1n" })).toBe(
    '{"total":340282366920938463463374607431768211455,"text":"1n"}',
  );
});
