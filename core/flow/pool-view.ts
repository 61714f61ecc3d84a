/**
 * One range of one network, as this agent sees it: what it believes to be held, and what came free here.
 *
 * @module
 */
import { Occupancy } from "../allocate/occupancy.ts";
import type { AddressValue } from "../ip/address.ts";
import { type Range, rangeSize } from "../ip/range.ts";
import type { StoreQuery } from "../ports/store.ts";
import type { FlowPorts } from "./ports.ts";

type Needs = Pick<FlowPorts, "clock" | "random" | "choice" | "limits">;

/** Of so many addresses that this node gave back is remembered that it did. */
const ownFreedMax = 1024;

export class PoolView {
  readonly query: StoreQuery;
  readonly range: Range;
  readonly occupancy: Occupancy;
  /** When the store was asked for all that this view knows, on the boot clock; undefined: it was not asked yet. */
  readNs: bigint | undefined;
  /** When it was last asked for a first page of it, and there was more. */
  glancedNs: bigint | undefined;
  /** What was heard while it is being read: newer than what the store answers. */
  #heard: Map<bigint, "taken" | "free"> | undefined = new Map();
  /** When it was last found full, on the boot clock; undefined since an address came free. */
  #fullNs: bigint | undefined;
  readonly #ownFreed = new Set<bigint>();
  /** Addresses that rest, until when (wall clock, ms), in the order in which they come free. */
  readonly #resting = new Map<bigint, number>();
  readonly #needs: Needs;

  constructor(query: StoreQuery, range: Range, needs: Needs) {
    this.query = query;
    this.range = range;
    this.occupancy = new Occupancy(range);
    this.#needs = needs;
  }

  /**
   * An address that this node gave back and that nobody is known to have taken: after a refusal a better guess than a random
   * one. Marked as taken.
   */
  proposeOwn(): bigint | undefined {
    for (const value of this.#ownFreed) {
      this.#ownFreed.delete(value);
      if (!this.occupancy.isFree(value)) continue;
      this.occupancy.take(value);
      return value;
    }
    return undefined;
  }

  /** A free address that does not rest, marked as taken so that no other ADD of this node tries it. */
  propose(): AddressValue | undefined {
    this.#wake();
    const { choice, random } = this.#needs;
    const value = choice === "lowest" ? this.occupancy.lowestFree() : this.occupancy.randomFree(random);
    if (value !== undefined) this.occupancy.take(value);
    return value;
  }

  /** The address that has rested longest: given before a pool is called full (P7). */
  proposeResting(): bigint | undefined {
    const value = this.#resting.keys().next().value;
    if (value !== undefined) this.#resting.delete(value);
    return value;
  }

  /** The store has answered: what was heard meanwhile counts. */
  read(): void {
    for (const [value, event] of this.#heard ?? []) {
      if (event === "taken") this.occupancy.take(value);
      else this.occupancy.giveBack(value);
    }
    this.#heard = undefined;
  }

  freed(value: bigint, restUntilMs: number): void {
    this.#fullNs = undefined;
    this.#heard?.set(value, "free");
    if (restUntilMs > this.#needs.clock.nowMs()) return this.rest(value, restUntilMs);
    this.occupancy.giveBack(value);
    if (this.#ownFreed.size < ownFreedMax) this.#ownFreed.add(value);
  }

  rest(value: bigint, untilMs: number): void {
    this.occupancy.take(value);
    this.#resting.set(value, untilMs);
  }

  taken(value: bigint): void {
    this.#heard?.set(value, "taken");
    this.#resting.delete(value);
    this.occupancy.take(value);
  }

  /** By what was read: an ADD may have waited since for what was on its way back. */
  foundFull(): void {
    this.#fullNs = this.readNs ?? this.#needs.clock.bootNs();
  }

  /** Found full a moment ago, and nothing came free here since (P7). */
  isFull(): boolean {
    const { clock, limits } = this.#needs;
    return this.#fullNs !== undefined && clock.bootNs() - this.#fullNs < BigInt(limits.fullKeptMs) * 1_000_000n;
  }

  /** How full it is, for the message of a refusal: what goes after "expected". */
  describe(): string {
    const size = rangeSize(this.range);
    return size === 1n
      ? "a free one: its only usable address is held"
      : `a free one: all ${size} usable addresses are held`;
  }

  #wake(): void {
    if (this.#resting.size === 0) return;
    const now = this.#needs.clock.nowMs();
    for (const [value, untilMs] of this.#resting) {
      if (untilMs > now) continue;
      this.#resting.delete(value);
      this.occupancy.giveBack(value);
    }
  }
}
