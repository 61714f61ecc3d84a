/**
 * Addresses for tests, written as text.
 *
 * @module
 */
import type { GivenAddress } from "../../../core/cni/result.ts";
import { parseAddress } from "../../../core/ip/address-text.ts";
import { parseAddressWithPrefix } from "../../../core/ip/prefix.ts";

/** `10.0.0.5/24`, with the gateway behind it when there is one. */
export function given(text: string, gateway?: string): GivenAddress {
  const parsed = parseAddressWithPrefix(text);
  if (parsed === undefined) throw new Error(text);
  return {
    address: parsed.address,
    prefixLength: parsed.prefix.length,
    gateway: gateway === undefined ? undefined : parseAddress(gateway),
  };
}
