/**
 * What this agent last meant of each entry that it wrote, and which of them a patch without an answer may still bring back: one
 * that lands after it was taken back is nobody's, for an entry bears no attempt by which it could be judged later (P9).
 *
 * @module
 */
import type { Address } from "../ip/address.ts";
import type { EntryOrder, EntryValue } from "./entry-order.ts";

type Meant = {
  readonly address: Address;
  readonly value: EntryValue;
  readonly isThere: boolean;
  /** Until when a patch may land that writes it, on the boot clock; undefined: none was left unanswered. */
  readonly untilNs: bigint | undefined;
};

/** No request lands later than this after it was sent (end of PROTOCOL). */
const lateNs = 90_000_000_000n;

export class MeantEntries {
  /** Those that are meant to be there, and those that may come back; an address may have several, of one holder after another. */
  readonly #meant = new Map<string, Meant>();

  order(order: EntryOrder): void {
    const { address, value } = order;
    if (order.kind === "replace") this.#put(address, order.to, true);
    this.#put(address, value, order.kind === "add");
  }

  /** What it took back does not stand any more. */
  carriedOut({ address, value, kind }: EntryOrder): void {
    const meant = this.#meant.get(keyOf(address, value));
    if (kind !== "add" && meant?.isThere === false && meant.untilNs === undefined)
      this.#meant.delete(keyOf(address, value));
  }

  /** A patch with these orders was not answered. @param mayLand whether it was sent */
  unanswered(
    orders: readonly { readonly order: EntryOrder }[],
    { mayLand }: { readonly mayLand: boolean },
    nowNs: bigint,
  ): void {
    if (mayLand) for (const { order } of orders) this.#mayLand(order, nowNs);
  }

  #mayLand(order: EntryOrder, nowNs: bigint): void {
    const { address } = order;
    const value = order.kind === "replace" ? order.to : order.value;
    const meant = this.#meant.get(keyOf(address, value));
    const isThere = meant?.isThere ?? order.kind !== "remove";
    this.#meant.set(keyOf(address, value), { address, value, isThere, untilNs: nowNs + lateNs });
  }

  /** Whether it is meant to be there, or was, and may still stand. */
  has(address: Address, value: EntryValue): boolean {
    return this.#meant.has(keyOf(address, value));
  }

  /** What was taken back, and may have come back by a patch that can land no longer: each once. */
  takeLate(nowNs: bigint): readonly Pick<Meant, "address" | "value">[] {
    const late = [...this.#meant].filter(([, { untilNs }]) => untilNs !== undefined && untilNs <= nowNs);
    for (const [key, meant] of late)
      if (meant.isThere) this.#meant.set(key, { ...meant, untilNs: undefined });
      else this.#meant.delete(key);
    return late.map(([, meant]) => meant).filter(({ isThere }) => !isThere);
  }

  /** To be taken as late once more. */
  keepLate({ address, value }: Pick<Meant, "address" | "value">): void {
    const key = keyOf(address, value);
    if (!this.#meant.has(key)) this.#meant.set(key, { address, value, isThere: false, untilNs: 0n });
  }

  #put(address: Address, value: EntryValue, isThere: boolean): void {
    const key = keyOf(address, value);
    const before = this.#meant.get(key);
    if (isThere || before !== undefined) this.#meant.set(key, { address, value, isThere, untilNs: before?.untilNs });
  }
}

function keyOf({ value }: Address, { id, podref, ifname }: EntryValue): string {
  return JSON.stringify([String(value), id, podref, ifname]);
}
