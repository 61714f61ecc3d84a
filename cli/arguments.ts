/**
 * What people type behind a command, read strictly and with the help of what is known.
 *
 * @module
 */
import { shorten } from "../core/failure/failure.ts";
import type { Address } from "../core/ip/address.ts";
import { parseAddress } from "../core/ip/address-text.ts";
import { formatPrefix, lastOf } from "../core/ip/prefix.ts";
import { parseRangeText } from "../core/ip/range-text.ts";
import type { Inventory, Span } from "../core/ports/inventory.ts";
import { exitCodes } from "./exit.ts";
import { networkWord } from "../core/kube/range-words.ts";
import { type Refusal, refusal } from "./refusal.ts";

export function readAddress(text: string): { readonly kind: "address"; readonly address: Address } | Refusal {
  const address = parseAddress(text);
  if (address !== undefined) return { kind: "address", address };
  return refusal(
    exitCodes.usage,
    `Cannot use address "${shorten(text)}": expected an address such as 10.0.0.5 or 2001:db8::5`,
    "run: berthctl leases",
  );
}

/** A CIDR as people write it, host bits and all, or `A-B/length`. */
export function readSpan(text: string): { readonly kind: "span"; readonly span: Span } | Refusal {
  const parsed = parseRangeText(text);
  if (parsed.kind === "range-text") {
    const { prefix, first, last } = parsed;
    const span = { family: prefix.family, first: first?.value ?? prefix.base, last: last?.value ?? lastOf(prefix) };
    return { kind: "span", span };
  }
  return refuseRange(text, parsed.expected);
}

/** The CIDR of a range as it is kept, however it was written. */
export function readPool(text: string): { readonly kind: "pool"; readonly pool: string } | Refusal {
  const parsed = parseRangeText(text);
  if (parsed.kind === "range-text") return { kind: "pool", pool: formatPrefix(parsed.prefix) };
  return refuseRange(text, parsed.expected);
}

function refuseRange(text: string, expected: string): Refusal {
  const message = `Cannot use range "${shorten(text)}": expected ${expected}`;
  return refusal(exitCodes.usage, message, "run: berthctl networks");
}

/** Undefined when the network is known here: served by a definition, or with a held address. */
export function refuseUnknownNetwork(inventory: Inventory, network: string | undefined): Refusal | undefined {
  if (network === undefined) return undefined;
  const known = new Set([...inventory.ranges().map((range) => range.network), ...(inventory.networks?.() ?? [])]);
  if (known.has(network)) return undefined;
  const [held] = inventory.leases({ network });
  if (held !== undefined) return undefined;
  const names = [...known].map(networkWord).join(", ");
  const expected = known.size === 0 ? "a network that was used: none was yet" : `one of ${names}`;
  return refusal(
    exitCodes.no,
    `Cannot find network "${shorten(network)}": expected ${expected}`,
    "run: berthctl networks",
  );
}
