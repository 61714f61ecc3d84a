/**
 * What only the elected member does, beside judging: for as long as it is elected.
 *
 * @module
 */
import type { Clock, Signal } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import { createCanceller } from "../canceller.ts";

export type Duty = {
  /** For the log: "pool counts". */
  readonly name: string;
  /** Ends soon after `signal` aborts. What it throws is told, and it is run again a minute later; so it is when it ends by itself. */
  readonly run: (signal: Signal) => Promise<void>;
};

const againMs = 60_000;

type DutyNeeds = { readonly clock: Clock; readonly log: Log };

/** Begins and ends the duties as the election says. */
export class Duties {
  readonly #duties: readonly Duty[];
  readonly #needs: DutyNeeds;
  #cancel: (() => void) | undefined;
  #ended: Promise<unknown> = Promise.resolve();

  constructor(duties: readonly Duty[], needs: DutyNeeds) {
    this.#duties = duties;
    this.#needs = needs;
  }

  /** Those of an earlier election end first. */
  begin(): void {
    if (this.#cancel !== undefined) return;
    const { signal, cancel } = createCanceller();
    this.#cancel = cancel;
    const before = this.#ended;
    this.#ended = before.then(() => Promise.all(this.#duties.map((duty) => this.#always(duty, signal))));
  }

  /** Resolves when all have ended. */
  async end(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    await this.#ended;
  }

  async #always({ name, run }: Duty, signal: Signal): Promise<void> {
    const { clock, log } = this.#needs;
    while (!signal.aborted) {
      try {
        await run(signal);
      } catch (error) {
        log.error(`Cannot go on with ${name}: expected no defect in this program`, { error: String(error) });
      }
      await clock.wait(againMs, signal);
    }
  }
}
