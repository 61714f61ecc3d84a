/**
 * How many seeds it takes to find a planted fault: the first seed that fails with it and does not without.
 *
 * @module
 */
import type { PlantedFault } from "./planted-fault.ts";
import { type Failed, runSeeds } from "./run-seeds.ts";

export type Finding = { readonly seeds: number; readonly failed: Failed | undefined };

const atOnce = 200;

export async function findFault({ name, mode }: PlantedFault, seedsMax: number): Promise<Finding> {
  for (let from = 1; from <= seedsMax; from += atOnce) {
    const count = Math.min(atOnce, seedsMax - from + 1);
    const { failed } = await runSeeds({ mode, from, count, fault: name }, { failuresMax: 1 });
    for (const one of failed.toSorted((a, b) => a.seed - b.seed)) {
      const without = await runSeeds({ mode, from: one.seed, count: 1 });
      if (without.failed.length === 0) return { seeds: one.seed, failed: one };
    }
  }
  return { seeds: seedsMax, failed: undefined };
}
