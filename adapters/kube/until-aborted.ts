/**
 * Waits for something, but no longer than there is time.
 *
 * @module
 */
import type { Signal } from "../../core/ports/clock.ts";

/** Resolves when `work` has ended in any way, or when `signal` aborts. Never rejects. */
export function untilAborted(work: Promise<unknown>, signal: Signal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      signal.removeEventListener("abort", end);
      resolve();
    };
    signal.addEventListener("abort", end);
    void work.then(end, end);
    if (signal.aborted) end();
  });
}
