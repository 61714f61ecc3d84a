/**
 * Which ranges people are shown: a definition that was removed tells nobody so, and would be listed for ever.
 *
 * @module
 */
import type { Inventory, RangeUse } from "../core/ports/inventory.ts";
import { countWord } from "./format/words.ts";

/** The agent takes note of a definition at its first ADD after a start, and when its ranges change. */
export const forgottenAfterDays = 7;
const forgottenAfterMs = forgottenAfterDays * 24 * 3_600_000;

export type RecentRanges = {
  readonly shown: readonly RangeUse[];
  /** Of definitions that were not seen for long, and of which nothing is held. */
  readonly leftOut: number;
};

/** Cost: one pass over the leases when a range was not seen for long. @param nowMs wall clock */
export function recentRanges(inventory: Inventory, nowMs: number): RecentRanges {
  const ranges = inventory.ranges();
  const isOld = ({ seenMs }: RangeUse) => seenMs !== undefined && nowMs - seenMs > forgottenAfterMs;
  if (!ranges.some(isOld)) return { shown: ranges, leftOut: 0 };
  const holding = new Set<string>();
  for (const { place, holder } of inventory.leases({}))
    if (holder !== undefined) holding.add(keyOf(place.network, holder.attachment.definition));
  const shown = ranges.filter((range) => !isOld(range) || holding.has(keyOf(range.network, range.definition)));
  return { shown, leftOut: ranges.length - shown.length };
}

function keyOf(network: string, definition: string): string {
  return JSON.stringify([network, definition]);
}

/** What is said under a table that is not whole; "" under one that is. */
export function leftOutLine(leftOut: number): string {
  return leftOut === 0
    ? ""
    : `(${countWord(leftOut, "range")} left out: not used for ${forgottenAfterDays} days, nothing held; --all has all)\n`;
}
