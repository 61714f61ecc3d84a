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
  /** Such an order was carried out: it stands, as far as is known. */
  readonly isWritten: boolean;
  /** How many orders to write it have no answer yet. */
  readonly asked: number;
  /** Until when a patch may land that writes it, on the boot clock; undefined: none was left unanswered. */
  readonly untilNs: bigint | undefined;
};

/** `done` and `other` tell what stands; the others do not. */
type AnswerKind = "done" | "other" | "refused" | "unknown";

/** No request lands later than this after it was sent (end of PROTOCOL). */
const lateNs = 90_000_000_000n;

export class MeantEntries {
  /** Those that are meant to be there, and those that may come back; an address may have several, of one holder after another. */
  readonly #meant = new Map<string, Meant>();

  order(order: EntryOrder): void {
    const { address, value } = order;
    if (order.kind !== "remove") {
      const written = writtenBy(order);
      const before = this.#get(address, written) ?? { ...fresh, address, value: written };
      this.#set({ ...before, isThere: true, asked: before.asked + 1 });
    }
    const gone = order.kind === "add" ? undefined : this.#get(address, value);
    if (gone !== undefined) this.#set({ ...gone, isThere: false });
  }

  /** What was taken back does not stand any more; what could not be written is forgotten, unless it stood before. */
  answered(order: EntryOrder, kind: AnswerKind): void {
    const { address } = order;
    if (order.kind !== "remove") this.#tried(this.#get(address, writtenBy(order)), kind);
    if (order.kind === "add" || (kind !== "done" && kind !== "other")) return;
    const gone = this.#get(address, order.value);
    if (gone !== undefined) this.#setOrForget({ ...gone, isWritten: false });
  }

  #tried(meant: Meant | undefined, kind: AnswerKind): void {
    if (meant === undefined) return;
    const asked = meant.asked - 1;
    const isWritten = kind === "done" || (kind !== "other" && meant.isWritten);
    // Whoever asks later, and one whose patch may still land, may find it there.
    const mayStand = isWritten || asked > 0 || (kind !== "other" && meant.untilNs !== undefined);
    this.#setOrForget({ ...meant, asked, isWritten, isThere: meant.isThere && mayStand });
  }

  #setOrForget(meant: Meant): void {
    const { isThere, asked, isWritten, untilNs } = meant;
    if (isThere || asked > 0 || isWritten || untilNs !== undefined) this.#set(meant);
    else this.#meant.delete(keyOf(meant.address, meant.value));
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
    const value = writtenBy(order);
    const meant = this.#get(address, value) ?? { ...fresh, address, value, isThere: order.kind !== "remove" };
    this.#set({ ...meant, untilNs: nowNs + lateNs });
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
    if (!this.has(address, value)) this.#set({ ...fresh, address, value, untilNs: 0n });
  }

  #get(address: Address, value: EntryValue): Meant | undefined {
    return this.#meant.get(keyOf(address, value));
  }

  #set(meant: Meant): void {
    this.#meant.set(keyOf(meant.address, meant.value), meant);
  }
}

const fresh = { isThere: false, isWritten: false, asked: 0, untilNs: undefined } as const;

/** Of one that removes: what it removes. */
function writtenBy(order: EntryOrder): EntryValue {
  return order.kind === "replace" ? order.to : order.value;
}

function keyOf({ value }: Address, { id, podref, ifname }: EntryValue): string {
  return JSON.stringify([String(value), id, podref, ifname]);
}
