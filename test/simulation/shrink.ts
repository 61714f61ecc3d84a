/**
 * Makes a failing plan small: fewer operations, fairer weather, as long as the same rule is broken.
 *
 * @module
 */
import { weathers } from "./network.ts";
import type { Plan } from "./plan.ts";
import { simulate } from "./simulate.ts";

/** So many runs at most: a few seconds. */
const runsMax = 400;

export async function shrink(plan: Plan, rule: string): Promise<Plan> {
  let best = plan;
  let runs = 0;
  const fails = async (candidate: Plan) => {
    runs += 1;
    const { violations } = await simulate(candidate);
    return violations.some((one) => one.rule === rule);
  };
  const tryOne = async (candidate: Plan) => {
    if (runs >= runsMax || !(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  for (const kind of weathers)
    if (plan.weather[kind] > 0) await tryOne({ ...best, weather: { ...best.weather, [kind]: 0 } });
  for (let size = Math.ceil(best.operations.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = best.operations.length - size; at > -size; at -= size) {
      const from = Math.max(0, at);
      const operations = [...best.operations.slice(0, from), ...best.operations.slice(at + size)];
      await tryOne({ ...best, operations });
    }
  }
  return best;
}
