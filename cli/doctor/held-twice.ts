/**
 * Is an address held twice that may have one holder only?
 *
 * @module
 */
import { sameAddress } from "../../core/ip/address.ts";
import type { LeaseRecord } from "../../core/ports/inventory.ts";

/**
 * A look at one record after the other, in the order of networks and addresses: whether somebody before holds its address
 * although the two exclude each other.
 */
export function createTwiceCheck(): (record: LeaseRecord) => boolean {
  let before: readonly LeaseRecord[] = [];
  return (record) => {
    if (!record.isHeld || record.state === "freeing") return false;
    const isSame = before[0] !== undefined && isSamePlace(before[0], record);
    const isTwice = isSame && before.some((other) => excludes(other, record));
    before = isSame ? [...before, record] : [record];
    return isTwice;
  };
}

function isSamePlace({ place: a }: LeaseRecord, { place: b }: LeaseRecord): boolean {
  return a.network === b.network && sameAddress(a.address, b.address);
}

/** Pools with overlapping ranges off are apart from each other, but not from themselves, nor from what is of no pool. */
function excludes(a: LeaseRecord, b: LeaseRecord): boolean {
  return a.kind !== "dynamic" || b.kind !== "dynamic" || a.place.pool === b.place.pool;
}
