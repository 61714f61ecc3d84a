/**
 * Time that moves only when nothing else can: a wait of ten seconds costs nothing, and orders of events repeat.
 *
 * @module
 */
import type { Clock } from "../../core/ports/clock.ts";

export type VirtualClock = Clock & {
  /** Waits for `work`; whenever it does not go on by itself, time jumps to the next timer. */
  readonly until: <Result>(work: Promise<Result>) => Promise<Result>;
  readonly advance: (ms: number) => Promise<void>;
};

export function createVirtualClock(bootId = "boot-1", startNs = 3_600_000_000_000n): VirtualClock {
  let nowNs = startNs;
  const timers = new Set<{ atNs: bigint; fire: () => void }>();
  const settle = async () => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const jump = () => {
    const next = [...timers].reduce<{ atNs: bigint; fire: () => void } | undefined>(
      (best, one) => (best === undefined || one.atNs < best.atNs ? one : best),
      undefined,
    );
    if (next === undefined) return false;
    if (next.atNs > nowNs) nowNs = next.atNs;
    timers.delete(next);
    next.fire();
    return true;
  };
  return {
    bootId,
    nowMs: () => 1_700_000_000_000 + Number(nowNs / 1_000_000n),
    bootNs: () => nowNs,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const end = () => {
          timers.delete(timer);
          signal?.removeEventListener("abort", end);
          resolve();
        };
        const timer = { atNs: nowNs + BigInt(Math.round(ms * 1e6)), fire: end };
        timers.add(timer);
        signal?.addEventListener("abort", end);
      }),
    until: async (work) => {
      let isDone = false;
      void work.then(
        () => (isDone = true),
        () => (isDone = true),
      );
      await settle();
      while (!isDone) {
        if (!jump()) throw new Error("the work waits for something that never comes");
        await settle();
      }
      return work;
    },
    advance: async (ms) => {
      const endNs = nowNs + BigInt(Math.round(ms * 1e6));
      await settle();
      while ([...timers].some(({ atNs }) => atNs <= endNs)) {
        jump();
        await settle();
      }
      nowNs = endNs;
    },
  };
}
