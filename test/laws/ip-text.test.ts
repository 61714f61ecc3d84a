/**
 * Laws of text: what is written is read back, and strangers agree about what is an address.
 *
 * @module
 */
import { isIP } from "node:net";
import { test as property } from "@fast-check/vitest";
import * as fc from "fast-check";
import { IPv4, IPv4CidrRange, IPv6, IPv6CidrRange } from "ip-num";
import { describe, expect } from "vitest";
import { type Address, bitsOf } from "../../core/ip/address.ts";
import { formatAddress, parseAddress } from "../../core/ip/address-text.ts";
import { parseAddressLeniently } from "../../core/ip/lenient-text.ts";
import {
  formatPrefix,
  lastOf,
  parseAddressWithPrefix,
  parsePrefix,
  prefixContains,
  prefixOf,
  usableBounds,
} from "../../core/ip/prefix.ts";
import { parseExclusion, parseRangeText } from "../../core/ip/range-text.ts";
import { addresses, addressesOf, families, prefixes } from "../support/arbitraries-ip.ts";

/** Text that is an address surprisingly often, and nearly one most of the time. */
const nearAddresses = fc.oneof(
  fc.string({ unit: fc.constantFrom("0", "1", "2", "5", "9", "a", "f", ".", ":", "::"), maxLength: 24 }),
  fc.array(fc.integer({ min: 0, max: 299 }), { minLength: 3, maxLength: 5 }).map((octets) => octets.join(".")),
  fc
    .tuple(addresses.map(formatAddress), fc.nat(), fc.constantFrom("", "0", ":", ".", "f", "1.2.3.4", " ", "/"))
    .map(([text, at, put]) => text.slice(0, at % (text.length + 1)) + put + text.slice((at + 1) % (text.length + 1))),
  fc.string({ unit: "binary", maxLength: 8 }),
);

const expanded = (address: Address): string =>
  address.family === 4
    ? formatAddress(address)
    : (address.value.toString(16).padStart(32, "0").match(/.{4}/g) ?? []).join(":");

describe("addresses", () => {
  property.prop([addresses])("are read back as they were written", (address) => {
    expect(parseAddress(formatAddress(address))).toEqual(address);
  });

  property.prop([addresses])("are read from their longest spelling, in capitals too", (address) => {
    expect(parseAddress(expanded(address))).toEqual(address);
    expect(parseAddress(expanded(address).toUpperCase())).toEqual(address);
  });

  property.prop([nearAddresses], { numRuns: 2000 })("are what Node's own parser takes for one", (text) => {
    const address = parseAddress(text);
    expect(address !== undefined).toBe(isIP(text) !== 0);
    // IPv4 may be written as IPv6; never the other way round.
    if (address?.family === 6) expect(isIP(text)).toBe(6);
  });

  property.prop([nearAddresses], { numRuns: 1000 })("are read the same by the lenient parser", (text) => {
    const strict = parseAddress(text);
    if (strict !== undefined) expect(parseAddressLeniently(text)).toEqual(strict);
  });

  property.prop([nearAddresses], { numRuns: 1000 })(
    "are never what Node refuses once leading zeros are gone",
    (text) => {
      const plain = text.replaceAll(/(?<![\da-f])0+(?=[\da-f])/gi, "");
      expect(parseAddressLeniently(text)).toEqual(parseAddress(plain));
    },
  );

  property.prop([addresses])("have the number that ip-num finds", (address) => {
    const text = formatAddress(address);
    expect((address.family === 4 ? IPv4.fromString(text) : IPv6.fromString(text)).getValue()).toBe(address.value);
  });

  property.prop([addressesOf(6)])("have one canonical text, which the URL parser writes too", (address) => {
    expect(`[${formatAddress(address)}]`).toBe(new URL(`http://[${expanded(address)}]`).hostname);
  });

  property.prop([addressesOf(4)])("mean the same when they are mapped", (address) => {
    expect(parseAddress(`::ffff:${formatAddress(address)}`)).toEqual(address);
  });
});

describe("networks", () => {
  property.prop([prefixes])("are read back as they were written", (prefix) => {
    expect(parsePrefix(formatPrefix(prefix))).toEqual({ kind: "prefix", prefix });
  });

  property.prop([prefixes])("have the ends that ip-num finds", (prefix) => {
    const text = `${expanded({ family: prefix.family, value: prefix.base })}/${prefix.length}`;
    const range = prefix.family === 4 ? IPv4CidrRange.fromCidr(text) : IPv6CidrRange.fromCidr(text);
    expect([prefix.base, lastOf(prefix)]).toEqual([range.getFirst().getValue(), range.getLast().getValue()]);
    expect(lastOf(prefix) - prefix.base + 1n).toBe(range.getSize());
  });

  property.prop([families.chain((family) => fc.tuple(addressesOf(family), addressesOf(family), fc.nat(128)))])(
    "contain exactly the addresses with the same first bits",
    ([one, other, bits]) => {
      const length = bits % (bitsOf(one.family) + 1);
      const first = (address: Address) => address.value.toString(2).padStart(bitsOf(one.family), "0").slice(0, length);
      expect(prefixContains(prefixOf(one, length), other)).toBe(first(one) === first(other));
      expect(prefixContains(prefixOf(one, length), one)).toBe(true);
    },
  );

  property.prop([prefixes])("have usable addresses inside, and at least one", (prefix) => {
    const { first, last } = usableBounds(prefix);
    expect(first).toBeGreaterThanOrEqual(prefix.base);
    expect(last).toBeGreaterThanOrEqual(first);
    expect(last).toBeLessThanOrEqual(lastOf(prefix));
    const size = lastOf(prefix) - prefix.base + 1n;
    expect(last - first + 1n).toBe(size <= 2n ? size : size - 2n);
  });

  property.prop([addresses, fc.nat(128)])("are told from an address with its length", (address, bits) => {
    const length = bits % (bitsOf(address.family) + 1);
    const parsed = parseAddressWithPrefix(`${formatAddress(address)}/${length}`);
    expect(parsed).toEqual({ address, prefix: prefixOf(address, length) });
  });
});

describe("ranges and exclusions", () => {
  const pairs = families.chain((family) => fc.tuple(addressesOf(family), addressesOf(family)));

  property.prop([pairs, fc.nat(128)])(
    "of two ends are read, or refused for the first lying outside",
    ([a, b], bits) => {
      const prefix = prefixOf(b, bits % (bitsOf(b.family) + 1));
      const parsed = parseRangeText(`${formatAddress(a)}-${formatAddress(b)}/${prefix.length}`);
      if (prefixContains(prefix, a)) expect(parsed).toMatchObject({ prefix, hostBits: false, first: a, last: b });
      else expect(parsed.kind).toBe("first-outside");
    },
  );

  property.prop([pairs])("exclude from the lower to the higher end", ([a, b]) => {
    const parsed = parseExclusion(`${formatAddress(a)}-${formatAddress(b)}`);
    if (a.value > b.value) expect(parsed.kind).toBe("reversed");
    else expect(parsed).toMatchObject({ family: a.family, interval: { first: a.value, last: b.value } });
  });

  property.prop([fc.string({ unit: fc.constantFrom("1", "0", ".", ":", "-", "/", "f"), maxLength: 20 })])(
    "of any text have an answer and no exception",
    (text) => {
      expect(["range-text", "malformed", "first-outside"]).toContain(parseRangeText(text).kind);
      expect(["exclusion", "malformed", "mixed-families", "reversed"]).toContain(parseExclusion(text).kind);
    },
  );
});
