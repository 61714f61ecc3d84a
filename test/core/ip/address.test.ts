/**
 * Numbers that are addresses, and numbers that are not.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { addressOf, bitsOf, knownAddress, sameAddress } from "../../../core/ip/address.ts";
import { ip } from "../../support/ip-texts.ts";

describe("addressOf()", () => {
  test.each([
    { name: "the lowest IPv4 address", family: 4, value: 0n, fits: true },
    { name: "the highest IPv4 address", family: 4, value: 2n ** 32n - 1n, fits: true },
    { name: "one above IPv4", family: 4, value: 2n ** 32n, fits: false },
    { name: "one below IPv4", family: 4, value: -1n, fits: false },
    { name: "the highest IPv6 address", family: 6, value: 2n ** 128n - 1n, fits: true },
    { name: "one above IPv6", family: 6, value: 2n ** 128n, fits: false },
    { name: "one below IPv6", family: 6, value: -1n, fits: false },
  ] as const)("$name: $fits", ({ family, value, fits }) => {
    expect(addressOf(family, value)).toEqual(fits ? { family, value } : undefined);
  });
});

describe("knownAddress()", () => {
  test("calls a value that does not fit a mistake of the caller", () => {
    expect(() => knownAddress(4, 2n ** 32n)).toThrow(new RangeError("4294967296 is no IPv4 address"));
  });
});

describe("sameAddress()", () => {
  test.each([
    { name: "equal", a: "10.0.0.1", b: "10.0.0.1", same: true },
    { name: "another number", a: "10.0.0.1", b: "10.0.0.2", same: false },
    { name: "the same number of the other family", a: "0.0.0.1", b: "::1", same: false },
  ])("$name: $same", ({ a, b, same }) => {
    expect(sameAddress(ip(a), ip(b))).toBe(same);
  });
});

test("an address has 32 or 128 bits", () => {
  expect([bitsOf(4), bitsOf(6)]).toEqual([32, 128]);
});
