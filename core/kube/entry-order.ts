/**
 * What is ordered of an entry of a pool.
 *
 * @module
 */
import type { Address } from "../ip/address.ts";
import type { PoolEntry } from "./pool-entries.ts";

/** What an entry says, without its key. */
export type EntryValue = Omit<PoolEntry, "key">;

export type EntryOrder =
  | { readonly kind: "add"; readonly address: Address; readonly value: EntryValue }
  | { readonly kind: "remove"; readonly address: Address; readonly value: EntryValue }
  | { readonly kind: "replace"; readonly address: Address; readonly value: EntryValue; readonly to: EntryValue };

export function sameValue(a: EntryValue, b: EntryValue): boolean {
  return a.id === b.id && a.podref === b.podref && a.ifname === b.ifname;
}
