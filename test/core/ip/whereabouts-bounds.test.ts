/**
 * Bounds that do not fit are left aside, and said to be.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { lenientBounds } from "../../../core/ip/whereabouts-bounds.ts";
import { cidr, ip } from "../../support/ip-texts.ts";

describe("lenientBounds() of 10.0.0.0/24", () => {
  test.each([
    { name: "nothing given", given: [undefined, undefined], gives: ["10.0.0.1", "10.0.0.254"], ignored: [] },
    { name: "both fit", given: ["10.0.0.5", "10.0.0.9"], gives: ["10.0.0.5", "10.0.0.9"], ignored: [] },
    { name: "equal", given: ["10.0.0.5", "10.0.0.5"], gives: ["10.0.0.5", "10.0.0.5"], ignored: [] },
    { name: "the very ends", given: ["10.0.0.1", "10.0.0.254"], gives: ["10.0.0.1", "10.0.0.254"], ignored: [] },
    {
      name: "the network address",
      given: ["10.0.0.0", undefined],
      gives: ["10.0.0.1", "10.0.0.254"],
      ignored: ["first"],
    },
    {
      name: "the broadcast address",
      given: [undefined, "10.0.0.255"],
      gives: ["10.0.0.1", "10.0.0.254"],
      ignored: ["last"],
    },
    {
      name: "both outside",
      given: ["9.0.0.5", "11.0.0.9"],
      gives: ["10.0.0.1", "10.0.0.254"],
      ignored: ["first", "last"],
    },
    {
      name: "both of the other family",
      given: ["fd00::1", "fd00::2"],
      gives: ["10.0.0.1", "10.0.0.254"],
      ignored: ["first", "last"],
    },
    {
      name: "the same numbers in the other family",
      given: ["::a00:5", "::a00:9"],
      gives: ["10.0.0.1", "10.0.0.254"],
      ignored: ["first", "last"],
    },
    { name: "reversed", given: ["10.0.0.9", "10.0.0.5"], gives: ["10.0.0.9", "10.0.0.254"], ignored: ["last"] },
    {
      name: "a first above, a last that fits",
      given: ["10.0.1.0", "10.0.0.5"],
      gives: ["10.0.0.1", "10.0.0.5"],
      ignored: ["first"],
    },
  ])("$name", ({ given, gives, ignored }) => {
    const [first, last] = given.map((text) => (text === undefined ? undefined : ip(text)));
    const bounds = lenientBounds(cidr("10.0.0.0/24"), first, last);
    expect([formatAddress(bounds.first), formatAddress(bounds.last)]).toEqual(gives);
    expect(bounds.ignored).toEqual(ignored);
  });
});
