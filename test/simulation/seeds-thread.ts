/**
 * One thread of `run-seeds.ts`: runs the seeds it is told, and answers with what came of them.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { type Mode, planFor } from "./plan.ts";
import type { Batch, Failed } from "./run-seeds.ts";
import { simulate } from "./simulate.ts";

const { mode } = workerData as { readonly mode: Mode };

parentPort?.on("message", ({ from, to }: { readonly from: number; readonly to: number }) => {
  void runBatch(from, to).then((batch) => parentPort?.postMessage(batch, []));
});

async function runBatch(from: number, to: number): Promise<Batch> {
  const failed: Failed[] = [];
  let steps = 0;
  let stepsLeast = Infinity;
  let nodesLeast = Infinity;
  for (let seed = from; seed < to; seed += 1) {
    const plan = planFor(seed, mode);
    const outcome = await simulate(plan);
    steps += outcome.steps;
    // A failing one ends early.
    if (outcome.violations.length === 0) stepsLeast = Math.min(stepsLeast, outcome.steps);
    nodesLeast = Math.min(nodesLeast, plan.nodes);
    const [first] = outcome.violations;
    if (first !== undefined) failed.push({ seed, rule: first.rule, what: first.what });
  }
  return { seeds: to - from, steps, stepsLeast, nodesLeast, failed };
}
