/**
 * Whether the cluster answers, and what it said last when it did not.
 *
 * @module
 */
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";

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

  /** Something failed, though it may well have answered. */
  hindered(reason: string): void {
    this.#lastError = reason;
  }

  failed(reason: string): void {
    this.#lastError = reason;
    this.#awayNs ??= this.#clock.bootNs();
  }

  /** Does it; what it throws is told in these words, and counts as no answer. Never throws. */
  async attempt(
    work: () => Promise<void>,
    { log, words }: { readonly log: Log; readonly words: string },
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.failed(error instanceof Error ? error.message : String(error));
      log.warn(words, { reason: this.#lastError });
    }
  }

  /** Whether it has not answered for so long. */
  isAway(ms: number): boolean {
    return this.#awayNs !== undefined && this.#clock.bootNs() - this.#awayNs >= BigInt(ms) * 1_000_000n;
  }
}
