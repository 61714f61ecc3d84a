/**
 * Counting pools again and again, for as long as this member is the elected one.
 *
 * @module
 */
import type { Clock, Signal } from "../../ports/clock.ts";
import type { ModeAnswer } from "../../ports/cluster.ts";
import type { Log } from "../../ports/log.ts";
import { countPools, type PoolCountNeeds } from "./pool-counts.ts";

export type PoolCountDutyNeeds = Omit<PoolCountNeeds, "nowMs"> & {
  readonly clock: Pick<Clock, "nowMs" | "wait">;
  readonly log: Log;
  readonly mode: () => Promise<ModeAnswer>;
};

/** From the end of a count to the next one. Beside Whereabouts a write to a large pool costs the API server half a second. */
const pauseMs = { absent: 300_000, present: 900_000 } as const;

export function poolCountDuty(needs: PoolCountDutyNeeds): {
  readonly name: string;
  readonly run: (signal: Signal) => Promise<void>;
} {
  const { clock } = needs;
  return {
    name: "pool counts",
    run: async (signal) => {
      while (!signal.aborted) {
        const mode = await countOnce(needs, signal);
        await clock.wait(pauseMs[mode], signal);
      }
    },
  };
}

/** @returns the mode it counted by */
async function countOnce(needs: PoolCountDutyNeeds, signal: Signal): Promise<keyof typeof pauseMs> {
  const { log, clock } = needs;
  const mode = await needs.mode();
  if (mode.kind !== "mode") {
    log.warn("Cannot count pools: the mode cannot be read", { reason: mode.reason });
    return "absent";
  }
  const answer = await countPools({ ...needs, nowMs: clock.nowMs }, mode.mode, signal);
  if (answer.kind === "unknown") log.warn("Cannot count pools", { reason: answer.reason });
  else {
    for (const reason of answer.failures) log.info("A pool's counts are left to the next count", { reason });
    log.debug("Counted pools", { pools: answer.pools, written: answer.written });
  }
  return mode.mode;
}
