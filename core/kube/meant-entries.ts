/**
 * What this agent last meant of each entry that it wrote, and which of them a patch without an answer may still bring back: one
 * that lands after it was taken back is nobody's, for an entry bears no attempt by which it could be judged later (P9).
 *
 * @module
 */
import type { Address } from "../ip/address.ts";
import { type EntryOrder, type EntryValue, sameValue } from "./entry-order.ts";

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
  /** Until when it is watched without being owed: its removal was not answered, or an earlier run may have sent something. */
  readonly watchNs: bigint | undefined;
};

/** `done` and `other` tell what stands; the others do not. */
type AnswerKind = "done" | "other" | "refused" | "unknown";

/** No request lands later than this after it was sent (end of PROTOCOL). */
const lateNs = 90_000_000_000n;

export class MeantEntries {
  /** Those that are meant to be there, and those that may come back; an address may have several, of one holder after another. */
  readonly #meant = new Map<string, Meant>();
  /** Until when something may land that an earlier run of this agent sent. */
  readonly #earlierNs: bigint;

  /** @param beganNs when this run began, on the boot clock */
  constructor(beganNs: bigint) {
    this.#earlierNs = beganNs + lateNs;
  }

  order(order: EntryOrder): void {
    const { address, value } = order;
    if (order.kind !== "remove") {
      const written = writtenBy(order);
      const before = this.#get(address, written) ?? { ...fresh, address, value: written };
      this.#set({ ...before, isThere: true, asked: before.asked + 1 });
    }
    const gone = takesAway(order) ? this.#get(address, value) : undefined;
    if (gone !== undefined) this.#set({ ...gone, isThere: false });
  }

  /** What was taken back does not stand any more; what could not be written is forgotten, unless it stood before. */
  answered(order: EntryOrder, kind: AnswerKind, nowNs: bigint): void {
    const { address } = order;
    if (order.kind !== "remove") this.#tried(this.#get(address, writtenBy(order)), kind);
    if (!takesAway(order) || (kind !== "done" && kind !== "other")) return;
    const gone = this.#get(address, order.value) ?? { ...fresh, address, value: order.value };
    const watchNs = nowNs < this.#earlierNs ? laterOf(gone.watchNs, this.#earlierNs) : gone.watchNs;
    this.#setOrForget({ ...gone, isWritten: false, watchNs });
  }

  /** An order to remove it found nothing there, and this run did not do it: what an earlier one sent may be on its way. */
  missed({ address, value }: EntryOrder, nowNs: bigint): void {
    if (nowNs >= this.#earlierNs || this.has(address, value)) return;
    this.#set({ ...fresh, address, value, untilNs: this.#earlierNs });
  }

  /** Until when an entry of this address may come back that was taken back; undefined: none may. */
  mayReturnUntil({ value }: Address, nowNs: bigint): bigint | undefined {
    const ends = [...this.#meant.values()]
      .filter(({ address, isThere }) => !isThere && address.value === value)
      .flatMap(({ untilNs }) => (untilNs === undefined || untilNs <= nowNs ? [] : [untilNs]));
    return ends.reduce<bigint | undefined>(laterOf, undefined);
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
    const { isThere, asked, isWritten } = meant;
    if (isThere || asked > 0 || isWritten || lateAfter(meant) !== undefined) this.#set(meant);
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
    const endNs = nowNs + lateNs;
    this.#set(order.kind === "remove" ? { ...meant, watchNs: endNs } : { ...meant, untilNs: endNs });
  }

  forget(address: Address, value: EntryValue): void {
    this.#meant.delete(keyOf(address, value));
  }

  /** Whether it is meant to be there, or was, and may still stand. */
  has(address: Address, value: EntryValue): boolean {
    return this.#meant.has(keyOf(address, value));
  }

  /** What was taken back, and may have come back by a patch that can land no longer: each once. */
  takeLate(nowNs: bigint): readonly Pick<Meant, "address" | "value">[] {
    const late = [...this.#meant].filter(([, meant]) => (lateAfter(meant) ?? nowNs + 1n) <= nowNs);
    for (const [key, meant] of late)
      if (meant.isThere) this.#meant.set(key, { ...meant, untilNs: undefined, watchNs: undefined });
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

const fresh = { isThere: false, isWritten: false, asked: 0, untilNs: undefined, watchNs: undefined } as const;

/** When nothing can land any more that brings it back; undefined: nothing can. */
function lateAfter({ untilNs, watchNs }: Meant): bigint | undefined {
  return laterOf(untilNs, watchNs);
}

function laterOf(one: bigint | undefined, other: bigint | undefined): bigint | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one > other ? one : other;
}

/** One may also be put in its own place: a repeated ADD of the same sandbox. */
function takesAway(order: EntryOrder): boolean {
  return order.kind === "remove" || (order.kind === "replace" && !sameValue(order.value, order.to));
}

/** Of one that removes: what it removes. */
function writtenBy(order: EntryOrder): EntryValue {
  return order.kind === "replace" ? order.to : order.value;
}

function keyOf({ value }: Address, { id, podref, ifname }: EntryValue): string {
  return JSON.stringify([String(value), id, podref, ifname]);
}
