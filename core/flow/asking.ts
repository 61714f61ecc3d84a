/**
 * What the parts of one ADD share: what they need, and what is asked for.
 *
 * @module
 */
import type { Holder } from "../ports/holder.ts";
import type { Deadline } from "./canceller.ts";
import type { Freer, Taken } from "./freer.ts";
import type { Pools } from "./pools.ts";
import type { FlowPorts } from "./ports.ts";
import type { Keeper } from "./keeper.ts";
import type { Reclaimer } from "./reclaim.ts";

export type HoldNeeds = {
  readonly ports: FlowPorts;
  readonly pools: Pools;
  readonly freer: Freer;
  readonly reclaimer: Reclaimer;
  /** Undefined on the embedded store. */
  readonly keeper: Keeper | undefined;
  /** The attempt ids of all ADDs that run now: their intents are theirs, and no sweep judges them. */
  readonly running: Set<string>;
};

export type Asking = {
  readonly holder: Holder;
  readonly network: string;
  readonly overlapping: boolean;
  readonly reuseAfterMs: number;
  readonly deadline: Deadline;
  /** When the ADD began, on the boot clock: "full" is only said on a list that is younger (P7). */
  readonly sinceNs: bigint;
  /** Rows of this attachment whose address another has: they end when another address is answered (P15). */
  readonly replaced: Taken[];
  /** The attempt ids this ADD has used. */
  readonly attempts: string[];
};
