/**
 * Addresses as text: what is read, what is refused, and how they are written.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { knownAddress } from "../../../core/ip/address.ts";
import { formatAddress, parseAddress } from "../../../core/ip/address-text.ts";

describe("parseAddress()", () => {
  test.each([
    { text: "0.0.0.0", family: 4, value: 0n },
    { text: "1.2.3.4", family: 4, value: 0x01020304n },
    { text: "255.255.255.255", family: 4, value: 0xffffffffn },
    { text: "::", family: 6, value: 0n },
    { text: "::1", family: 6, value: 1n },
    { text: "1::", family: 6, value: 1n << 112n },
    { text: "1:2:3:4:5:6:7:8", family: 6, value: 0x00010002000300040005000600070008n },
    { text: "1:2:3:4:5:6:7::", family: 6, value: 0x00010002000300040005000600070000n },
    { text: "::2:3:4:5:6:7:8", family: 6, value: 0x00000002000300040005000600070008n },
    { text: "2001:DB8::aBcD", family: 6, value: 0x20010db800000000000000000000abcdn },
    { text: "0001:0000::000f", family: 6, value: 0x0001000000000000000000000000000fn },
    { text: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", family: 6, value: 2n ** 128n - 1n },
    { text: "64:ff9b::192.0.2.33", family: 6, value: 0x0064ff9b0000000000000000c0000221n },
    { text: "1:2:3:4:5:6:1.2.3.4", family: 6, value: 0x00010002000300040005000601020304n },
    { text: "::1.2.3.4", family: 6, value: 0x01020304n },
    { text: "::ffff:1.2.3.4", family: 4, value: 0x01020304n },
    { text: "::ffff:102:304", family: 4, value: 0x01020304n },
    { text: "0:0:0:0:0:FFFF:255.255.255.255", family: 4, value: 0xffffffffn },
    { text: "::fffe:1.2.3.4", family: 6, value: 0xfffe01020304n },
    { text: "::1:0:0", family: 6, value: 0x1_0000_0000n },
    { text: "1::ffff:1.2.3.4", family: 6, value: (1n << 112n) + 0xffff01020304n },
  ] as const)("reads $text", ({ text, family, value }) => {
    expect(parseAddress(text)).toEqual({ family, value });
  });

  test.each([
    { name: "nothing", text: "" },
    { name: "too few octets", text: "1.2.3" },
    { name: "too many octets", text: "1.2.3.4.5" },
    { name: "an octet missing at the front", text: ".2.3.4" },
    { name: "an octet missing inside", text: "1..3.4" },
    { name: "an octet missing at the end", text: "1.2.3." },
    { name: "a dot behind", text: "1.2.3.4." },
    { name: "the first octet over 255", text: "256.1.1.1" },
    { name: "the second octet over 255", text: "1.256.1.1" },
    { name: "the third octet over 255", text: "1.1.256.1" },
    { name: "the fourth octet over 255", text: "1.1.1.256" },
    { name: "an octet of four digits", text: "1.1.1.1000" },
    { name: "a leading zero in the first octet", text: "01.2.3.4" },
    { name: "a leading zero in the last octet", text: "1.2.3.04" },
    { name: "a double zero", text: "1.2.3.00" },
    { name: "hexadecimal", text: "0x1.2.3.4" },
    { name: "a bare hexadecimal digit", text: "a.2.3.4" },
    { name: "an exponent", text: "1e1.2.3.4" },
    { name: "a plus sign", text: "+1.2.3.4" },
    { name: "a minus sign", text: "1.2.3.-4" },
    { name: "a space before", text: " 1.2.3.4" },
    { name: "a space behind", text: "1.2.3.4 " },
    { name: "a newline behind", text: "1.2.3.4\n" },
    { name: "a NUL behind", text: "1.2.3.4\0" },
    { name: "digits of another script", text: "١.2.3.4" },
    { name: "one number", text: "16909060" },
    { name: "a length", text: "1.2.3.4/24" },
    { name: "a port", text: "1.2.3.4:80" },
    { name: "one colon", text: ":" },
    { name: "three colons", text: ":::" },
    { name: "three colons inside", text: "1:::2" },
    { name: "two double colons", text: "1::2::3" },
    { name: "two double colons and nothing else", text: "::::" },
    { name: "seven groups", text: "1:2:3:4:5:6:7" },
    { name: "nine groups", text: "1:2:3:4:5:6:7:8:9" },
    { name: "eight groups and a double colon", text: "1:2:3:4::5:6:7:8" },
    { name: "eight groups behind a double colon", text: "::1:2:3:4:5:6:7:8" },
    { name: "eight groups before a double colon", text: "1:2:3:4:5:6:7:8::" },
    { name: "a colon before", text: ":1:2:3:4:5:6:7:8" },
    { name: "a colon behind", text: "1:2:3:4:5:6:7:8:" },
    { name: "a colon behind a double one", text: "1::2:" },
    { name: "a group of five digits", text: "12345::" },
    { name: "a group of five digits with leading zeros", text: "00001::" },
    { name: "a letter that is no digit", text: "g::" },
    { name: "a group with a hexadecimal prefix", text: "0x1::" },
    { name: "a zone", text: "fe80::1%eth0" },
    { name: "brackets", text: "[::1]" },
    { name: "a space before IPv6", text: " ::1" },
    { name: "a newline behind IPv6", text: "::1\n" },
    { name: "octets before groups", text: "1.2.3.4::" },
    { name: "octets in the middle", text: "::1.2.3.4:5" },
    { name: "octets behind seven groups", text: "1:2:3:4:5:6:7:1.2.3.4" },
    { name: "octets behind five groups", text: "1:2:3:4:5:1.2.3.4" },
    { name: "three octets behind groups", text: "::1.2.3" },
    { name: "an octet over 255 behind groups", text: "::1.2.3.256" },
    { name: "a leading zero in an octet behind groups", text: "::01.2.3.4" },
  ])("refuses $name", ({ text }) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe("formatAddress()", () => {
  test.each([
    { name: "writes IPv4 with dots", text: "10.0.255.1" },
    { name: "writes the address of zeros", text: "::" },
    { name: "shortens zeros at the front", text: "::1" },
    { name: "shortens zeros at the end", text: "1::" },
    { name: "shortens the longest run (RFC 5952 4.2.3)", text: "1:0:0:2::3" },
    { name: "shortens the first of two equal runs", text: "1::2:3:0:0:4" },
    { name: "does not shorten a single zero (RFC 5952 4.2.2)", text: "1:0:2:3:4:5:6:7" },
    { name: "shortens two zeros in front of others", text: "::2:3:4:5:6:7" },
    { name: "shortens two zeros behind others", text: "2:3:4:5:6:7::" },
    { name: "writes groups in full without zeros", text: "1:2:3:4:5:6:7:8" },
    { name: "uses lower case", text: "2001:db8::abcd" },
    { name: "keeps groups below the mapped block", text: "::fffe:ffff:ffff" },
    { name: "keeps groups above the mapped block", text: "::1:0:0:0" },
  ])("$name: $text", ({ text }) => {
    const address = parseAddress(text);
    expect(address).toBeDefined();
    if (address !== undefined) expect(formatAddress(address)).toBe(text);
  });

  test("writes a mapped number with dots (RFC 5952 5)", () => {
    expect(formatAddress(knownAddress(6, 0xffff_0000_0000n))).toBe("::ffff:0.0.0.0");
    expect(formatAddress(knownAddress(6, 0xffff_ffff_ffffn))).toBe("::ffff:255.255.255.255");
  });
});
