/**
 * Ranges and exclusions as text.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { parseAddressLeniently } from "../../../core/ip/lenient-text.ts";
import { formatRange, parseExclusion, parseRangeText } from "../../../core/ip/range-text.ts";
import { cidr, ip, rangeOf, type RangeWords } from "../../support/ip-texts.ts";

describe("parseRangeText()", () => {
  test.each([
    { text: "10.0.0.0/24", network: "10.0.0.0/24", hostBits: false, first: undefined, last: undefined },
    { text: "10.0.0.5/24", network: "10.0.0.0/24", hostBits: true, first: undefined, last: undefined },
    { text: "10.0.0.5-10.0.0.9/24", network: "10.0.0.0/24", hostBits: false, first: "10.0.0.5", last: "10.0.0.9" },
    { text: "10.0.0.9-10.0.0.5/24", network: "10.0.0.0/24", hostBits: false, first: "10.0.0.9", last: "10.0.0.5" },
    { text: "10.0.0.0-10.0.0.255/24", network: "10.0.0.0/24", hostBits: false, first: "10.0.0.0", last: "10.0.0.255" },
    { text: "fd00::5-fd00::10/64", network: "fd00::/64", hostBits: false, first: "fd00::5", last: "fd00::10" },
  ])("reads $text", ({ text, network, hostBits, first, last }) => {
    expect(parseRangeText(text)).toEqual({
      kind: "range-text",
      prefix: cidr(network),
      hostBits,
      first: first && ip(first),
      last: last && ip(last),
    });
  });

  const expected = "a CIDR such as 10.0.0.0/24, or A-B/length such as 10.0.0.5-10.0.0.9/24";
  test.each([
    { name: "nothing", text: "" },
    { name: "an address", text: "10.0.0.1" },
    { name: "a dash", text: "-" },
    { name: "no first", text: "-10.0.0.9/24" },
    { name: "no last", text: "10.0.0.5-" },
    { name: "no length", text: "10.0.0.5-10.0.0.9" },
    { name: "the length at the first", text: "10.0.0.5/24-10.0.0.9" },
    { name: "a length at both", text: "10.0.0.5/24-10.0.0.9/24" },
    { name: "blanks around the dash", text: "10.0.0.5 - 10.0.0.9/24" },
    { name: "three addresses", text: "fd00::1-fd00::2-fd00::3/64" },
    { name: "a first that is no address", text: "foo-10.0.0.9/24" },
    { name: "leading zeros", text: "010.0.0.0/24" },
    { name: "leading zeros in the first", text: "010.0.0.5-10.0.0.9/24" },
  ])("refuses $name", ({ text }) => {
    expect(parseRangeText(text)).toEqual({ kind: "malformed", expected });
  });

  test.each([
    { name: "above", text: "10.0.1.0-10.0.0.9/24" },
    { name: "below", text: "9.255.255.255-10.0.0.9/24" },
    { name: "of the other family", text: "fd00::1-10.0.0.9/24" },
  ])("refuses a first address $name the network", ({ text }) => {
    expect(parseRangeText(text)).toEqual({ kind: "first-outside", expected: "a first address inside 10.0.0.0/24" });
  });

  test("uses the parser it is given for both addresses", () => {
    expect(parseRangeText("010.0.0.05-10.00.0.9/024", parseAddressLeniently)).toEqual(
      parseRangeText("10.0.0.5-10.0.0.9/24"),
    );
  });
});

describe("parseExclusion()", () => {
  test.each([
    { text: "10.0.0.7", first: "10.0.0.7", last: "10.0.0.7" },
    { text: "10.0.0.0/30", first: "10.0.0.0", last: "10.0.0.3" },
    { text: "10.0.0.2/30", first: "10.0.0.0", last: "10.0.0.3" },
    { text: "10.0.0.1-10.0.0.9", first: "10.0.0.1", last: "10.0.0.9" },
    { text: "10.0.0.1-10.0.0.1", first: "10.0.0.1", last: "10.0.0.1" },
    { text: "fd00::1", first: "fd00::1", last: "fd00::1" },
    { text: "fd00::/126", first: "fd00::", last: "fd00::3" },
    { text: "fd00::1-fd00::f", first: "fd00::1", last: "fd00::f" },
  ])("reads $text", ({ text, first, last }) => {
    expect(parseExclusion(text)).toEqual({
      kind: "exclusion",
      family: ip(first).family,
      interval: { first: ip(first).value, last: ip(last).value },
    });
  });

  const expected = "an address, a CIDR, or A-B";
  test.each([
    { name: "nothing", text: "" },
    { name: "a word", text: "foo" },
    { name: "a dash", text: "-" },
    { name: "no first", text: "-10.0.0.9" },
    { name: "no last", text: "10.0.0.1-" },
    { name: "three addresses", text: "10.0.0.1-10.0.0.2-10.0.0.3" },
    { name: "a last that is no address", text: "10.0.0.1-9" },
    { name: "too long a length", text: "192.168.0.1/123" },
    { name: "a dash and a length", text: "10.0.0.1-10.0.0.9/24" },
    { name: "leading zeros", text: "010.0.0.1" },
    { name: "leading zeros in a CIDR", text: "010.0.0.0/8" },
    { name: "leading zeros behind the dash", text: "10.0.0.1-010.0.0.9" },
  ])("refuses $name", ({ text }) => {
    expect(parseExclusion(text)).toEqual({ kind: "malformed", expected });
  });

  test("refuses two families", () => {
    expect(parseExclusion("10.0.0.1-fd00::1")).toEqual({
      kind: "mixed-families",
      expected: "two addresses of one family",
    });
  });

  test("refuses the higher address first", () => {
    expect(parseExclusion("10.0.0.9-10.0.0.8")).toEqual({
      kind: "reversed",
      expected: "the lower address before the dash",
    });
  });

  test.each(["010.0.0.0/08", "010.0.0.7", "010.0.0.1-010.0.0.9"])("uses the parser it is given for %s", (text) => {
    expect(parseExclusion(text, parseAddressLeniently)).toEqual(parseExclusion(text.replaceAll(/0(?=[18])/g, "")));
  });
});

describe("formatRange()", () => {
  test.each<{ network: string; words: RangeWords; text: string }>([
    { network: "10.0.0.0/24", words: {}, text: "10.0.0.0/24" },
    { network: "10.0.0.0/24", words: { exclude: ["10.0.0.9"] }, text: "10.0.0.0/24" },
    { network: "10.0.0.0/24", words: { first: "10.0.0.5" }, text: "10.0.0.0/24 10.0.0.5-10.0.0.254" },
    { network: "10.0.0.0/24", words: { last: "10.0.0.9" }, text: "10.0.0.0/24 10.0.0.1-10.0.0.9" },
    { network: "fd00::/64", words: { first: "fd00::5", last: "fd00::9" }, text: "fd00::/64 fd00::5-fd00::9" },
  ])("writes $text", ({ network, words, text }) => {
    expect(formatRange(rangeOf(network, words))).toBe(text);
  });
});
