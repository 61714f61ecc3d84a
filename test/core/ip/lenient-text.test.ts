/**
 * The laxer reading for Whereabouts' definitions: leading zeros, and nothing more.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { formatAddress, parseAddress } from "../../../core/ip/address-text.ts";
import { parseAddressLeniently } from "../../../core/ip/lenient-text.ts";

describe("parseAddressLeniently()", () => {
  test.each([
    { text: "00192.00168.1.0", means: "192.168.1.0" },
    { text: "010.08.09.00", means: "10.8.9.0" },
    { text: "0000000255.0.0.1", means: "255.0.0.1" },
    { text: "fd:db8:abcd:0012::0", means: "fd:db8:abcd:12::" },
    { text: "0000:000:00:0::00001", means: "::1" },
    { text: "000000db8::0", means: "db8::" },
    { text: "64:ff9b::0192.000.002.033", means: "64:ff9b::c000:221" },
    { text: "::ffff:010.0.0.1", means: "10.0.0.1" },
  ])("reads $text as $means", ({ text, means }) => {
    const address = parseAddressLeniently(text);
    expect(parseAddress(text.replaceAll(/0+(?=[\da-f])/gi, ""))).toEqual(address);
    expect(address && formatAddress(address)).toBe(means);
  });

  test.each([
    { name: "nothing", text: "" },
    { name: "an octet over 255", text: "0256.1.1.1" },
    { name: "a last octet over 255", text: "1.1.1.00256" },
    { name: "four digits", text: "1.1.1.1000" },
    { name: "hexadecimal", text: "0x1.2.3.4" },
    { name: "a sign", text: "+01.2.3.4" },
    { name: "a space", text: " 01.2.3.4" },
    { name: "a newline", text: "01.2.3.4\n" },
    { name: "three octets", text: "01.2.3" },
    { name: "an empty octet", text: "01..3.4" },
    { name: "five digits that are not zeros", text: "12345::" },
    { name: "five digits behind zeros", text: "0012345::" },
    { name: "a letter that is no digit", text: "00g::" },
    { name: "a zone", text: "fe80::01%eth0" },
    { name: "two double colons", text: "01::2::3" },
  ])("refuses $name", ({ text }) => {
    expect(parseAddressLeniently(text)).toBeUndefined();
  });
});
