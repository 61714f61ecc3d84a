/**
 * Times below the protocol's: allowed, because a person may know better, and told, because leases may be lost.
 *
 * @module
 */
import type { ReconcilerSettings } from "../core/config/reconciler.ts";
import { reconcileTimes } from "../core/reconcile/sight.ts";

/** Empty when there is nothing to warn of. */
export function shortTimes({ grace, waiting }: Pick<ReconcilerSettings, "grace" | "waiting">): readonly string[] {
  return [
    ...warning("--grace", grace, {
      leastMs: reconcileTimes.graceMs,
      loss: "what only seems gone for a moment is freed",
    }),
    ...warning("--waiting", waiting, { leastMs: reconcileTimes.waitingMs, loss: "a Node made anew loses its leases" }),
  ];
}

function warning(
  flag: string,
  seconds: number,
  { leastMs, loss }: { readonly leastMs: number; readonly loss: string },
): readonly string[] {
  const least = leastMs / 1000;
  return seconds >= least ? [] : [`${flag} is ${seconds} s: expected at least ${least} s; with less, ${loss}`];
}
