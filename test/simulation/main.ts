/**
 * `npm run simulate`: runs many seeds, or one again and tells what happened in it.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { weathers } from "./network.ts";
import { describe } from "./deeds.ts";
import { type Mode, type Plan, planFor } from "./plan.ts";
import { commandFor, planOf } from "./replay.ts";
import { type Failed, runSeeds } from "./run-seeds.ts";
import { shrink } from "./shrink.ts";
import { simulate } from "./simulate.ts";

const usage = `usage: npm run simulate -- [--mode exclusive|mixed] [--seeds COUNT] [--from SEED] [--failures COUNT]
       npm run simulate -- [--mode exclusive|mixed] --seed SEED [--keep ID,…] [--without KIND,…] [--shrink] [--quiet]

--seeds     how many seeds to run (20000), from --from (1) on; ends after --failures failing ones (1)
--seed      runs one seed again and prints what happened; --shrink makes it small first
--keep      only these of its operations, by their ids
--without   no such weather: ${weathers.join(", ")}`;

const { values } = parseArgs({
  options: {
    mode: { type: "string", default: "exclusive" },
    seeds: { type: "string", default: "20000" },
    from: { type: "string", default: "1" },
    failures: { type: "string", default: "1" },
    seed: { type: "string" },
    keep: { type: "string" },
    without: { type: "string", default: "" },
    shrink: { type: "boolean", default: false },
    quiet: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const mode: Mode = values.mode === "mixed" ? "mixed" : "exclusive";

if (values.help) console.log(usage);
else if (values.seed === undefined) await many();
else await one(Number(values.seed));

async function many(): Promise<void> {
  const began = performance.now();
  const order = { mode, from: Number(values.from), count: Number(values.seeds) };
  const sum = await runSeeds(order, { failuresMax: Number(values.failures) });
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${mode}: ${sum.seeds} seeds, ${sum.steps} steps (at least ${sum.stepsLeast} each), ${sum.failed.length} failed, ${seconds.toFixed(1)} s`,
  );
  for (const failed of sum.failed) console.log(`${failed.seed}  ${failed.rule}: ${failed.what}`);
  const [first] = sum.failed;
  if (first === undefined) return;
  process.exitCode = 1;
  await explain(planFor(first.seed, mode), first);
}

async function one(seed: number): Promise<void> {
  const without = weathers.filter((kind) => values.without.split(",").includes(kind));
  const plan = planOf({ seed, mode, keep: values.keep?.split(",").map(Number), without });
  const { violations } = await simulate(plan);
  const [first] = violations;
  if (first !== undefined) process.exitCode = 1;
  const small = first !== undefined && values.shrink ? await shrink(plan, first.rule) : plan;
  await tell(small);
}

async function explain(plan: Plan, { rule }: Pick<Failed, "rule">): Promise<void> {
  await tell(await shrink(plan, rule));
}

async function tell(plan: Plan): Promise<void> {
  const notes: string[] = [];
  const { violations, steps, virtualMs } = await simulate(plan, notes);
  console.log(`\n${plan.nodes} nodes, weather ${JSON.stringify(plan.weather)}`);
  for (const operation of plan.operations) console.log(describe(operation));
  if (!values.quiet) console.log(`\n${notes.join("\n")}`);
  console.log(`\n${steps} steps in ${(virtualMs / 1000).toFixed(1)} s of its time`);
  for (const { rule, what, atMs } of violations) console.log(`${(atMs / 1000).toFixed(3)} s  ${rule}: ${what}`);
  console.log(`\n${commandFor(plan)}`);
}
