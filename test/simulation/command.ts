/**
 * Runs many seeds, or one again and tells what happened in it.
 *
 * @module
 */
import { weathers } from "./network.ts";
import { describe } from "./deeds.ts";
import { type Mode, type Plan, planFor } from "./plan.ts";
import { commandFor, planOf } from "./replay.ts";
import { type Failed, runSeeds } from "./run-seeds.ts";
import { shrink } from "./shrink.ts";
import { simulate } from "./simulate.ts";

export type Wishes = {
  readonly mode: Mode;
  readonly seeds: number;
  readonly from: number;
  readonly failures: number;
  readonly seed: number | undefined;
  readonly keep: readonly number[] | undefined;
  readonly without: readonly string[];
  readonly shrink: boolean;
  readonly quiet: boolean;
  readonly fault: string | undefined;
};

export async function run(wishes: Wishes): Promise<void> {
  return wishes.seed === undefined ? many(wishes) : one(wishes, wishes.seed);
}

async function many({ mode, from, seeds, failures, fault }: Wishes): Promise<void> {
  const began = performance.now();
  const sum = await runSeeds({ mode, from, count: seeds, fault }, { failuresMax: failures });
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${mode}: ${sum.seeds} seeds, ${sum.steps} steps (at least ${sum.stepsLeast} each), ${sum.failed.length} failed, ${seconds.toFixed(1)} s`,
  );
  for (const failed of sum.failed) console.log(`${failed.seed}  ${failed.rule}: ${failed.what}`);
  const [first] = sum.failed;
  // What a thread with a fault found is not to be found in this one.
  if (first === undefined || fault !== undefined) return;
  process.exitCode = 1;
  await explain(planFor(first.seed, mode), first);
}

async function one({ mode, keep, shrink: isShrunk, quiet, ...wishes }: Wishes, seed: number): Promise<void> {
  const without = weathers.filter((kind) => wishes.without.includes(kind));
  const plan = planOf({ seed, mode, keep, without });
  const { violations } = await simulate(plan);
  const [first] = violations;
  if (first !== undefined) process.exitCode = 1;
  const small = first !== undefined && isShrunk ? await shrink(plan, first.rule) : plan;
  await tell(small, quiet);
}

async function explain(plan: Plan, { rule }: Pick<Failed, "rule">): Promise<void> {
  await tell(await shrink(plan, rule));
}

async function tell(plan: Plan, isQuiet = false): Promise<void> {
  const notes: string[] = [];
  const { violations, steps, virtualMs } = await simulate(plan, notes);
  console.log(`\n${plan.nodes} nodes, weather ${JSON.stringify(plan.weather)}`);
  for (const operation of plan.operations) console.log(describe(operation));
  if (!isQuiet) console.log(`\n${notes.join("\n")}`);
  console.log(`\n${steps} steps in ${(virtualMs / 1000).toFixed(1)} s of its time`);
  for (const { rule, what, atMs } of violations) console.log(`${(atMs / 1000).toFixed(3)} s  ${rule}: ${what}`);
  console.log(`\n${commandFor(plan)}`);
}
