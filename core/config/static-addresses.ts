/**
 * `addresses` of a document: static addresses.
 *
 * @module
 */
import { type Address, sameAddress } from "../ip/address.ts";
import { formatAddress } from "../ip/address-text.ts";
import {
  type AddressInPrefix,
  formatPrefix,
  lastOf,
  parseAddressWithPrefix,
  prefixContains,
  usableBounds,
} from "../ip/prefix.ts";
import { gatewayFor, readAddress } from "./address-field.ts";
import type { StaticAddress } from "./definition.ts";
import type { Steps } from "./fault-list.ts";
import type { Reading } from "./reading.ts";
import type { StaticAddressShape } from "./shared-shapes.ts";

/** @param gateways of the whole document, for addresses without their own */
export function readStaticAddresses(
  entries: readonly StaticAddressShape[],
  gateways: readonly Address[],
  reading: Reading,
): readonly StaticAddress[] {
  const addresses: StaticAddress[] = [];
  const seen = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    const at = [...reading.at, "addresses", index];
    const parsed = parseAddressWithPrefix(entry.address);
    const own = readAddress(entry.gateway === "" ? undefined : entry.gateway, [...at, "gateway"], reading.note);
    if (parsed === undefined) {
      reading.note([...at, "address"], entry.address, "an address with its prefix length, such as 10.0.0.5/24");
      continue;
    }
    const text = formatAddress(parsed.address);
    if (seen.has(text)) reading.odd([...at, "address"], entry.address, "each address once");
    seen.add(text);
    judge(parsed, own, at, reading);
    addresses.push({
      address: parsed.address,
      prefixLength: parsed.prefix.length,
      gateway: own ?? gatewayFor(parsed.prefix, gateways),
    });
  }
  return addresses;
}

function judge({ address, prefix }: AddressInPrefix, own: Address | undefined, at: Steps, reading: Reading): void {
  const text = `${formatAddress(address)}/${prefix.length}`;
  const { first, last } = usableBounds(prefix);
  // The highest address of an IPv6 subnet is an ordinary one.
  const highest = prefix.family === 6 ? lastOf(prefix) : last;
  if (address.value < first || address.value > highest) {
    reading.odd([...at, "address"], text, `an address of a host in ${formatPrefix(prefix)}`);
  }
  if (own === undefined) return;
  if (!prefixContains(prefix, own)) {
    reading.odd([...at, "gateway"], formatAddress(own), `a gateway inside ${formatPrefix(prefix)}`);
  }
  if (sameAddress(own, address)) reading.odd([...at, "gateway"], formatAddress(own), "another address than its own");
}
