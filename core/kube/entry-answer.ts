/**
 * What became of an order for an entry, and how one is judged by what stands.
 *
 * @module
 */
import { type EntryOrder, type EntryValue, sameValue } from "./entry-order.ts";
import type { PoolEntries } from "./pool-entries.ts";

export type EntryAnswer =
  /** The pool is as it was ordered, by this order or before it. */
  | {
      readonly kind: "done";
      /** An `add` whose very entry stood there before, by somebody else's hand. */
      readonly stood?: boolean;
    }
  /** The key holds something else; for `replace` and `remove`, undefined says that it is gone. */
  | {
      readonly kind: "other";
      readonly now: EntryValue | undefined;
      /** Whether an order of this agent wrote what stood there when it was read. */
      readonly isOwn?: boolean;
    }
  /** Certainly not written, and asking again is of no use. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string; readonly mayLand: boolean };

export type Unwritten = Extract<EntryAnswer, { kind: "refused" | "unknown" }>;

export function isUnwritten(answer: EntryAnswer): answer is Unwritten {
  return answer.kind === "refused" || answer.kind === "unknown";
}

/** @returns undefined when the order can still be carried out */
export function judged(pool: PoolEntries, order: EntryOrder): EntryAnswer | undefined {
  const now = pool.entries.get(order.address.value);
  const is = (value: EntryValue) => now !== undefined && sameValue(now, value);
  const isFree = !pool.taken.has(order.address.value);
  const isDone = { add: is(order.value), remove: isFree, replace: order.kind === "replace" && is(order.to) }[
    order.kind
  ];
  const isOpen = order.kind === "add" ? isFree : is(order.value);
  if (isDone) return { kind: "done" };
  return isOpen ? undefined : { kind: "other", now };
}
