/**
 * What only the elected member does, beside judging: for as long as it is elected.
 *
 * @module
 */
import type { Signal } from "../../ports/clock.ts";

export type Duty = {
  /** For the log: "pool counts". */
  readonly name: string;
  /** Ends soon after `signal` aborts. What it throws is told, and it is run again a minute later; so it is when it ends by itself. */
  readonly run: (signal: Signal) => Promise<void>;
};
