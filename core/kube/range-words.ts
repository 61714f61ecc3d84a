/**
 * How networks and ranges are written for people, wherever they are.
 *
 * @module
 */
import { noIntervals } from "../ip/interval-set.ts";
import { parsePrefix } from "../ip/prefix.ts";
import { formatRange } from "../ip/range-text.ts";
import type { RangeUse } from "../ports/inventory.ts";

export function networkWord(network: string): string {
  return network === "" ? "(unnamed)" : network;
}

/** `10.0.0.0/24`, and `10.0.0.0/24 10.0.0.5-10.0.0.9` where it is narrower. */
export function rangeWord({ pool, first, last }: Pick<RangeUse, "pool" | "first" | "last">): string {
  const parsed = parsePrefix(pool);
  if (parsed.kind !== "prefix") return pool;
  const { prefix } = parsed;
  return formatRange({ family: prefix.family, prefix, first, last, excluded: noIntervals });
}
