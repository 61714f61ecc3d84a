/**
 * How many calls are worked on at once, and how many may wait (invariant 9).
 *
 * @module
 */

export type GateLimits = { readonly inFlightMax: number; readonly queueMax: number };

export class Gate {
  readonly #limits: GateLimits;
  #inFlight = 0;
  readonly #queue: (() => void)[] = [];

  constructor(limits: GateLimits) {
    this.#limits = limits;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** Runs `work` in its turn. @returns undefined when too many wait already: nothing was begun. */
  async pass<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    if (this.#inFlight >= this.#limits.inFlightMax) {
      if (this.#queue.length >= this.#limits.queueMax) return undefined;
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    } else this.#inFlight += 1;
    try {
      return await work();
    } finally {
      const next = this.#queue.shift();
      // The place is handed on, not freed and fought for.
      if (next === undefined) this.#inFlight -= 1;
      else next();
    }
  }
}
