/**
 * `prevResult`: what the runtime believes it was given, in whatever version it was written.
 *
 * @module
 */
import type { Fault } from "../config/definition.ts";
import { parseJson } from "../config/json.ts";
import { shorten } from "../failure/failure.ts";
import type { Address } from "../ip/address.ts";
import { parseAddress } from "../ip/address-text.ts";
import { parseAddressWithPrefix } from "../ip/prefix.ts";
import { memberOf } from "./configured-requests.ts";
import type { GivenAddress } from "./result.ts";

export type PrevResult =
  | { readonly kind: "addresses"; readonly addresses: readonly GivenAddress[] }
  | { readonly kind: "missing" }
  | { readonly kind: "malformed"; readonly fault: Fault };

/** More addresses than these on one interface are a mistake or an attack. */
const addressesMax = 1_000;

/** Reads the addresses of `prevResult`: `ips` of 0.3.0 and later, `ip4` and `ip6` of earlier versions. */
export function readPrevResult(configText: string): PrevResult {
  const json = parseJson(configText);
  if (json.kind === "unreadable") return { kind: "malformed", fault: json.fault };
  const result = memberOf(json.value, "prevResult");
  if (result === undefined || result === null) return { kind: "missing" };
  const ips = memberOf(result, "ips");
  if (ips === undefined || ips === null) return readEntries(pairEntries(result));
  if (!Array.isArray(ips) || ips.length > addressesMax) {
    return malformed("prevResult.ips", ips, `a list of at most ${addressesMax} addresses`);
  }
  const list: readonly unknown[] = ips;
  return readEntries(list.map((entry, index) => ({ path: `prevResult.ips[${index}]`, key: "address", entry })));
}

type Entry = { readonly path: string; readonly key: "address" | "ip"; readonly entry: unknown };

function pairEntries(result: unknown): readonly Entry[] {
  return ["ip4", "ip6"]
    .map((name): Entry => ({ path: `prevResult.${name}`, key: "ip", entry: memberOf(result, name) }))
    .filter(({ entry }) => entry !== undefined && entry !== null);
}

function readEntries(entries: readonly Entry[]): PrevResult {
  const addresses: GivenAddress[] = [];
  for (const { path, key, entry } of entries) {
    const text = memberOf(entry, key);
    const given = typeof text === "string" ? parseAddressWithPrefix(text) : undefined;
    if (given === undefined)
      return malformed(`${path}.${key}`, text, "an address with its prefix length, such as 10.0.0.5/24");
    const gateway = readGateway(memberOf(entry, "gateway"));
    if (gateway.kind === "malformed") return malformed(`${path}.gateway`, memberOf(entry, "gateway"), "an address");
    addresses.push({ address: given.address, prefixLength: given.prefix.length, gateway: gateway.address });
  }
  return { kind: "addresses", addresses };
}

type GatewayText = { readonly kind: "gateway"; readonly address: Address | undefined } | { readonly kind: "malformed" };

/** Go writes an unset gateway as "" in some versions. */
function readGateway(value: unknown): GatewayText {
  if (value === undefined || value === null || value === "") return { kind: "gateway", address: undefined };
  const address = typeof value === "string" ? parseAddress(value) : undefined;
  return address === undefined ? { kind: "malformed" } : { kind: "gateway", address };
}

function malformed(path: string, value: unknown, expected: string): PrevResult {
  const text = value === undefined ? "" : shorten(typeof value === "string" ? value : JSON.stringify(value));
  return { kind: "malformed", fault: { path, value: text, expected } };
}
