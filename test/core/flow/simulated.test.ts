/**
 * The first of the simulated clusters, in this very process; `test/simulation` runs thousands of them.
 *
 * @module
 */
import { expect, test } from "vitest";
import { planFor } from "../../simulation/plan.ts";
import { commandFor } from "../../simulation/replay.ts";
import { simulate } from "../../simulation/simulate.ts";

const seeds = 200;

test(`in ${seeds} simulated clusters no address is given twice, and each one comes back`, async () => {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const plan = planFor(seed, "exclusive");
    const { violations } = await simulate(plan);
    expect(violations, `seed ${seed}: ${violations.length === 0 ? "" : commandFor(plan)}`).toEqual([]);
  }
}, 60_000);
