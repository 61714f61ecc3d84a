/**
 * What was seen lately, of at most so many.
 *
 * @module
 */
import type { Clock } from "../ports/clock.ts";

const keptMs = 600_000;
const keysMax = 10_000;

export class Lately {
  readonly #clock: Clock;
  /** When, on the boot clock; the oldest first. */
  readonly #seen = new Map<string, bigint>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(key: string): void {
    this.#seen.delete(key);
    this.#seen.set(key, this.#clock.bootNs());
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= keysMax) return;
      this.#seen.delete(oldest);
    }
  }

  has(key: string): boolean {
    const atNs = this.#seen.get(key);
    return atNs !== undefined && this.#clock.bootNs() - atNs < BigInt(keptMs) * 1_000_000n;
  }
}
