/**
 * Making ranges, and asking them.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { eachInterval, type Interval, intervalsOf } from "../../../core/ip/interval-set.ts";
import {
  isGivable,
  makeRange,
  overlap,
  rangeContains,
  rangeSize,
  rangeSpans,
  sameRange,
} from "../../../core/ip/range.ts";
import { cidr, ip, rangeOf, rangeParts, type RangeWords } from "../../support/ip-texts.ts";

describe("makeRange()", () => {
  test.each([
    { name: "fills both ends", network: "10.0.0.0/24", words: {}, first: "10.0.0.1", last: "10.0.0.254" },
    {
      name: "keeps the first that is given",
      network: "10.0.0.0/24",
      words: { first: "10.0.0.9" },
      first: "10.0.0.9",
      last: "10.0.0.254",
    },
    {
      name: "keeps the last that is given",
      network: "10.0.0.0/24",
      words: { last: "10.0.0.9" },
      first: "10.0.0.1",
      last: "10.0.0.9",
    },
    {
      name: "can be one address",
      network: "10.0.0.0/24",
      words: { first: "10.0.0.9", last: "10.0.0.9" },
      first: "10.0.0.9",
      last: "10.0.0.9",
    },
    { name: "takes both of a /31", network: "10.0.0.0/31", words: {}, first: "10.0.0.0", last: "10.0.0.1" },
    { name: "takes the one of a /128", network: "fd00::7/128", words: {}, first: "fd00::7", last: "fd00::7" },
  ])("$name", ({ network, words, first, last }) => {
    const range = rangeOf(network, words);
    expect([formatAddress(range.first), formatAddress(range.last)]).toEqual([first, last]);
    expect(range).toMatchObject({ family: range.prefix.family, prefix: cidr(network) });
  });

  const usable = "an address from 10.0.0.1 to 10.0.0.254";
  const nothing = "at least one address that is neither excluded nor a gateway";
  test.each<{ name: string; words: RangeWords; kind: string; expected: string }>([
    { name: "the network address as first", words: { first: "10.0.0.0" }, kind: "first-outside", expected: usable },
    { name: "the broadcast address as first", words: { first: "10.0.0.255" }, kind: "first-outside", expected: usable },
    { name: "a first below the network", words: { first: "9.0.0.1" }, kind: "first-outside", expected: usable },
    { name: "a first of the other family", words: { first: "fd00::1" }, kind: "first-outside", expected: usable },
    { name: "the network address as last", words: { last: "10.0.0.0" }, kind: "last-outside", expected: usable },
    { name: "the broadcast address as last", words: { last: "10.0.0.255" }, kind: "last-outside", expected: usable },
    { name: "a last of the other family", words: { last: "fd00::1" }, kind: "last-outside", expected: usable },
    {
      name: "a last below the first",
      words: { first: "10.0.0.9", last: "10.0.0.8" },
      kind: "reversed",
      expected: "an address not below 10.0.0.9",
    },
    { name: "exclusions of all", words: { exclude: ["10.0.0.0/24"] }, kind: "empty", expected: nothing },
    {
      name: "exclusions and gateway of all",
      words: { first: "10.0.0.8", last: "10.0.0.9", exclude: ["10.0.0.8"], gateways: ["10.0.0.9"] },
      kind: "empty",
      expected: nothing,
    },
  ])("refuses $name", ({ words, kind, expected }) => {
    expect(makeRange(rangeParts("10.0.0.0/24", words))).toEqual({ kind, expected });
  });

  const excludedOf = (network: string, words: RangeWords): Interval[] => [
    ...eachInterval(rangeOf(network, words).excluded),
  ];
  test.each<{ name: string; network: string; words: RangeWords; pairs: [string, string][] }>([
    {
      name: "exclusions cut to the bounds",
      network: "10.0.0.0/24",
      words: { first: "10.0.0.10", last: "10.0.0.20", exclude: ["9.0.0.0-10.0.0.11", "10.0.0.20-10.0.0.99"] },
      pairs: [
        ["10.0.0.10", "10.0.0.11"],
        ["10.0.0.20", "10.0.0.20"],
      ],
    },
    { name: "exclusions outside", network: "10.0.0.0/24", words: { exclude: ["192.168.0.0/16"] }, pairs: [] },
    {
      name: "gateways inside",
      network: "10.0.0.0/24",
      words: { gateways: ["10.0.0.1", "10.0.0.7"] },
      pairs: [
        ["10.0.0.1", "10.0.0.1"],
        ["10.0.0.7", "10.0.0.7"],
      ],
    },
    { name: "gateways outside", network: "10.0.0.0/24", words: { gateways: ["10.0.1.1"] }, pairs: [] },
    { name: "gateways of the other family", network: "fd00::/64", words: { gateways: ["10.0.0.1"] }, pairs: [] },
    {
      name: "the addresses that would be read back as IPv4",
      network: "::/64",
      words: {},
      pairs: [["::ffff:0.0.0.0", "::ffff:255.255.255.255"]],
    },
    { name: "no IPv4 address for being mapped", network: "0.0.0.0/0", words: {}, pairs: [] },
  ])("withholds $name", ({ network, words, pairs }) => {
    const { family } = cidr(network);
    const texts = excludedOf(network, words).map(({ first, last }) =>
      [first, last].map((value) =>
        formatAddress({ ...ip("::"), family, value: value as ReturnType<typeof ip>["value"] }),
      ),
    );
    expect(texts).toEqual(pairs);
  });

  test("an IPv4 gateway does not withhold the IPv6 address of the same number", () => {
    const made = makeRange({ prefix: cidr("::/120"), excluded: intervalsOf([]), gateways: [ip("0.0.0.9")] });
    expect(made.kind).toBe("range");
    if (made.kind === "range") expect(isGivable(made.range, 9n)).toBe(true);
  });
});

describe("asking a range", () => {
  const range = rangeOf("10.0.0.0/24", { first: "10.0.0.10", last: "10.0.0.20", exclude: ["10.0.0.12-10.0.0.13"] });
  test.each([
    { address: "10.0.0.9", spans: false, contains: false },
    { address: "10.0.0.10", spans: true, contains: true },
    { address: "10.0.0.12", spans: true, contains: false },
    { address: "10.0.0.20", spans: true, contains: true },
    { address: "10.0.0.21", spans: false, contains: false },
    { address: "::a00:a", spans: false, contains: false },
  ])("$address: between its ends $spans, to be given $contains", ({ address, spans, contains }) => {
    expect(rangeSpans(range, ip(address))).toBe(spans);
    expect(rangeContains(range, ip(address))).toBe(contains);
  });

  test("isGivable() takes numbers of its family, and any other number for outside", () => {
    expect(isGivable(range, ip("10.0.0.11").value)).toBe(true);
    expect(isGivable(range, ip("10.0.0.12").value)).toBe(false);
    expect(isGivable(range, -1n)).toBe(false);
    expect(isGivable(range, 2n ** 32n)).toBe(false);
  });

  test("its size leaves out what is excluded", () => {
    expect(rangeSize(range)).toBe(9n);
    expect(rangeSize(rangeOf("fd00::/64"))).toBe(2n ** 64n - 2n);
    expect(rangeSize(rangeOf("10.0.0.0/31"))).toBe(2n);
    expect(rangeSize(rangeOf("10.0.0.0/32"))).toBe(1n);
  });
});

describe("two ranges", () => {
  const words = { first: "10.0.0.10", last: "10.0.0.20", exclude: ["10.0.0.12"] };
  const range = rangeOf("10.0.0.0/24", words);
  test.each([
    { name: "the same", other: rangeOf("10.0.0.0/24", words), same: true },
    { name: "another network", other: rangeOf("10.0.0.0/25", words), same: false },
    { name: "another first", other: rangeOf("10.0.0.0/24", { ...words, first: "10.0.0.9" }), same: false },
    { name: "another last", other: rangeOf("10.0.0.0/24", { ...words, last: "10.0.0.21" }), same: false },
    { name: "another exclusion", other: rangeOf("10.0.0.0/24", { ...words, exclude: ["10.0.0.13"] }), same: false },
  ])("sameRange(): $name", ({ other, same }) => {
    expect(sameRange(range, other)).toBe(same);
  });

  test.each([
    { name: "one inside the other", other: rangeOf("10.0.0.0/8"), both: ["10.0.0.10", "10.0.0.20"] },
    {
      name: "ends that meet",
      other: rangeOf("10.0.0.0/24", { first: "10.0.0.20" }),
      both: ["10.0.0.20", "10.0.0.20"],
    },
    {
      name: "common addresses that one excludes",
      other: rangeOf("10.0.0.0/24", { exclude: ["10.0.0.0-10.0.0.14"] }),
      both: ["10.0.0.15", "10.0.0.20"],
    },
    { name: "ends that do not meet", other: rangeOf("10.0.0.0/24", { first: "10.0.0.21" }), both: undefined },
    {
      name: "only what one excludes",
      other: rangeOf("10.0.0.0/24", { first: "10.0.0.12", last: "10.0.0.12" }),
      both: undefined,
    },
    { name: "the same numbers of the other family", other: rangeOf("::a00:0/104"), both: undefined },
  ])("overlap(): $name", ({ other, both }) => {
    const expected = both && { first: ip(both[0] ?? "").value, last: ip(both[1] ?? "").value };
    expect(overlap(range, other)).toEqual(expected);
    expect(overlap(other, range)).toEqual(expected);
  });
});
