/**
 * What happens in one simulated cluster, made from a seed: its size, its weather, and a list of operations with their
 * moments. A list can be shortened, and what is left happens as before: that is how a failing one is shrunk.
 *
 * @module
 */
import { Chance } from "./chance.ts";
import { definitions } from "./definitions.ts";
import type { Weather } from "./network.ts";

export type Mode = "exclusive" | "mixed";

export type Deed =
  /** A pod comes; its kubelet tries until it has all its addresses. `requested`: the last part of an address; 0 for none. */
  | {
      readonly kind: "pod";
      readonly pod: number;
      readonly node: number;
      readonly definitions: readonly number[];
      readonly requested: number;
    }
  /** A pod goes. */
  | { readonly kind: "end"; readonly pod: number }
  /** Its sandbox is made anew, under the same uid. */
  | { readonly kind: "sandbox"; readonly pod: number }
  /** The runtime asks again for what it has. */
  | { readonly kind: "repeat"; readonly pod: number }
  /** The runtime ends the same sandbox once more, late. */
  | { readonly kind: "lateDel"; readonly pod: number }
  /** The agent dies at its port call after so many, and comes again. */
  | { readonly kind: "kill"; readonly node: number; readonly calls: number; readonly downMs: number }
  | { readonly kind: "reboot"; readonly node: number; readonly downMs: number }
  /** No way between a node and the API server. */
  | { readonly kind: "cut"; readonly node: number; readonly forMs: number }
  | { readonly kind: "outage"; readonly forMs: number }
  | { readonly kind: "wallClock"; readonly node: number; readonly byMs: number }
  | { readonly kind: "gc"; readonly node: number };

export type Operation = { readonly id: number; readonly atMs: number; readonly deed: Deed };

export type Plan = {
  readonly seed: number;
  readonly mode: Mode;
  readonly nodes: number;
  readonly weather: Weather;
  readonly operations: readonly Operation[];
};

const operationsMin = 17;
const operationsMax = 24;

export function planFor(seed: number, mode: Mode): Plan {
  const chance = new Chance(seed, "plan");
  const nodes = chance.between(3, 4);
  const used = chance.pick(menus);
  const deeds = deedWeights(chance);
  const operations: Operation[] = [];
  let atMs = 0;
  let pods = 0;
  for (let id = 0; id < chance.between(operationsMin, operationsMax) || id < operationsMin; id += 1) {
    atMs += pause(chance);
    const kind = pods < 4 ? "pod" : chance.weighted(deeds);
    const deed = deedOf(kind, chance, { pods, nodes, used });
    if (deed.kind === "pod") pods += 1;
    operations.push({ id, atMs, deed });
  }
  return { seed, mode, nodes, weather: weatherOf(chance), operations };
}

/** Which definitions are in use together. */
const menus: readonly (readonly number[])[] = [
  [0],
  [0, 1],
  [0, 2],
  [3],
  [3, 4],
  [5, 6],
  [0, 7],
  [0, 1, 2, 3, 5],
  [1, 7],
];

const often = { pod: 30, end: 26, sandbox: 12, repeat: 6, lateDel: 4 };
const seldom = { kill: 8, reboot: 1, cut: 3, outage: 2, wallClock: 1, gc: 2 };

/** Some kinds of trouble are left out of each plan, others come more often. */
function deedWeights(chance: Chance): Record<Deed["kind"], number> {
  const trouble = Object.entries(seldom).map(([kind, weight]) => [
    kind,
    chance.is(0.4) ? 0 : weight * chance.between(1, 2),
  ]);
  return { ...often, ...(Object.fromEntries(trouble) as typeof seldom) };
}

function weatherOf(chance: Chance): Weather {
  const some = (most: number) => (chance.is(0.5) ? 0 : (chance.between(1, 10) / 10) * most);
  return { lostRequest: some(0.1), lostAnswer: some(0.15), late: some(0.1), busy: some(0.05), slow: some(0.2) };
}

/** Mostly at once or within seconds, sometimes a minute. */
function pause(chance: Chance): number {
  const kind = chance.weighted({ none: 35, short: 45, long: 20 });
  if (kind === "none") return chance.between(0, 30);
  return kind === "short" ? chance.between(30, 3_000) : chance.between(3_000, 30_000);
}

function deedOf(
  kind: Deed["kind"],
  chance: Chance,
  { pods, nodes, used }: { readonly pods: number; readonly nodes: number; readonly used: readonly number[] },
): Deed {
  const node = chance.below(nodes);
  const pod = chance.below(Math.max(1, pods));
  const downMs = chance.is(0.5) ? chance.between(1, 500) : chance.between(500, 15_000);
  switch (kind) {
    case "pod": {
      const both = chance.is(0.15) && used.length > 1;
      const requested = chance.is(0.1) ? chance.between(1, 6) : 0;
      return { kind, pod: pods, node, definitions: both ? used.slice(0, 2) : [chance.pick(used)], requested };
    }
    case "kill":
      return { kind, node, calls: chance.below(25), downMs };
    case "reboot":
      return { kind, node, downMs: downMs + 1_000 };
    case "cut":
    case "outage":
      return kind === "cut"
        ? { kind, node, forMs: chance.between(500, 60_000) }
        : { kind, forMs: chance.between(500, 30_000) };
    case "wallClock":
      return { kind, node, byMs: chance.between(-86_400_000, 86_400_000) };
    case "gc":
      return { kind, node };
    default:
      return { kind, pod };
  }
}

/** For people: one operation in words. */
export function describe({ id, atMs, deed }: Operation): string {
  const { kind, ...rest } = deed;
  const names = "definitions" in deed ? ` ${deed.definitions.map((at) => definitions[at]?.name).join("+")}` : "";
  const fields = Object.entries(rest)
    .filter(([name]) => name !== "definitions")
    .map(([name, value]) => `${name} ${String(value)}`);
  return `${String(id).padStart(3)}  ${(atMs / 1000).toFixed(3).padStart(9)} s  ${kind}${names} ${fields.join(", ")}`;
}
