/**
 * How holders and numbers of things are written, in every command the same.
 *
 * @module
 */
import { type Holder, podRef } from "../../core/ports/holder.ts";

const idLength = 12;

/** `namespace/name`, or `/` and the beginning of a container's id, as runtimes show it. */
export function holderWord(holder: Holder): string {
  return holder.pod === undefined ? podRef(holder).slice(0, idLength + 1) : podRef(holder);
}

/** `1 lease`, `2 leases`. */
export function countWord(count: number | bigint, noun: string): string {
  return `${count} ${noun}${BigInt(count) === 1n ? "" : "s"}`;
}
