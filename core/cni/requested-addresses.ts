/**
 * Addresses asked for by name, gathered from the three places where that can be done.
 *
 * @module
 */
import { type Address, sameAddress } from "../ip/address.ts";
import { parseAddress } from "../ip/address-text.ts";
import { parseAddressWithPrefix, prefixContains, prefixOf } from "../ip/prefix.ts";
import type { RequestedAddress } from "./call.ts";

/** One place, and what it asks for. */
export type Asking = { readonly from: string; readonly ips: readonly string[] };

export type RequestedList =
  | { readonly kind: "requested"; readonly requested: readonly RequestedAddress[] }
  | { readonly kind: "malformed"; readonly from: string; readonly value: string; readonly expected: string };

/** More addresses than these for one interface are a mistake or an attack. */
const requestedMax = 64;

/**
 * Merges what is asked for: of an address that is asked for twice (Multus sends `runtimeConfig.ips` and always CNI_ARGS
 * too) the first place counts, and a prefix length from wherever it stands.
 *
 * @param gateways of CNI_ARGS; each goes to the addresses whose subnet it lies in
 */
export function requestedAddresses(askings: readonly Asking[], gateways: readonly string[]): RequestedList {
  const known: Address[] = [];
  for (const text of gateways) {
    const gateway = parseAddress(text);
    if (gateway === undefined)
      return malformed("CNI_ARGS GATEWAY", text, "addresses such as 10.0.0.1, with , between them");
    known.push(gateway);
  }
  const merged: RequestedAddress[] = [];
  for (const { from, ips } of askings) {
    for (const text of ips) {
      const asked = parseRequest(text, from);
      if (asked === undefined) return malformed(from, text, "addresses such as 10.0.0.5 or 10.0.0.5/24");
      merge(merged, asked);
      if (merged.length > requestedMax) return malformed(from, text, `at most ${requestedMax} addresses`);
    }
  }
  return { kind: "requested", requested: merged.map((asked) => ({ ...asked, gateway: gatewayOf(asked, known) })) };
}

function parseRequest(text: string, from: string): RequestedAddress | undefined {
  const parsed = parseAddressWithPrefix(text);
  const address = parsed?.address ?? parseAddress(text);
  if (address === undefined) return undefined;
  return { address, prefixLength: parsed?.prefix.length, gateway: undefined, from };
}

function merge(merged: RequestedAddress[], asked: RequestedAddress): void {
  const at = merged.findIndex((known) => sameAddress(known.address, asked.address));
  const known = merged[at];
  if (known === undefined) merged.push(asked);
  else merged[at] = { ...known, prefixLength: known.prefixLength ?? asked.prefixLength };
}

function gatewayOf({ address, prefixLength }: RequestedAddress, gateways: readonly Address[]): Address | undefined {
  if (prefixLength === undefined) return undefined;
  const subnet = prefixOf(address, prefixLength);
  return gateways.find((gateway) => prefixContains(subnet, gateway));
}

function malformed(from: string, value: string, expected: string): RequestedList {
  return { kind: "malformed", from, value, expected };
}
