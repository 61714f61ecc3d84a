/**
 * Creates that may land late are looked for once more when none can land any longer (P9): after the first of many, and after the last
 * of those that came meanwhile.
 *
 * @module
 */
import type { Clock } from "../ports/clock.ts";

export class Later {
  readonly #clock: Clock;
  readonly #lateNs: bigint;
  #nextNs: bigint | undefined;
  #lastNs = 0n;

  constructor(clock: Clock, lateMs: number) {
    this.#clock = clock;
    this.#lateNs = BigInt(lateMs) * 1_000_000n;
  }

  /** A create was sent whose outcome is not known. */
  look(): void {
    this.#lastNs = this.#clock.bootNs() + this.#lateNs;
    // The first of many is not put off by those after it: they get a look of their own.
    this.#nextNs ??= this.#lastNs;
  }

  /** Whether a look is due. It counts as done. */
  take(): boolean {
    if (this.#nextNs === undefined || this.#clock.bootNs() < this.#nextNs) return false;
    this.#nextNs = this.#lastNs > this.#nextNs ? this.#lastNs : undefined;
    return true;
  }

  pauseMs(longestMs: number): number {
    if (this.#nextNs === undefined) return longestMs;
    return Math.max(1, Math.min(longestMs, Number((this.#nextNs - this.#clock.bootNs()) / 1_000_000n)));
  }
}
