/**
 * Work that goes on for as long as the agent lives, with pauses that can be cut short.
 *
 * @module
 */
import type { Canceller, Clock, Signal } from "../ports/clock.ts";
import { createCanceller } from "./canceller.ts";

export class Loop {
  readonly #clock: Clock;
  #pause: Canceller = createCanceller();
  #isWoken = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ends the pause; one that has not begun yet is left out. */
  wake(): void {
    this.#isWoken = true;
    this.#pause.cancel();
  }

  /** Works until `end` aborts. @param round never throws; comes back with how long to pause after it, ms */
  async run(end: Signal, round: () => Promise<number>): Promise<void> {
    while (!end.aborted) {
      this.#isWoken = false;
      const pauseMs = await round();
      if (this.#isWoken) continue;
      this.#pause = createCanceller(end);
      await this.#clock.wait(pauseMs, this.#pause.signal);
      this.#pause.cancel();
    }
  }
}
