/**
 * One address of a document.
 *
 * @module
 */
import type { Address } from "../ip/address.ts";
import { type AddressParser, parseAddress } from "../ip/address-text.ts";
import { type Prefix, prefixContains } from "../ip/prefix.ts";
import type { Note, Steps } from "./fault-list.ts";

/** Reads an address; undefined when there is none, or one that cannot be read, which was noted. */
export function readAddress(
  text: string | undefined,
  at: Steps,
  note: Note,
  parser: AddressParser = parseAddress,
): Address | undefined {
  if (text === undefined) return undefined;
  const address = parser(text);
  if (address === undefined) note(at, text, "an address such as 10.0.0.1 or 2001:db8::1");
  return address;
}

/** The first gateway that lies in the subnet: a gateway goes only to addresses of its own family and subnet (DESIGN 5). */
export function gatewayFor(subnet: Prefix, gateways: readonly Address[]): Address | undefined {
  return gateways.find((gateway) => prefixContains(subnet, gateway));
}
