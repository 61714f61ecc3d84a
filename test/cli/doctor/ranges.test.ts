/**
 * Overlaps that surprise, and those that do not.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { judgeRanges } from "../../../cli/doctor/ranges.ts";
import { intervalsOf, sizeOf } from "../../../core/ip/interval-set.ts";
import type { RangeUse } from "../../../core/ports/inventory.ts";
import { address } from "../../support/samples.ts";

function range(
  definition: string,
  pool: string,
  ends: readonly [string, string],
  changes: Partial<RangeUse> & { out?: string } = {},
): RangeUse {
  const [first, last] = [address(ends[0]), address(ends[1])];
  const single =
    changes.out === undefined ? [] : [{ first: address(changes.out).value, last: address(changes.out).value }];
  const exclusions = intervalsOf(single);
  return {
    network: "blue",
    definition,
    pool,
    overlapping: true,
    first,
    last,
    exclusions,
    gateway: undefined,
    total: last.value - first.value + 1n,
    excluded: sizeOf(exclusions),
    used: 0n,
    withheld: 0n,
    free: 0n,
    seenMs: 0,
    ...changes,
  };
}

const whole = ["10.0.0.1", "10.0.0.254"] as const;
const half = ["10.0.0.1", "10.0.0.126"] as const;

describe("ranges of one network", () => {
  const rows: readonly { name: string; ranges: readonly RangeUse[]; says: string | undefined }[] = [
    {
      name: "of one definition",
      ranges: [range("a", "10.0.0.0/24", whole), range("a", "10.0.0.0/24", whole)],
      says: undefined,
    },
    {
      name: "that are the same in two definitions",
      ranges: [range("a", "10.0.0.0/24", whole), range("b", "10.0.0.0/24", whole)],
      says: undefined,
    },
    {
      name: "with different CIDRs and common addresses",
      ranges: [range("a", "10.0.0.0/25", half), range("b", "10.0.0.0/24", whole)],
      says: "10.0.0.0/25 of definition a and 10.0.0.0/24 of b share 126 addresses; each still has one holder",
    },
    {
      name: "with different CIDRs and overlapping ranges off",
      ranges: [range("a", "10.0.0.0/25", half), range("b", "10.0.0.0/24", whole, { overlapping: false })],
      says: "each may be held in both",
    },
    {
      name: "with different CIDRs, split so that nothing is common",
      ranges: [range("a", "10.0.0.0/25", half), range("b", "10.0.0.0/24", ["10.0.0.127", "10.0.0.254"])],
      says: undefined,
    },
    {
      name: "with one CIDR and different exclusions",
      ranges: [range("a", "10.0.0.0/24", whole), range("b", "10.0.0.0/24", whole, { out: "10.0.0.9" })],
      says: "definitions a and b give 10.0.0.0/24, with different exclusions",
    },
    {
      name: "with one CIDR, split between two definitions",
      ranges: [
        range("a", "10.0.0.0/24", ["10.0.0.1", "10.0.0.99"], { out: "10.0.0.9" }),
        range("b", "10.0.0.0/24", ["10.0.0.100", "10.0.0.254"]),
      ],
      says: undefined,
    },
    {
      name: "with one CIDR and different gateways",
      ranges: [
        range("a", "10.0.0.0/24", whole, { gateway: address("10.0.0.1"), out: "10.0.0.1" }),
        range("b", "10.0.0.0/24", whole),
      ],
      says: "with different gateways (10.0.0.1, none) and exclusions",
    },
    {
      name: "of which one may give the other's gateway",
      ranges: [
        range("a", "10.0.0.0/25", half),
        range("b", "10.0.0.0/24", whole, { gateway: address("10.0.0.1"), out: "10.0.0.1" }),
      ],
      says: "a may give 10.0.0.1, the gateway of b",
    },
    {
      name: "of two networks",
      ranges: [range("a", "10.0.0.0/25", half), range("b", "10.0.0.0/24", whole, { network: "red" })],
      says: undefined,
    },
    {
      name: "of two families",
      ranges: [range("a", "10.0.0.0/25", half), range("b", "::/64", ["::1", "::ffff"])],
      says: undefined,
    },
  ];
  test.for(rows)("$name", ({ ranges, says }) => {
    const [finding, ...others] = judgeRanges(ranges);
    expect(others).toEqual([]);
    expect(finding?.level).toBe(says === undefined ? "ok" : "warn");
    if (says !== undefined) expect(finding?.text).toContain(says);
  });

  test("are told twenty times at most", () => {
    const many = Array.from({ length: 30 }, (_, index) => range(`d${index}`, `10.0.0.0/${index}`, whole));
    const findings = judgeRanges(many);
    expect(findings).toHaveLength(21);
    expect(findings.at(-1)?.text).toContain("more than 20 pairs");
  });

  test("that are compared are neighbours: 5,000 of them cost no more than their number", () => {
    const asked = { count: 0 };
    const many = Array.from({ length: 5_000 }, (_, index) => {
      const text = `10.${index >> 8}.${index & 255}`;
      const made = range(`d${index}`, `${text}.0/24`, [`${text}.1`, `${text}.254`]);
      return Object.defineProperty({ ...made }, "pool", { get: () => ((asked.count += 1), made.pool) });
    });
    expect(judgeRanges(many)).toHaveLength(1);
    expect(asked.count).toBeLessThan(20_000);
  });
});
