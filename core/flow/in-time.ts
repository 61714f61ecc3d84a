/**
 * Waiting for a store that others share no longer than the call that asks: it may not answer, and what was sent goes on. One on
 * this machine always answers, and its deeds are not left behind.
 *
 * @module
 */
import type { Signal } from "../ports/clock.ts";
import { unlessAborted } from "./canceller.ts";
import type { FlowPorts } from "./ports.ts";

/** @returns undefined when `signal` aborted first */
export async function inTime<Result>(
  { store }: Pick<FlowPorts, "store">,
  work: Promise<Result>,
  signal: Signal,
): Promise<Result | undefined> {
  return store.lateMs === 0 ? work : unlessAborted(work, signal);
}
