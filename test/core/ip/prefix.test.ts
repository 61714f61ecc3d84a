/**
 * Networks: text, bounds, membership.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { parseAddressLeniently } from "../../../core/ip/lenient-text.ts";
import {
  formatPrefix,
  lastOf,
  parseAddressWithPrefix,
  parsePrefix,
  prefixContains,
  prefixOf,
  samePrefix,
  usableBounds,
} from "../../../core/ip/prefix.ts";
import { cidr, ip } from "../../support/ip-texts.ts";

const refused = [
  { name: "nothing", text: "" },
  { name: "no length", text: "10.0.0.0" },
  { name: "an empty length", text: "10.0.0.0/" },
  { name: "no address", text: "/24" },
  { name: "33 bits", text: "10.0.0.0/33" },
  { name: "129 bits", text: "::/129" },
  { name: "a length over 255", text: "::/256" },
  { name: "a leading zero in the length", text: "10.0.0.0/024" },
  { name: "a zero too many", text: "0.0.0.0/00" },
  { name: "a sign", text: "10.0.0.0/+24" },
  { name: "a negative length", text: "10.0.0.0/-1" },
  { name: "an exponent", text: "10.0.0.0/1e1" },
  { name: "a hexadecimal length", text: "10.0.0.0/0x18" },
  { name: "a fraction", text: "10.0.0.0/24.0" },
  { name: "a mask", text: "10.0.0.0/255.255.255.0" },
  { name: "two lengths", text: "10.0.0.0/24/24" },
  { name: "a space before the length", text: "10.0.0.0/ 24" },
  { name: "a newline behind", text: "10.0.0.0/24\n" },
  { name: "an IPv6 address as length", text: "10.0.0.0/::" },
  { name: "a bad address", text: "10.0.0.256/24" },
  { name: "a mapped address with fewer than 96 bits", text: "::ffff:10.0.0.0/95" },
  { name: "a mapped address with more than 128 bits", text: "::ffff:10.0.0.0/129" },
];

describe("parsePrefix()", () => {
  test.each([
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.4/30",
    "10.0.0.7/32",
    "::/0",
    "2001:db8::/30",
    "2001:db8::/64",
    "2001:db8::1/128",
  ])("reads %s and writes it back", (text) => {
    const parsed = parsePrefix(text);
    expect(parsed.kind).toBe("prefix");
    if (parsed.kind === "prefix") expect(formatPrefix(parsed.prefix)).toBe(text);
  });

  test.each([
    { text: "10.0.0.5/24", network: "10.0.0.0/24", address: "10.0.0.5" },
    { text: "10.0.0.1/0", network: "0.0.0.0/0", address: "10.0.0.1" },
    { text: "10.0.0.1/31", network: "10.0.0.0/31", address: "10.0.0.1" },
    { text: "2001:db8::1/127", network: "2001:db8::/127", address: "2001:db8::1" },
  ])("tells the host bits of $text from a network", ({ text, network, address }) => {
    expect(parsePrefix(text)).toEqual({ kind: "host-bits", prefix: cidr(network), address: ip(address) });
  });

  test.each([
    { text: "::ffff:10.0.0.0/104", network: "10.0.0.0/8" },
    { text: "::ffff:10.0.0.7/128", network: "10.0.0.7/32" },
    { text: "::ffff:0:0/96", network: "0.0.0.0/0" },
  ])("reads the mapped $text as $network", ({ text, network }) => {
    expect(parsePrefix(text)).toEqual({ kind: "prefix", prefix: cidr(network) });
  });

  test.each(refused)("refuses $name", ({ text }) => {
    expect(parsePrefix(text)).toEqual({
      kind: "malformed",
      expected: "a network such as 10.0.0.0/24 or 2001:db8::/64",
    });
  });

  test("lets the parser say which leading zeros a length may have", () => {
    expect(parsePrefix("010.00.0.0/0024", parseAddressLeniently)).toEqual({
      kind: "prefix",
      prefix: cidr("10.0.0.0/24"),
    });
    expect(parsePrefix("10.0.0.0/0033", parseAddressLeniently).kind).toBe("malformed");
  });
});

describe("parseAddressWithPrefix()", () => {
  test("keeps the address", () => {
    expect(parseAddressWithPrefix("10.0.0.5/24")).toEqual({ address: ip("10.0.0.5"), prefix: cidr("10.0.0.0/24") });
  });

  test.each(refused)("refuses $name", ({ text }) => {
    expect(parseAddressWithPrefix(text)).toBeUndefined();
  });
});

describe("usableBounds()", () => {
  test.each([
    { network: "10.0.0.0/24", first: "10.0.0.1", last: "10.0.0.254" },
    { network: "10.0.0.0/30", first: "10.0.0.1", last: "10.0.0.2" },
    { network: "10.0.0.0/31", first: "10.0.0.0", last: "10.0.0.1" },
    { network: "10.0.0.7/32", first: "10.0.0.7", last: "10.0.0.7" },
    { network: "0.0.0.0/0", first: "0.0.0.1", last: "255.255.255.254" },
    { network: "255.255.255.254/31", first: "255.255.255.254", last: "255.255.255.255" },
    { network: "2001:db8::/64", first: "2001:db8::1", last: "2001:db8::ffff:ffff:ffff:fffe" },
    { network: "2001:db8::/126", first: "2001:db8::1", last: "2001:db8::2" },
    { network: "2001:db8::/127", first: "2001:db8::", last: "2001:db8::1" },
    { network: "2001:db8::7/128", first: "2001:db8::7", last: "2001:db8::7" },
    { network: "::/0", first: "::1", last: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe" },
  ])("$network: $first to $last", ({ network, first, last }) => {
    const prefix = cidr(network);
    const bounds = usableBounds(prefix);
    expect(formatAddress({ family: prefix.family, value: bounds.first })).toBe(first);
    expect(formatAddress({ family: prefix.family, value: bounds.last })).toBe(last);
  });
});

describe("prefixContains()", () => {
  test.each([
    { network: "10.0.1.0/24", address: "10.0.1.0", inside: true },
    { network: "10.0.1.0/24", address: "10.0.1.255", inside: true },
    { network: "10.0.1.0/24", address: "10.0.0.255", inside: false },
    { network: "10.0.1.0/24", address: "10.0.2.0", inside: false },
    { network: "0.0.0.0/0", address: "255.255.255.255", inside: true },
    { network: "0.0.0.0/0", address: "::1", inside: false },
    { network: "::/0", address: "10.0.0.1", inside: false },
    { network: "2001:db8::/64", address: "2001:db8:0:1::", inside: false },
  ])("$address in $network: $inside", ({ network, address, inside }) => {
    expect(prefixContains(cidr(network), ip(address))).toBe(inside);
  });
});

test.each([
  { name: "the same network", a: "10.0.0.0/24", b: "10.0.0.0/24", same: true },
  { name: "another length", a: "10.0.0.0/24", b: "10.0.0.0/25", same: false },
  { name: "another base", a: "10.0.0.0/24", b: "10.0.1.0/24", same: false },
  { name: "another family", a: "0.0.0.0/0", b: "::/0", same: false },
])("samePrefix(): $name", ({ a, b, same }) => {
  expect(samePrefix(cidr(a), cidr(b))).toBe(same);
});

test("lastOf() is the broadcast address", () => {
  expect(lastOf(cidr("10.0.0.0/23"))).toBe(ip("10.0.1.255").value);
});

test("prefixOf() clears what stands behind the length", () => {
  expect(prefixOf(ip("10.1.2.3"), 15)).toEqual(cidr("10.0.0.0/15"));
});
