/**
 * Where an address can have one holder, as a key: the network, or with overlapping ranges off the pool (P2).
 *
 * @module
 */
import { sameAddress } from "../../core/ip/address.ts";
import type { Place } from "../../core/ports/store.ts";

export function scopeKey(place: Place): string {
  return `${scopeOf(place)}\0${place.address.family}\0${place.address.value}`;
}

export function samePlace(a: Place, b: Place): boolean {
  return sameAddress(a.address, b.address) && scopeOf(a) === scopeOf(b);
}

function scopeOf({ network, pool, overlapping }: Place): string {
  return overlapping ? network : `${network}\0${pool}`;
}
