/**
 * So many requests at once, and so many that wait: what comes on top is turned away at once.
 *
 * @module
 */
import type { Signal } from "../../core/ports/clock.ts";

export type Slots = {
  /** `taken`: call `free` when done. `late`: the signal aborted first. First come, first served. */
  readonly take: (signal: Signal) => Promise<"taken" | "late" | "full">;
  readonly free: () => void;
};

/** @param inFlightMax may change: a server says how much it takes when it is connected */
export function createSlots(inFlightMax: () => number, queueMax: number): Slots {
  let taken = 0;
  // A Set keeps the order, and forgets one in its middle at once.
  const waiting = new Set<() => void>();
  return {
    take: (signal) => {
      if (taken < Math.max(1, inFlightMax())) {
        taken += 1;
        return Promise.resolve("taken");
      }
      if (waiting.size >= queueMax) return Promise.resolve("full");
      return new Promise((resolve) => {
        const end = (how: "taken" | "late") => {
          waiting.delete(mine);
          signal.removeEventListener("abort", late);
          resolve(how);
        };
        const mine = () => {
          taken += 1;
          end("taken");
        };
        const late = () => end("late");
        waiting.add(mine);
        signal.addEventListener("abort", late);
        if (signal.aborted) late();
      });
    },
    free: () => {
      taken -= 1;
      for (const next of waiting) {
        if (taken >= Math.max(1, inFlightMax())) return;
        next();
      }
    },
  };
}
