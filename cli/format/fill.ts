/**
 * How full a range is, for people.
 *
 * @module
 */

/** How much of what can be given is used: `0%` only for none, `100%` only for all, `-` when nothing can be given. */
export function formatFill(used: bigint, free: bigint): string {
  const givable = used + free;
  if (givable <= 0n) return "-";
  if (used === 0n) return "0%";
  if (free === 0n) return "100%";
  const percent = (used * 100n) / givable;
  return percent === 0n ? "<1%" : `${percent}%`;
}
