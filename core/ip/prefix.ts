/**
 * A network of addresses: all that share their first bits (CIDR, RFC 4632 and RFC 4291 section 2.3).
 *
 * @module
 */
import { type Address, type AddressValue, bitsOf, type Family, knownAddress, sameAddress } from "./address.ts";
import { type AddressParser, formatAddress, parseAddress } from "./address-text.ts";

/** `base` has no bit set behind the first `length` bits. */
export type Prefix = { readonly family: Family; readonly base: AddressValue; readonly length: number };

/** An address and the network it lies in: `10.0.0.5/24`. */
export type AddressInPrefix = { readonly address: Address; readonly prefix: Prefix };

export type PrefixText =
  | { readonly kind: "prefix"; readonly prefix: Prefix }
  /** A network was written by another address of it; `prefix` is what it should have been. */
  | { readonly kind: "host-bits"; readonly prefix: Prefix; readonly address: Address }
  | { readonly kind: "malformed"; readonly expected: string };

/** Reads `10.0.0.0/24`. */
export function parsePrefix(text: string, parser: AddressParser = parseAddress): PrefixText {
  const parsed = parseAddressWithPrefix(text, parser);
  if (parsed === undefined) return { kind: "malformed", expected: "a network such as 10.0.0.0/24 or 2001:db8::/64" };
  const { address, prefix } = parsed;
  return address.value === prefix.base ? { kind: "prefix", prefix } : { kind: "host-bits", prefix, address };
}

/** Reads `10.0.0.5/24` and keeps the address. A mapped IPv6 address and its length become IPv4. */
export function parseAddressWithPrefix(
  text: string,
  parser: AddressParser = parseAddress,
): AddressInPrefix | undefined {
  const slash = text.indexOf("/");
  const address = parser(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  // A length is spelled like an octet, so that it may have just the leading zeros that the parser allows.
  const spelled = parser(`0.0.0.${digits}`);
  if (slash === -1 || address === undefined || spelled === undefined) return undefined;
  // ::ffff:10.0.0.0/104 is 10.0.0.0/8: the first 96 bits only say that it is mapped.
  const mapped = address.family === 4 && text.includes(":") ? 96 : 0;
  const length = Number(spelled.value) - mapped;
  if (length < 0 || length > bitsOf(address.family)) return undefined;
  return { address, prefix: prefixOf(address, length) };
}

/** The network of the first `length` bits of an address; `length` from 0 to the bits of its family. */
export function prefixOf(address: Address, length: number): Prefix {
  const hostBits = BigInt(bitsOf(address.family) - length);
  const base = knownAddress(address.family, (address.value >> hostBits) << hostBits);
  return { family: address.family, base: base.value, length };
}

/** Writes it in canonical text: `10.0.0.0/24`. */
export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress({ family: prefix.family, value: prefix.base })}/${prefix.length}`;
}

/** Reports whether the address lies in the network, usable or not. */
export function prefixContains(prefix: Prefix, address: Address): boolean {
  return address.family === prefix.family && address.value >= prefix.base && address.value <= lastOf(prefix);
}

export function prefixesOverlap(a: Prefix, b: Prefix): boolean {
  return a.family === b.family && a.base <= lastOf(b) && b.base <= lastOf(a);
}

export function samePrefix(a: Prefix, b: Prefix): boolean {
  return a.length === b.length && sameAddress({ family: a.family, value: a.base }, { family: b.family, value: b.base });
}

/** The highest address; IPv4's broadcast address. */
export function lastOf(prefix: Prefix): AddressValue {
  return knownAddress(prefix.family, prefix.base + (1n << hostBitsOf(prefix)) - 1n).value;
}

/**
 * The first and last address that may be given, both included: without IPv4's network and broadcast address and the
 * same two of IPv6 (RFC 4291 section 2.6.1: the lowest is the routers' anycast), but both of a /31 (RFC 3021) or /127
 * (RFC 6164), and the one of a /32 or /128.
 */
export function usableBounds(prefix: Prefix): { readonly first: AddressValue; readonly last: AddressValue } {
  const last = lastOf(prefix);
  if (hostBitsOf(prefix) <= 1n) return { first: prefix.base, last };
  return {
    first: knownAddress(prefix.family, prefix.base + 1n).value,
    last: knownAddress(prefix.family, last - 1n).value,
  };
}

function hostBitsOf(prefix: Prefix): bigint {
  return BigInt(bitsOf(prefix.family) - prefix.length);
}
