/**
 * First and last address the way Whereabouts settles them: what does not fit is left aside, not refused. For
 * definitions that were written for it.
 *
 * @module
 */
import type { Address } from "./address.ts";
import { type Prefix, usableBounds } from "./prefix.ts";

export type LenientBounds = {
  readonly first: Address;
  readonly last: Address;
  /** What was given and left aside, for a warning. */
  readonly ignored: readonly ("first" | "last")[];
};

/**
 * Settles the bounds: a first address that is not usable counts as not given; so does a last address that is not usable
 * or lies below the first.
 */
export function lenientBounds(prefix: Prefix, first?: Address, last?: Address): LenientBounds {
  const { family } = prefix;
  const usable = usableBounds(prefix);
  const fits = (address: Address, lowest: bigint): boolean =>
    address.family === family && address.value >= lowest && address.value <= usable.last;
  const ignored: ("first" | "last")[] = [];
  let settledFirst: Address = { family, value: usable.first };
  if (first !== undefined) {
    if (fits(first, usable.first)) settledFirst = first;
    else ignored.push("first");
  }
  let settledLast: Address = { family, value: usable.last };
  if (last !== undefined) {
    if (fits(last, settledFirst.value)) settledLast = last;
    else ignored.push("last");
  }
  return { first: settledFirst, last: settledLast, ignored };
}
