/**
 * A plan as the options that make it again: what is left of its seed's operations and weather.
 *
 * @module
 */
import type { Mode, Plan } from "./plan.ts";
import { planFor } from "./plan.ts";
import { type Weather, weathers } from "./network.ts";

export type Replay = {
  readonly seed: number;
  readonly mode: Mode;
  /** Ids of the operations that are left; undefined: all. */
  readonly keep: readonly number[] | undefined;
  /** Kinds of weather that are left out. */
  readonly without: readonly (keyof Weather)[];
};

export function planOf({ seed, mode, keep, without }: Replay): Plan {
  const plan = planFor(seed, mode);
  const weather = { ...plan.weather, ...Object.fromEntries(without.map((kind) => [kind, 0])) };
  const operations = keep === undefined ? plan.operations : plan.operations.filter(({ id }) => keep.includes(id));
  return { ...plan, weather, operations };
}

/** The command that runs this plan again. */
export function commandFor(plan: Plan): string {
  const whole = planFor(plan.seed, plan.mode);
  const without = weathers.filter((kind) => whole.weather[kind] > 0 && plan.weather[kind] === 0);
  const isWhole = plan.operations.length === whole.operations.length;
  return [
    `npm run simulate -- --mode ${plan.mode} --seed ${plan.seed}`,
    ...(isWhole ? [] : [`--keep ${plan.operations.map(({ id }) => id).join(",")}`]),
    ...(without.length === 0 ? [] : [`--without ${without.join(",")}`]),
  ].join(" ");
}
