/**
 * Plans for what chance alone hardly ever brings together: several rare things at one moment.
 *
 * @module
 */
import type { Chance } from "./chance.ts";
import type { Deed, Operation, PodDeed } from "./deeds.ts";
import { calm, type Weather } from "./network.ts";
import type { Mode, Plan } from "./plan.ts";

type Timed = readonly [atMs: number, deed: Deed];

type Drill = { readonly weather: Weather; readonly make: (chance: Chance) => readonly Timed[] };

const share = { exclusive: 0.12, mixed: 0.06 };
const blue = 0;
const wide = 1;
/** The definition with overlapping ranges off: there Whereabouts looks at entries alone. */
const alone = 5;
/** One address of its range, and one that only one pod can have. */
const fixed = 7;
const nodes = [0, 1, 2];

/** Most seeds have none. */
export function drillFor(seed: number, mode: Mode, chance: Chance): Plan | undefined {
  if (!chance.is(share[mode])) return undefined;
  const { weather, make } = mode === "mixed" ? mixedDrill : chance.pick(exclusiveDrills);
  const operations = make(chance)
    .toSorted(([a], [b]) => a - b)
    .map(([atMs, deed], id): Operation => ({ id, atMs: Math.round(atMs), deed }));
  const whereabouts = mode === "mixed" ? [2] : [];
  return { seed, mode, nodes: nodes.length, whereabouts, weather, operations, filled: undefined };
}

const exclusiveDrills: readonly Drill[] = [
  { weather: calm, make: deadAtRestore },
  { weather: { ...calm, slow: 0.2, lostAnswer: 0.2 }, make: hastyRuntimes },
  { weather: calm, make: oldJournal },
  { weather: { ...calm, late: 0.3, lostAnswer: 0.1 }, make: cutOffClaims },
  { weather: { ...calm, late: 0.3, lostAnswer: 0.1 }, make: heldStatic },
];

const mixedDrill: Drill = { weather: calm, make: lateAgent };

/** Etcd is put back, and nodes reboot just then: what ended with them is not to be made anew (P15). */
function deadAtRestore(chance: Chance): readonly Timed[] {
  const restoreMs = 200_000;
  const pods = Array.from(
    { length: 8 },
    (_, pod): Timed => [chance.between(0, 180_000), podOn(pod, chance.below(3), chance.pick([blue, wide]))],
  );
  const ends = Array.from(
    { length: 4 },
    (): Timed => [restoreMs + chance.between(-5_000, 8_000), { kind: "end", pod: chance.below(8) }],
  );
  const reboots = [0, 1].map(
    (node): Timed => [
      restoreMs + chance.between(-8_000, 8_000),
      { kind: "reboot", node, downMs: chance.between(11_000, 16_000) },
    ],
  );
  return [...pods, ...ends, ...reboots, [restoreMs, { kind: "restore", ageMs: chance.between(130_000, 190_000) }]];
}

/** Answers are late, and runtimes do not wait for them: the DEL is done while its ADD still runs (P13). */
function hastyRuntimes(chance: Chance): readonly Timed[] {
  const pods = Array.from({ length: 10 }, (_, pod): Timed => {
    const hasteMs = chance.between(200, 3_000);
    return [chance.between(20_000, 60_000), { ...podOn(pod, chance.below(3), wide), hasteMs }];
  });
  return [...firstOf(wide), ...pods];
}

/** An old copy of a journal knows leases that others hold by now, and its node cannot look whether they live (P15). */
function oldJournal(chance: Chance): readonly Timed[] {
  const isBlind = chance.is(0.5);
  const putMs = 60_000;
  const ageMs = putMs - 20_000;
  const pods = [1, 2, 3].flatMap((requested, at): readonly Timed[] => [
    [chance.between(1_000, 15_000), { ...podOn(at, 0, blue), requested }],
    [chance.between(21_000, 24_000), { kind: "end", pod: at }],
    [chance.between(34_000, 50_000), { ...podOn(at + 3, chance.between(1, 2), blue), requested }],
    [
      chance.between(putMs, putMs + 120_000),
      isBlind ? { kind: "check", pod: at + 3 } : { kind: "repeat", pod: at + 3 },
    ],
  ]);
  const blind: readonly Timed[] = isBlind ? [[putMs - 1_000, { kind: "blind", node: 0, forMs: 90_000 }]] : [];
  return [...pods, ...blind, [putMs, { kind: "journal", node: 0, ageMs, isLost: false }]];
}

/** Nodes are cut off while they claim, some of them just one address: who asks again finds what came late (P9). */
function cutOffClaims(chance: Chance): readonly Timed[] {
  const pods = nodes.flatMap((node): readonly Timed[] => {
    const cutMs = chance.between(20_000, 30_000);
    const at = () => cutMs + chance.between(-100, 100);
    const two: readonly Timed[] = [
      [at(), { ...podOn(2 * node, node, blue), requested: 2 * node + 1 }],
      [at(), { ...podOn(2 * node + 1, node, wide), again: 3 }],
    ];
    return [...two, [cutMs, { kind: "cut", node, forMs: chance.between(27_000, 45_000) }]];
  });
  // The weather lasts as long as the plan.
  return [...firstOf(blue), ...firstOf(wide), ...pods, [130_000, { kind: "check", pod: 0 }]];
}

/**
 * One of two addresses is held for a while, until after the agents have swept: what an ADD took beside it goes back, and stays
 * back (P10, P14).
 */
function heldStatic(chance: Chance): readonly Timed[] {
  const holder: readonly Timed[] = [
    [0, podOn(0, 0, fixed)],
    [chance.between(61_000, 70_000), { kind: "end", pod: 0 }],
  ];
  const others = nodes.map((node): Timed => {
    return [chance.between(40_000, 56_000), { ...podOn(1 + node, node, fixed), again: 12 }];
  });
  return [...holder, ...others, [180_000, { kind: "check", pod: 1 }]];
}

/** So that every node has its leases on record, and knows the pool. */
function firstOf(definition: number): readonly Timed[] {
  return nodes.flatMap((node): readonly Timed[] => [
    [100 + 1_000 * node, podOn(10 * (definition + 1) + node, node, definition)],
    [10_000, { kind: "end", pod: 10 * (definition + 1) + node }],
  ]);
}

/**
 * The cluster becomes exclusive and mixed again; one agent is cut off meanwhile, and comes back to find that Whereabouts runs
 * (P4, P22).
 */
function lateAgent(chance: Chance): readonly Timed[] {
  const backMs = 800_000;
  // Whereabouts may run from here on.
  const mixedMs = backMs + 480_000;
  const foundMs = mixedMs + chance.between(30_000, 60_000);
  const first = [0, 1, 2].map((pod): Timed => [chance.between(0, 20_000), podOn(pod, pod, alone)]);
  const besides = [3, 4, 5].map((pod): Timed => [mixedMs + chance.between(2_000, 12_000), podOn(pod, 2, alone)]);
  const late = [6, 7].map((pod): Timed => [foundMs - chance.between(500, 9_000), podOn(pod, 0, alone)]);
  const cutMs = backMs - chance.between(1_000, 20_000);
  return [
    ...first,
    // What it holds would keep the cluster from going back.
    [300_000, { kind: "end", pod: 0 }],
    [30_000, { kind: "finish" }],
    [backMs, { kind: "back" }],
    [cutMs, { kind: "cut", node: 0, forMs: foundMs - cutMs }],
    [mixedMs + 1_000, { kind: "switch", node: 2 }],
    ...besides,
    ...late,
  ];
}

function podOn(pod: number, node: number, definition: number): PodDeed {
  return { kind: "pod", pod, node, definitions: [definition], requested: 0 };
}
