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

export function createSlots(inFlightMax: number, queueMax: number): Slots {
  let free = inFlightMax;
  // A Set keeps the order, and forgets one in its middle at once.
  const waiting = new Set<() => void>();
  return {
    take: (signal) => {
      if (free > 0) {
        free -= 1;
        return Promise.resolve("taken");
      }
      if (waiting.size >= queueMax) return Promise.resolve("full");
      return new Promise((resolve) => {
        const end = (how: "taken" | "late") => {
          waiting.delete(mine);
          signal.removeEventListener("abort", late);
          resolve(how);
        };
        const mine = () => end("taken");
        const late = () => end("late");
        waiting.add(mine);
        signal.addEventListener("abort", late);
        if (signal.aborted) late();
      });
    },
    free: () => {
      const [next] = waiting;
      if (next === undefined) free += 1;
      else next();
    },
  };
}
