/**
 * Addresses with leading zeros, for definitions written for Whereabouts, which reads `range`, `range_start`,
 * `range_end` and `gateway` the way Go did before 1.17: `010.0.0.1` is 10.0.0.1, never octal.
 *
 * @module
 */
import type { Address } from "./address.ts";
import { type AddressParser, parseAddressSpelled } from "./address-text.ts";

const octet = /^0*\d{1,3}$/;
const hextet = /^0*[0-9a-f]{1,4}$/i;

/** Reads an address as `parseAddress` does, but with any number of leading zeros in each of its numbers. */
export const parseAddressLeniently: AddressParser = (text: string): Address | undefined =>
  parseAddressSpelled(text, { octet, hextet });
