/**
 * Which addresses of one range are free: what an agent remembers of a pool, so that it proposes well. It proves nothing:
 * the store decides.
 *
 * @module
 */
import { type AddressValue, knownAddress } from "../ip/address.ts";
import { eachInterval, hasValue } from "../ip/interval-set.ts";
import { type Range, rangeSize } from "../ip/range.ts";
import type { Random } from "../ports/random.ts";
import { SortedMap } from "./sorted-map.ts";

/** How often a random address is drawn before the free ones are counted through. */
const drawsMax = 16;

/**
 * The taken and excluded addresses of a range as intervals that never touch. Memory is that of the intervals: 60,000
 * leases side by side are one. Every question and change is a few logarithmic searches, unless said otherwise.
 */
export class Occupancy {
  readonly #range: Range;
  /** What cannot be given: from each key to its value, both included. */
  readonly #held = new SortedMap();
  readonly #size: bigint;
  #taken = 0;

  constructor(range: Range) {
    this.#range = range;
    this.#size = rangeSize(range);
    for (const { first, last } of eachInterval(range.excluded)) this.#held.set(first, last);
  }

  /** Marks an address as taken; false when it is already, is excluded, or lies outside the range. */
  take(value: bigint): boolean {
    if (!this.isFree(value)) return false;
    const before = this.#held.floor(value);
    const joinsBefore = before !== undefined && before.value === value - 1n;
    const after = this.#held.get(value + 1n);
    this.#held.delete(value + 1n);
    this.#held.set(joinsBefore ? before.key : value, after ?? value);
    this.#taken += 1;
    return true;
  }

  /** Takes many, in any order; what is not free is passed over. Returns how many were free. */
  takeAll(values: Iterable<bigint>): number {
    let count = 0;
    for (const value of values) if (this.take(value)) count += 1;
    return count;
  }

  /** Marks a taken address as free; false when it was not taken. An excluded address stays excluded. */
  giveBack(value: bigint): boolean {
    const held = this.#held.floor(value);
    if (held === undefined || held.value < value || hasValue(this.#range.excluded, value)) return false;
    if (held.key === value) this.#held.delete(value);
    else this.#held.set(held.key, value - 1n);
    if (value < held.value) this.#held.set(value + 1n, held.value);
    this.#taken -= 1;
    return true;
  }

  /** Reports whether the address lies in the range and is neither excluded nor taken. */
  isFree(value: bigint): boolean {
    const { first, last } = this.#range;
    if (value < first.value || value > last.value) return false;
    const held = this.#held.floor(value);
    return held === undefined || held.value < value;
  }

  /** The lowest free address, or undefined when the range is full. */
  lowestFree(): AddressValue | undefined {
    const { first, last } = this.#range;
    // Intervals never touch, so the address after the one at the very start is free.
    const heldAtStart = this.#held.get(first.value);
    const lowest = heldAtStart === undefined ? first.value : heldAtStart + 1n;
    return lowest > last.value ? undefined : this.#address(lowest);
  }

  /**
   * Any free address, each as likely as the others; undefined when the range is full.
   *
   * A few draws find one while a fair part of the range is free. Else the free ones are counted through, which costs the
   * number of intervals: at most one more than there are free addresses.
   */
  randomFree(random: Random): AddressValue | undefined {
    const free = this.freeCount();
    if (free === 0n) return undefined;
    const { first, last } = this.#range;
    for (let draw = 0; draw < drawsMax; draw += 1) {
      const value = first.value + random.below(last.value - first.value + 1n);
      if (this.isFree(value)) return this.#address(value);
    }
    return this.#address(this.#freeAt(random.below(free)));
  }

  /** How many addresses can still be taken. */
  freeCount(): bigint {
    return this.#size - BigInt(this.#taken);
  }

  /** How many addresses are taken; excluded ones do not count. */
  takenCount(): number {
    return this.#taken;
  }

  /** How many intervals it remembers: its memory. */
  intervalCount(): number {
    return this.#held.size;
  }

  /** The free address with `index` free ones below it; `index` from 0 to below `freeCount()`. */
  #freeAt(index: bigint): bigint {
    let candidate = this.#range.first.value + index;
    for (const [first, last] of this.#held.entries()) {
      if (first > candidate) break;
      candidate += last - first + 1n;
    }
    return candidate;
  }

  #address(value: bigint): AddressValue {
    return knownAddress(this.#range.family, value).value;
  }
}
