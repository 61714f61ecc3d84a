/**
 * All that is known of one address: in each network, who holds it, which ranges contain it, and where it rests.
 *
 * @module
 */
import { type Address, sameAddress } from "../core/ip/address.ts";
import { hasValue } from "../core/ip/interval-set.ts";
import { rangeSpans } from "../core/ip/range.ts";
import type { Inventory, LeaseRecord, RangeUse } from "../core/ports/inventory.ts";
import type { Resting } from "../core/ports/journal.ts";

/** What an address is to a range that contains it. */
export type RangeRole = "givable" | "excluded" | "gateway";

export type Holding = {
  readonly network: string;
  /** Empty: nobody holds it. More than one: pools of a network whose overlapping ranges are off. */
  readonly records: readonly LeaseRecord[];
  readonly ranges: readonly { readonly range: RangeUse; readonly role: RangeRole }[];
  readonly resting: readonly Resting[];
};

/** In the order of networks; only those that know the address. @param nowMs wall clock, to pass over rests that ended */
export function holdingsOf(
  inventory: Inventory,
  address: Address,
  { network, nowMs }: { readonly network: string | undefined; readonly nowMs: number },
): readonly Holding[] {
  const within = { family: address.family, first: address.value, last: address.value };
  const records = [...inventory.leases({ network, within })];
  const ranges = inventory.ranges().filter((range) => rangeSpans({ ...range, family: range.first.family }, address));
  const resting = inventory.resting(address).filter(({ untilMs }) => untilMs > nowMs);
  const names = new Set([
    ...records.map(({ place }) => place.network),
    ...ranges.map((range) => range.network),
    ...resting.map(({ place }) => place.network),
  ]);
  return [...names]
    .filter((name) => network === undefined || name === network)
    .sort()
    .map((name) => ({
      network: name,
      records: records.filter(({ place }) => place.network === name),
      ranges: ranges
        .filter((range) => range.network === name)
        .map((range) => ({ range, role: roleOf(range, address) })),
      resting: resting.filter(({ place }) => place.network === name),
    }));
}

function roleOf({ gateway, exclusions }: RangeUse, address: Address): RangeRole {
  if (gateway !== undefined && sameAddress(gateway, address)) return "gateway";
  return hasValue(exclusions, address.value) ? "excluded" : "givable";
}
