/**
 * Reading the inputs that several kinds share.
 *
 * @module
 */
import * as z from "zod";
import type { Address } from "../../../core/ip/address.ts";
import { parseAddress } from "../../../core/ip/address-text.ts";
import { parseAddressLeniently } from "../../../core/ip/lenient-text.ts";
import type { Prefix } from "../../../core/ip/prefix.ts";
import { parseRangeText } from "../../../core/ip/range-text.ts";
import { type LenientBounds, lenientBounds } from "../../../core/ip/whereabouts-bounds.ts";

export const boundsInput = z.strictObject({
  cidr: z.string(),
  rangeStart: z.string().nullable(),
  rangeEnd: z.string().nullable(),
});

/** The network and its settled bounds, or undefined when one of the three is no address text. */
export function boundsIn(
  fields: z.output<typeof boundsInput>,
): (LenientBounds & { readonly prefix: Prefix }) | undefined {
  const range = parseRangeText(fields.cidr, parseAddressLeniently);
  if (range.kind !== "range-text") return undefined;
  const read = (text: string | null): Address | undefined => (text === null ? undefined : parseAddressLeniently(text));
  const [first, last] = [read(fields.rangeStart), read(fields.rangeEnd)];
  if ((fields.rangeStart !== null && first === undefined) || (fields.rangeEnd !== null && last === undefined))
    return undefined;
  return { prefix: range.prefix, ...lenientBounds(range.prefix, first, last) };
}

/** An address of a row. Throws when it is none: then the row is at fault. */
export function addressIn(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`Cannot read address "${text}": expected IPv4 or IPv6`);
  return address;
}
