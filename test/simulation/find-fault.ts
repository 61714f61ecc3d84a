/**
 * How many seeds it takes to find a planted fault: the first seed that fails with it and does not without.
 *
 * @module
 */
import { planFor } from "./plan.ts";
import type { PlantedFault } from "./planted-fault.ts";
import { type Failed, runSeeds } from "./run-seeds.ts";
import { simulate } from "./simulate.ts";

export type Finding = {
  /** The last one that was tried. */
  readonly seed: number;
  readonly failed: Failed | undefined;
};

const atOnce = 200;

/** Tries `count` seeds at most, beginning with `from`. */
export async function findFault(
  { name, mode }: PlantedFault,
  { from, count }: { readonly from: number; readonly count: number },
): Promise<Finding> {
  const end = from + count;
  for (let first = from; first < end; first += atOnce) {
    const order = { mode, from: first, count: Math.min(atOnce, end - first), fault: name };
    const { failed } = await runSeeds(order, { failuresMax: 1 });
    for (const one of failed.toSorted((a, b) => a.seed - b.seed)) {
      const { violations } = await simulate(planFor(one.seed, mode));
      if (violations.length === 0) return { seed: one.seed, failed: one };
    }
  }
  return { seed: end - 1, failed: undefined };
}
