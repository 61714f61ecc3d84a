/**
 * What happens in one simulated cluster, made from a seed: its size, its weather, and a list of operations with their
 * moments. A list can be shortened, and what is left happens as before: that is how a failing one is shrunk.
 *
 * @module
 */
import { Chance } from "./chance.ts";
import type { Deed, Operation } from "./deeds.ts";
import { drillFor } from "./drills.ts";
import { withMembers } from "./members.ts";
import type { Weather } from "./network.ts";

export type Mode = "exclusive" | "mixed";

export type Plan = {
  readonly seed: number;
  readonly mode: Mode;
  readonly nodes: number;
  /** Nodes whose plugin is Whereabouts at first. */
  readonly whereabouts: readonly number[];
  readonly weather: Weather;
  readonly operations: readonly Operation[];
  /** The definition whose pools are filled to the last address at the end; undefined: none. */
  readonly filled: number | undefined;
  /** Whether reconcilers run, and keep running when all is quiet; left out: none. */
  readonly hasMembers?: boolean;
  /** Whether the last two machines bear one node name (P14). */
  readonly isTwinned?: boolean;
};

const operationsMin = { exclusive: 12, mixed: 17 };
const operationsMax = { exclusive: 17, mixed: 24 };

/** A drill stays as short as it is: its weather is foul. */
export function planFor(seed: number, mode: Mode): Plan {
  return drillFor(seed, mode, new Chance(seed, `${mode} drill`)) ?? withMembers(plain(seed, mode));
}

function plain(seed: number, mode: Mode): Plan {
  const chance = new Chance(seed, mode === "mixed" ? "mixed plan" : "plan");
  const nodes = chance.between(3, 4);
  // Drawn apart: the other seeds stay as they are.
  const apart = new Chance(seed, "special");
  const isTwinned = mode === "exclusive" && apart.is(special);
  const isStatic = mode === "exclusive" && apart.is(special);
  const drawn = chance.pick(mode === "mixed" ? mixedMenus : menus);
  const used = isStatic ? staticsOff : drawn;
  const deeds = deedWeights(chance, mode);
  if (isTwinned) for (const kind of neverTwinned) deeds[kind] = 0;
  const operations: Operation[] = [];
  let atMs = 0;
  let pods = 0;
  for (let id = 0; id < chance.between(operationsMin[mode], operationsMax[mode]) || id < operationsMin[mode]; id += 1) {
    const kind = pods < 4 ? "pod" : chance.weighted(deeds);
    const deed = deedOf(kind, chance, { pods, nodes, used });
    // Whoever lives has seen the server's revision between the copy and its return.
    atMs += pause(chance) + (deed.kind === "restore" ? 130_000 : 0);
    if (deed.kind === "pod" || deed.kind === "forced") pods += 1;
    // Once is enough: these take long, and what they leave is not to be mixed up.
    if (["restore", "finish", "journal"].includes(kind)) deeds.restore = deeds.finish = deeds.journal = 0;
    if (kind === "finish") Object.assign(deeds, { switch: 0, reconcile: 0, back: 4 });
    if (kind === "back") deeds.back = 0;
    operations.push({ id, atMs, deed });
  }
  // The first node is always Berth's, the last begins with Whereabouts.
  const whereabouts =
    mode === "mixed"
      ? Array.from({ length: nodes }, (_, at) => at).filter((at) => at === nodes - 1 || (at > 0 && chance.is(0.4)))
      : [];
  const filled = mode === "exclusive" && chance.is(0.1) && !isTwinned ? chance.pick(used) : undefined;
  const isScarce = used.includes(scarce);
  return {
    ...(isTwinned ? { isTwinned } : {}),
    seed,
    mode,
    nodes,
    whereabouts,
    weather: weatherOf(chance, isScarce ? 2 : 1),
    operations,
    filled,
  };
}

/** Two addresses for all: whoever asks again finds what came late. Its weather is foul. */
const scarce = 8;

/** Of the seeds without a drill so many have two agents of one name, and as many static addresses in pools with overlapping ranges off. */
const special = 0.02;
/** What such a machine does not live through as well: by these it could be told from nothing. */
const neverTwinned = ["forced", "wallClock", "journal", "restore", "release"] as const;

/** Static addresses, and the pools with overlapping ranges off that contain them (P21). */
const staticsOff = [5, 6, 9];

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
  [8],
];

/** Without static addresses, whose reservations Whereabouts' reconciler removes (F41). */
const mixedMenus: readonly (readonly number[])[] = [[0], [2], [5], [3], [0, 2], [3, 4], [0, 1], [2, 5]];

type Weights = Record<Exclude<Deed["kind"], "member" | "lose" | "unlist" | "hollow" | "fog">, number>;

const often: Partial<Weights> = { pod: 30, end: 26, sandbox: 12, repeat: 6, lateDel: 4 };
const seldom: Partial<Weights> = { check: 3, kill: 8, reboot: 1, cut: 3, outage: 2, wallClock: 1, gc: 2 };
const alone: Partial<Weights> = { forced: 1, blind: 1, withhold: 2, release: 1, journal: 1, restore: 1 };
const beside: Partial<Weights> = { switch: 6, reconcile: 4, finish: 1 };
/** Takes long: only a few plans have it. */
const finishes = 0.1;

/** Some kinds of trouble are left out of each plan, others come more often. */
function deedWeights(chance: Chance, mode: Mode): Weights {
  const none = { finish: 0, back: 0, switch: 0, reconcile: 0, restore: 0, journal: 0, forced: 0 };
  const trouble = Object.entries({ ...seldom, ...(mode === "mixed" ? beside : alone) }).map(([kind, weight]) => [
    kind,
    chance.is(0.4) ? 0 : Math.round(weight * chance.between(1, 2)),
  ]);
  if (!chance.is(finishes)) trouble.push(["finish", 0]);
  return { ...none, blind: 0, withhold: 0, release: 0, ...often, ...Object.fromEntries(trouble) } as Weights;
}

function weatherOf(chance: Chance, times: number): Weather {
  const some = (most: number) => (chance.is(0.5) ? 0 : (chance.between(1, 10) / 10) * most * times);
  return { lostRequest: some(0.1), lostAnswer: some(0.15), late: some(0.1), busy: some(0.05), slow: some(0.2) };
}

/** Mostly at once or within seconds, sometimes a minute. */
function pause(chance: Chance): number {
  const kind = chance.weighted({ none: 35, short: 45, long: 20 });
  if (kind === "none") return chance.between(0, 30);
  return kind === "short" ? chance.between(30, 3_000) : chance.between(3_000, 30_000);
}

type Drawn = { readonly pods: number; readonly nodes: number; readonly used: readonly number[] };

function deedOf(kind: keyof Weights, chance: Chance, { pods, nodes, used }: Drawn): Deed {
  const node = chance.below(nodes);
  const pod = chance.below(Math.max(1, pods));
  const downMs = chance.is(0.5) ? chance.between(1, 500) : chance.between(500, 15_000);
  switch (kind) {
    case "pod": {
      const both = chance.is(0.15) && used.length > 1;
      const requested = chance.is(0.2) ? chance.between(1, 6) : 0;
      return { kind, pod: pods, node, definitions: both ? used.slice(0, 2) : [chance.pick(used)], requested };
    }
    case "forced":
      return { kind, pod, next: pods };
    case "kill":
      return { kind, node, calls: chance.below(25), downMs };
    case "reboot":
      return { kind, node, downMs: downMs + 1_000 };
    case "cut":
      return { kind, node, forMs: chance.between(500, 60_000) };
    case "blind":
      return { kind, node, forMs: chance.between(10_000, 120_000) };
    case "outage":
      return { kind, forMs: chance.between(500, 30_000) };
    case "wallClock":
      return { kind, node, byMs: chance.between(-86_400_000, 86_400_000) };
    case "switch":
      return { kind, node: chance.between(1, nodes - 1) };
    case "gc":
      return { kind, node };
    case "withhold":
      return { kind, node, definition: chance.pick(used), pick: chance.below(6), forMs: chance.between(1_000, 60_000) };
    case "journal":
      return { kind, node, ageMs: chance.between(1_000, 60_000), isLost: chance.is(0.5) };
    case "restore":
      return { kind, ageMs: chance.between(130_000, 190_000) };
    case "reconcile":
    case "finish":
    case "back":
      return { kind };
    default:
      return { kind, pod };
  }
}
