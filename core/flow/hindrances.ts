/**
 * What could not be done with a cluster that may well answer: a permission that is missing, a pool that cannot be read. Told to
 * people by its name when it has lasted.
 *
 * @module
 */
import type { Clock } from "../ports/clock.ts";

type Hindrance = { readonly reason: string; readonly sinceNs: bigint };

export class Hindrances<Duty extends string> {
  readonly #clock: Clock;
  readonly #words: { readonly [duty in Duty]: string };
  readonly #found = new Map<Duty, Hindrance>();

  /** @param words what cannot be done, as it goes after "cannot" */
  constructor(clock: Clock, words: { readonly [duty in Duty]: string }) {
    this.#clock = clock;
    this.#words = words;
  }

  failed(duty: Duty, reason: string): void {
    const sinceNs = this.#found.get(duty)?.sinceNs ?? this.#clock.bootNs();
    this.#found.set(duty, { reason, sinceNs });
  }

  done(duty: Duty): void {
    this.#found.delete(duty);
  }

  /** The first that has lasted so long; undefined: none has. */
  lasting(ms: number): string | undefined {
    const untilNs = this.#clock.bootNs() - BigInt(ms) * 1_000_000n;
    for (const [duty, { reason, sinceNs }] of this.#found)
      if (sinceNs <= untilNs) return `cannot ${this.#words[duty]}: ${reason}`;
    return undefined;
  }
}
