/**
 * Pools of one definition that share addresses although each gives its own.
 *
 * @module
 */
import { formatPrefix, samePrefix } from "../ip/prefix.ts";
import { overlap, type Range } from "../ip/range.ts";
import { formatRange } from "../ip/range-text.ts";
import type { Reading } from "./reading.ts";
import type { Sources } from "./sources.ts";

/**
 * With `enable_overlapping_ranges: false` an address has one holder in each pool, so that two pools with a common
 * address would give one attachment the same address twice. Ranges of one CIDR are one pool.
 */
export function checkPools({ overlapping, ranges }: Sources, { at, note }: Reading): void {
  if (overlapping) return;
  for (const [index, { range }] of ranges.entries()) {
    const other = ranges.slice(0, index).find((earlier) => collides(earlier.range, range));
    if (other === undefined) continue;
    const expected = `true, or no address of ${formatRange(other.range)} in ${formatPrefix(range.prefix)}`;
    note([...at, "enable_overlapping_ranges"], false, expected);
    // One is enough: a thousand ranges could collide in half a million ways.
    return;
  }
}

function collides(a: Range, b: Range): boolean {
  if (a.family !== b.family || a.first.value > b.last.value || b.first.value > a.last.value) return false;
  return !samePrefix(a.prefix, b.prefix) && overlap(a, b) !== undefined;
}
