/**
 * Whether the run that is going still can end: one that hangs would keep all later ones from beginning, without a word.
 *
 * @module
 */
import type { Clock } from "../../ports/clock.ts";

/** Of work; what a run waits for on purpose comes on top. */
const longestMs = 3_600_000;

export class RunWatch {
  /** To be waited on by the runs that are watched. */
  readonly clock: Clock;
  /** When the run began, boot clock; undefined: none is going. */
  #begunNs: bigint | undefined;
  #waitMs = 0;

  constructor(clock: Clock) {
    this.clock = {
      bootId: clock.bootId,
      nowMs: clock.nowMs,
      bootNs: clock.bootNs,
      wait: (ms, signal) => {
        this.#waitMs += ms;
        return clock.wait(ms, signal);
      },
    };
  }

  /** One run at a time. */
  async over<Result>(run: () => Promise<Result>): Promise<Result> {
    this.#waitMs = 0;
    this.#begunNs = this.clock.bootNs();
    try {
      return await run();
    } finally {
      this.#begunNs = undefined;
    }
  }

  /** Why the program is to be ended and begun anew; empty while all is well. */
  get unhealthy(): readonly string[] {
    if (this.#begunNs === undefined) return [];
    const ms = Number((this.clock.bootNs() - this.#begunNs) / 1_000_000n);
    if (ms <= longestMs + this.#waitMs) return [];
    return [`a run has been going for ${Math.floor(ms / 60_000)} minutes: it hangs`];
  }
}
