/**
 * Reconcilers in a plan: runs of members, elected or not, that may die at any call; nodes that are lost, for good or until they come
 * back under their name.
 *
 * @module
 */
import { Chance } from "./chance.ts";
import type { Deed, Operation } from "./deeds.ts";
import type { Plan } from "./plan.ts";

const share = 0.25;
/** Longer than a run: its suspects are watched for five minutes. */
const tailMs = 330_000;

/** Some plans get them; the others stay as they were. */
export function withMembers(plan: Plan): Plan {
  const chance = new Chance(plan.seed, `${plan.mode} members`);
  if (plan.mode !== "exclusive" || !chance.is(share)) return plan;
  const lastMs = plan.operations.at(-1)?.atMs ?? 0;
  const deeds: [number, Deed][] = Array.from({ length: chance.between(1, 4) }, () => [
    chance.between(0, lastMs + 60_000),
    {
      kind: "member",
      node: chance.below(plan.nodes),
      elected: chance.is(0.7),
      calls: chance.is(0.4) ? chance.below(60) : undefined,
    },
  ]);
  if (chance.is(0.5))
    deeds.push([
      chance.between(0, lastMs),
      {
        kind: "lose",
        // The first is never lost: somebody has to be left.
        node: chance.between(1, plan.nodes - 1),
        isDeleted: chance.is(0.6),
        backMs: chance.is(0.5) ? chance.between(1_000, 2 * tailMs) : undefined,
      },
    ]);
  const first = plan.operations.length;
  const added = deeds.map(([atMs, deed], at): Operation => ({ id: first + at, atMs, deed }));
  const operations = [...plan.operations, ...added].toSorted((a, b) => a.atMs - b.atMs || a.id - b.id);
  return { ...plan, operations, hasMembers: true };
}
