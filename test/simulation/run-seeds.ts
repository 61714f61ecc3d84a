/**
 * Runs many seeds, on as many threads as there are processors.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Mode } from "./plan.ts";

export type Order = {
  readonly mode: Mode;
  readonly from: number;
  readonly count: number;
  /** A fault to be planted, by its name. */
  readonly fault?: string | undefined;
};

export type Failed = { readonly seed: number; readonly rule: string; readonly what: string };

/** What one thread tells of a few seeds. */
export type Batch = {
  readonly seeds: number;
  readonly steps: number;
  readonly stepsLeast: number;
  readonly nodesLeast: number;
  readonly failed: readonly Failed[];
};

/** So many seeds a thread takes at once. */
const batchSize = 25;

/** Ends early after `failuresMax` failing seeds. Rejects when a thread breaks. */
export async function runSeeds(
  order: Order,
  { failuresMax = 1, onBatch = () => undefined }: { failuresMax?: number; onBatch?: (sum: Batch) => void } = {},
): Promise<Batch> {
  let next = order.from;
  const end = order.from + order.count;
  let sum: Batch = { seeds: 0, steps: 0, stepsLeast: Infinity, nodesLeast: Infinity, failed: [] };
  const work = async () => {
    const entry = order.fault === undefined ? "./seeds-thread.ts" : "./planted-thread.ts";
    const worker = new Worker(new URL(entry, import.meta.url), {
      workerData: { mode: order.mode, fault: order.fault },
    });
    try {
      while (next < end && sum.failed.length < failuresMax) {
        const from = next;
        next = Math.min(end, from + batchSize);
        const batch = await ask(worker, { from, to: next });
        sum = {
          seeds: sum.seeds + batch.seeds,
          steps: sum.steps + batch.steps,
          stepsLeast: Math.min(sum.stepsLeast, batch.stepsLeast),
          nodesLeast: Math.min(sum.nodesLeast, batch.nodesLeast),
          failed: [...sum.failed, ...batch.failed],
        };
        onBatch(sum);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return sum;
}

function ask(worker: Worker, message: { readonly from: number; readonly to: number }): Promise<Batch> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.postMessage(message, []);
  });
}
