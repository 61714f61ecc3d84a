/**
 * Which addresses of one range are free: what an agent remembers of a pool, so that it proposes well. It proves nothing:
 * the store decides.
 *
 * @module
 */
import { type AddressValue, knownAddress } from "../ip/address.ts";
import { eachInterval, firstNotIn, hasValue, type Interval, intervalsOf, sizeOf, union } from "../ip/interval-set.ts";
import { type Range, rangeSize } from "../ip/range.ts";
import { lastNotAbove } from "../ip/sorted-search.ts";
import type { Random } from "../ports/random.ts";

/** How often a random address is drawn before the free ones are counted through. */
const drawsMax = 16;

/**
 * The taken and excluded addresses of a range as ascending intervals that never touch. Memory is that of the intervals:
 * 60,000 leases side by side are one. Searches are logarithmic; a change also moves what stands behind it.
 */
export class Occupancy {
  readonly #range: Range;
  /** What cannot be given: `firsts[i]` to `lasts[i]`, both included. */
  #held: { readonly firsts: bigint[]; readonly lasts: bigint[] };
  readonly #size: bigint;
  #taken = 0;

  constructor(range: Range) {
    this.#range = range;
    this.#held = { firsts: [...range.excluded.firsts], lasts: [...range.excluded.lasts] };
    this.#size = rangeSize(range);
  }

  /** Marks an address as taken; false when it is already, is excluded, or lies outside the range. */
  take(value: bigint): boolean {
    if (!this.isFree(value)) return false;
    const { firsts, lasts } = this.#held;
    const before = lastNotAbove(firsts, value);
    const after = before + 1;
    const joinsBefore = lasts[before] === value - 1n;
    const joinsAfter = firsts[after] === value + 1n;
    if (joinsBefore && joinsAfter) {
      firsts.splice(after, 1);
      lasts.splice(before, 1);
    } else if (joinsBefore) lasts[before] = value;
    else if (joinsAfter) firsts[after] = value;
    else {
      firsts.splice(after, 0, value);
      lasts.splice(after, 0, value);
    }
    this.#taken += 1;
    return true;
  }

  /**
   * Takes many at once, in any order; fastest when they ascend. What is not free is passed over. Cost is that of the
   * values and intervals, not their product.
   *
   * @returns how many of them were free
   */
  takeAll(values: Iterable<bigint>): number {
    const free: Interval[] = [];
    for (const value of values) if (this.isFree(value)) free.push({ first: value, last: value });
    const added = intervalsOf(free);
    const all = union(this.#held, added);
    this.#held = { firsts: [...all.firsts], lasts: [...all.lasts] };
    // Not `free.length`: a value may come twice.
    const count = Number(sizeOf(added));
    this.#taken += count;
    return count;
  }

  /** Marks a taken address as free; false when it was not taken. An excluded address stays excluded. */
  giveBack(value: bigint): boolean {
    if (!hasValue(this.#held, value) || hasValue(this.#range.excluded, value)) return false;
    const { firsts, lasts } = this.#held;
    const at = lastNotAbove(firsts, value);
    const isFirst = firsts[at] === value;
    const isLast = lasts[at] === value;
    if (isFirst && isLast) {
      firsts.splice(at, 1);
      lasts.splice(at, 1);
    } else if (isFirst) firsts[at] = value + 1n;
    else if (isLast) lasts[at] = value - 1n;
    else {
      firsts.splice(at + 1, 0, value + 1n);
      lasts.splice(at, 0, value - 1n);
    }
    this.#taken -= 1;
    return true;
  }

  /** Reports whether the address lies in the range and is neither excluded nor taken. */
  isFree(value: bigint): boolean {
    const { first, last } = this.#range;
    return value >= first.value && value <= last.value && !hasValue(this.#held, value);
  }

  /** The lowest free address, or undefined when the range is full. */
  lowestFree(): AddressValue | undefined {
    const { first, last } = this.#range;
    return this.#address(firstNotIn(this.#held, first.value, last.value));
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

  /** How many intervals it remembers: its memory, and the cost of a change. */
  intervalCount(): number {
    return this.#held.firsts.length;
  }

  /** The free address with `index` free ones below it; `index` from 0 to below `freeCount()`. */
  #freeAt(index: bigint): bigint {
    let candidate = this.#range.first.value + index;
    for (const { first, last } of eachInterval(this.#held)) {
      if (first > candidate) break;
      candidate += last - first + 1n;
    }
    return candidate;
  }

  #address(value: bigint | undefined): AddressValue | undefined {
    return value === undefined ? undefined : knownAddress(this.#range.family, value).value;
  }
}
