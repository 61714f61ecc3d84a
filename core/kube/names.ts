/**
 * The names of pools and reservations, as Whereabouts names them, so that either arbitrates for both (P2).
 *
 * @module
 */
import type { Address } from "../ip/address.ts";
import { formatAddress, parseAddress } from "../ip/address-text.ts";
import type { Place } from "../ports/store.ts";

/** RFC 1123 subdomain of at most 253 characters: what the API server wants of an object's name. */
const legal = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const lengthMax = 253;

/** Whether an object can bear this name: `::1` makes `--1`, which none can (F37). */
export function isLegalName(name: string): boolean {
  return name.length <= lengthMax && legal.test(name);
}

/** `[<network>-]<cidr>` with dashes for colons and the slash. @param cidr canonical text */
export function poolName(network: string, cidr: string): string {
  return inNetwork(network, cidr.replaceAll(/[:/]/g, "-"));
}

/** `[<network>-]<address>`, or `<pool>.<address>` where overlapping ranges are off. */
export function reservationName({ network, pool, overlapping, address }: Place): string {
  return overlapping ? inNetwork(network, addressName(address)) : `${poolName(network, pool)}.${addressName(address)}`;
}

/** RFC 5952 text with dashes for colons; one that would end in a colon gets a 0 first. Mapped addresses are IPv4 (F38). */
export function addressName(address: Address): string {
  const text = formatAddress(address);
  return (text.endsWith(":") ? `${text}0` : text).replaceAll(":", "-");
}

/** Reads an address out of a name without its network or pool; undefined when it is none. */
export function addressInName(text: string): Address | undefined {
  return parseAddress(text.includes(".") ? text : text.replaceAll("-", ":"));
}

/** The address of a reservation of this network whose name has no pool in it; undefined when it is another's. */
export function addressOfNetwork(network: string, name: string): Address | undefined {
  const start = inNetwork(network, "");
  return name.startsWith(start) ? addressInName(name.slice(start.length)) : undefined;
}

function inNetwork(network: string, name: string): string {
  return network === "" ? name : `${network}-${name}`;
}
