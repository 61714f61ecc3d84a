/**
 * How far two addresses lie apart: Whereabouts' pool entries are keyed by it.
 *
 * @module
 */
import { type Address, addressOf } from "./address.ts";

/** The distance of two addresses of one family, never negative; undefined for two families. */
export function offsetBetween(a: Address, b: Address): bigint | undefined {
  if (a.family !== b.family) return undefined;
  return a.value < b.value ? b.value - a.value : a.value - b.value;
}

/** The address that many above; undefined when the family ends before it. */
export function addOffset(address: Address, offset: bigint): Address | undefined {
  return addressOf(address.family, address.value + offset);
}
