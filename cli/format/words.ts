/**
 * How networks, ranges and holders are written, in every command the same.
 *
 * @module
 */
import { intervalsOf } from "../../core/ip/interval-set.ts";
import { parsePrefix } from "../../core/ip/prefix.ts";
import { formatRange } from "../../core/ip/range-text.ts";
import type { RangeUse } from "../../core/ports/inventory.ts";
import { type Holder, podRef } from "../../core/ports/holder.ts";

export function networkWord(network: string): string {
  return network === "" ? "(unnamed)" : network;
}

/** `10.0.0.0/24`, and `10.0.0.0/24 10.0.0.5-10.0.0.9` where it is narrower. */
export function rangeWord({ pool, first, last }: Pick<RangeUse, "pool" | "first" | "last">): string {
  const parsed = parsePrefix(pool);
  if (parsed.kind !== "prefix") return pool;
  const { prefix } = parsed;
  return formatRange({ family: prefix.family, prefix, first, last, excluded: intervalsOf([]) });
}

const idLength = 12;

/** `namespace/name`, or `/` and the beginning of a container's id, as runtimes show it. */
export function holderWord(holder: Holder): string {
  return holder.pod === undefined ? podRef(holder).slice(0, idLength + 1) : podRef(holder);
}

/** `1 lease`, `2 leases`. */
export function countWord(count: number | bigint, noun: string): string {
  return `${count} ${noun}${BigInt(count) === 1n ? "" : "s"}`;
}
