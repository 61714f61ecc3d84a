/**
 * Whether the cluster answers, and what it said last when it did not.
 *
 * @module
 */
import type { Clock } from "../ports/clock.ts";

export class Reach {
  readonly #clock: Clock;
  #lastError = "it was not asked yet";
  #awayNs: bigint | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get lastError(): string {
    return this.#lastError;
  }

  answered(): void {
    this.#awayNs = undefined;
  }

  failed(reason: string): void {
    this.#lastError = reason;
    this.#awayNs ??= this.#clock.bootNs();
  }

  /** Whether it has not answered for so long. */
  isAway(ms: number): boolean {
    return this.#awayNs !== undefined && this.#clock.bootNs() - this.#awayNs >= BigInt(ms) * 1_000_000n;
  }
}
