/**
 * Distances between addresses.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { addOffset, offsetBetween } from "../../../core/ip/offset.ts";
import { ip } from "../../support/ip-texts.ts";

describe("offsetBetween()", () => {
  test.each([
    { name: "upwards", a: "10.0.0.1", b: "10.0.1.0", offset: 255n },
    { name: "downwards", a: "10.0.1.0", b: "10.0.0.1", offset: 255n },
    { name: "none", a: "10.0.1.0", b: "10.0.1.0", offset: 0n },
    { name: "beyond 2^64", a: "::", b: "1::", offset: 1n << 112n },
    { name: "across families", a: "0.0.0.1", b: "::1", offset: undefined },
  ])("$name", ({ a, b, offset }) => {
    expect(offsetBetween(ip(a), ip(b))).toBe(offset);
  });
});

describe("addOffset()", () => {
  test.each([
    { name: "carries", address: "10.0.0.255", offset: 1n, gives: ip("10.0.1.0") },
    { name: "stays in the family", address: "255.255.255.255", offset: 1n, gives: undefined },
    { name: "does not go below zero", address: "0.0.0.0", offset: -1n, gives: undefined },
    { name: "goes beyond 2^64", address: "::1", offset: 1n << 112n, gives: ip("1::1") },
  ])("$name", ({ address, offset, gives }) => {
    expect(addOffset(ip(address), offset)).toEqual(gives);
  });
});
