/**
 * When each duty of a loop is due, on the boot clock. What is hurried while it is being done is done once more.
 *
 * @module
 */
import type { Clock } from "../ports/clock.ts";

/** How soon what failed is tried again, the first time. */
export const againMs = 1_000;

/** It failed: due again in twice as long as the last time, at most in so long. */
export type Again = { readonly atMostMs: number };

/** Being done: nobody knows yet when it is due again. */
const never = 2n ** 63n;

export class Timetable<Duty extends string> {
  readonly #clock: Clock;
  readonly #due: Map<Duty, bigint>;
  /** How long each waits, ms, that has failed and not been done since. */
  readonly #pauses = new Map<Duty, number>();

  /** All are due at once. */
  constructor(clock: Clock, duties: readonly Duty[]) {
    this.#clock = clock;
    this.#due = new Map(duties.map((duty) => [duty, 0n]));
  }

  isDue(duty: Duty): boolean {
    return this.#clock.bootNs() >= this.#at(duty);
  }

  /** Due now. */
  hurry(...duties: readonly Duty[]): void {
    for (const duty of duties) this.#due.set(duty, 0n);
  }

  /** What failed is due now, as if it had never failed: whatever kept it from being done may be over. */
  hurryFailed(): void {
    this.hurry(...this.#pauses.keys());
    this.#pauses.clear();
  }

  /** Due in `ms`, whenever it was before. */
  putOff(duty: Duty, ms: number): void {
    this.#due.set(duty, this.#after(ms));
  }

  /** Due in `ms` at the latest. */
  isWithin(duty: Duty, ms: number): boolean {
    return this.#at(duty) <= this.#after(ms);
  }

  /** Does it. @param deed comes back with how long until it is due again, ms */
  async carryOut(duty: Duty, deed: () => Promise<number | Again>): Promise<void> {
    this.#due.set(duty, never);
    let nextMs = againMs;
    try {
      nextMs = this.#nextMs(duty, await deed());
    } finally {
      if (!this.isWithin(duty, nextMs)) this.putOff(duty, nextMs);
    }
  }

  #nextMs(duty: Duty, next: number | Again): number {
    if (typeof next === "number") {
      this.#pauses.delete(duty);
      return next;
    }
    const lastMs = this.#pauses.get(duty);
    const pauseMs = Math.min(next.atMostMs, lastMs === undefined ? againMs : 2 * lastMs);
    this.#pauses.set(duty, pauseMs);
    return pauseMs;
  }

  /** How long until the first of them is due, ms; at least 1. @param duties those that can be done now; left out: all */
  pauseMs(longestMs: number, duties: Iterable<Duty> = this.#due.keys()): number {
    const nowNs = this.#clock.bootNs();
    const waits = [...duties].map((duty) => Number((this.#at(duty) - nowNs) / 1_000_000n));
    return Math.max(1, Math.min(longestMs, ...waits));
  }

  #at(duty: Duty): bigint {
    return this.#due.get(duty) ?? never;
  }

  #after(ms: number): bigint {
    return this.#clock.bootNs() + BigInt(Math.round(ms)) * 1_000_000n;
  }
}
