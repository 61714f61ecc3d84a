/**
 * Virtual time: one queue of events, each at its moment. Between two events everything that can go on does; then time jumps.
 *
 * @module
 */
import type { Signal } from "../../core/ports/clock.ts";

export type Timer = { readonly atMs: number; readonly order: number; fire: (() => void) | undefined };

export class Schedule {
  #nowMs = 0;
  #steps = 0;
  #order = 0;
  /** A binary heap: the earliest first; of one moment, in the order of their making. */
  readonly #heap: Timer[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  /** How many events there were. */
  get steps(): number {
    return this.#steps;
  }

  after(ms: number, fire: () => void): Timer {
    this.#order += 1;
    const timer: Timer = { atMs: this.#nowMs + Math.max(0, ms), order: this.#order, fire };
    this.#push(timer);
    return timer;
  }

  /** Resolves after `ms`, or when `signal` aborts. */
  wait(ms: number, signal?: Signal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const end = () => {
        timer.fire = undefined;
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const timer = this.after(ms, end);
      signal?.addEventListener("abort", end);
      return undefined;
    });
  }

  /** Runs until `endMs`, or until `isOver`. @returns whether time ran out */
  async run(endMs: number, isOver: () => boolean): Promise<boolean> {
    // In an event's own callback ticks would come before microtasks.
    await Promise.resolve();
    await settled();
    for (;;) {
      if (isOver()) return false;
      const next = this.#heap[0];
      if (next === undefined || next.atMs > endMs) {
        this.#nowMs = Math.max(this.#nowMs, endMs);
        return true;
      }
      this.#pop();
      if (next.fire === undefined) continue;
      this.#nowMs = next.atMs;
      this.#steps += 1;
      next.fire();
      await settled();
    }
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    for (;;) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (at === 0 || above === undefined || isBefore(above, timer)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (isBefore(last, child)) break;
      heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = last;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** Everything that needs no event has happened: ticks come when no microtask is left, and cost less than a turn of the loop. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}
