/**
 * Giving up: a signal that somebody else, or time, sets off. Core has no AbortController, and needs only this much.
 *
 * @module
 */
import type { Canceller, Clock, Signal } from "../ports/clock.ts";

/** Makes a signal that also aborts when one of `parents` does. */
export function createCanceller(...parents: readonly Signal[]): Canceller {
  const listeners = new Set<() => void>();
  let aborted = false;
  const cancel = () => {
    if (aborted) return;
    aborted = true;
    for (const parent of parents) parent.removeEventListener("abort", cancel);
    for (const listener of listeners) listener();
    listeners.clear();
  };
  const signal: Signal = {
    get aborted() {
      return aborted;
    },
    addEventListener: (_type, listener) => void listeners.add(listener),
    removeEventListener: (_type, listener) => void listeners.delete(listener),
  };
  for (const parent of parents) {
    if (parent.aborted) cancel();
    else parent.addEventListener("abort", cancel);
  }
  return { signal, cancel };
}

export type Deadline = Canceller & {
  /** What is left, ms; never negative. */
  readonly leftMs: () => number;
};

/** A signal that aborts after `ms`. Call `cancel` when the work is done, or its timer lives on. */
export function createDeadline(clock: Clock, ms: number, ...parents: readonly Signal[]): Deadline {
  const canceller = createCanceller(...parents);
  const endNs = clock.bootNs() + BigInt(Math.max(0, Math.round(ms))) * 1_000_000n;
  void clock.wait(ms, canceller.signal).then(canceller.cancel);
  return { ...canceller, leftMs: () => Math.max(0, Number((endNs - clock.bootNs()) / 1_000_000n)) };
}

/** The result of `work`, or undefined when `signal` aborts first; `work` goes on. */
export async function unlessAborted<Result>(work: Promise<Result>, signal: Signal): Promise<Result | undefined> {
  if (signal.aborted) return undefined;
  const { promise: end, resolve } = Promise.withResolvers<undefined>();
  const listener = () => resolve(undefined);
  signal.addEventListener("abort", listener);
  try {
    return await Promise.race([work, end]);
  } finally {
    signal.removeEventListener("abort", listener);
  }
}
