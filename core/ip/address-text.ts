/**
 * Addresses as people write them: read strictly, written canonically (RFC 5952).
 *
 * @module
 */
import { type Address, addressOf } from "./address.ts";
import { octetsOf } from "./octets.ts";
import { hextetsOf } from "./hextets.ts";

/** Reads one address, or returns undefined. Strict and lenient spelling are two of these. */
export type AddressParser = (text: string) => Address | undefined;

const octet = /^(?:0|[1-9]\d{0,2})$/;
const hextet = /^[0-9a-f]{1,4}$/i;

/** ::ffff:0:0/96, RFC 4291 section 2.5.5.2: these addresses mean IPv4. */
export const mappedBlock = { first: 0xffff_0000_0000n, last: 0xffff_ffff_ffffn } as const;

/**
 * Reads an address in any form of RFC 4291 section 2.2, or dotted IPv4. A mapped address becomes IPv4. No leading zero
 * in an octet (RFC 6943 section 3.1.1: some read it as octal), no zone, nothing around it.
 */
export function parseAddress(text: string): Address | undefined {
  return parseAddressSpelled(text, { octet, hextet });
}

/** How the numbers of an address may be spelled; each pattern must match from end to end. */
export type Spelling = { readonly octet: RegExp; readonly hextet: RegExp };

/** Reads an address whose numbers are spelled as `spelling` allows. Cost is proportional to the text. */
export function parseAddressSpelled(text: string, spelling: Spelling): Address | undefined {
  const colon = text.lastIndexOf(":");
  if (colon === -1) return addressFrom(4, octetsOf(text, spelling.octet));
  const tail = text.slice(colon + 1);
  if (!tail.includes(".")) return unmapped(hextetsOf(text, spelling.hextet));
  const quad = octetsOf(tail, spelling.octet);
  if (quad === undefined) return undefined;
  const plain = `${text.slice(0, colon + 1)}${(quad >> 16n).toString(16)}:${(quad & 0xffffn).toString(16)}`;
  return unmapped(hextetsOf(plain, spelling.hextet));
}

/** Writes an address: dotted IPv4, or RFC 5952 (lower case, no leading zeros, the longest run of zeros as `::`). */
export function formatAddress(address: Address): string {
  const { family, value } = address;
  if (family === 4) return dotted(value);
  // RFC 5952 section 5: a well-known prefix with IPv4 inside is written with dots.
  if (value >= mappedBlock.first && value <= mappedBlock.last) return `::ffff:${dotted(value & 0xffff_ffffn)}`;
  const hextets = Array.from({ length: 8 }, (_, index) => (value >> BigInt(112 - 16 * index)) & 0xffffn);
  const run = longestZeroRun(hextets);
  const text = (part: readonly bigint[]): string => part.map((one) => one.toString(16)).join(":");
  // RFC 5952 section 4.2.2: a single zero is not shortened.
  if (run.length < 2) return text(hextets);
  return `${text(hextets.slice(0, run.start))}::${text(hextets.slice(run.start + run.length))}`;
}

function addressFrom(family: 4 | 6, value: bigint | undefined): Address | undefined {
  return value === undefined ? undefined : addressOf(family, value);
}

function unmapped(value: bigint | undefined): Address | undefined {
  if (value === undefined) return undefined;
  return value >> 32n === mappedBlock.first >> 32n ? addressOf(4, value & 0xffff_ffffn) : addressOf(6, value);
}

function dotted(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join(".");
}

/** The first of the longest runs (RFC 5952 section 4.2.3); length 0 when there is no zero. */
function longestZeroRun(hextets: readonly bigint[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [index, value] of hextets.entries()) {
    length = value === 0n ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  }
  return best;
}
