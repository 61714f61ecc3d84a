/**
 * Plans for what chance alone hardly ever brings together: several rare things at one moment.
 *
 * @module
 */
import type { Chance } from "./chance.ts";
import type { Deed, Operation } from "./deeds.ts";
import { calm } from "./network.ts";
import type { Mode, Plan } from "./plan.ts";

/** The definition with overlapping ranges off: there Whereabouts looks at entries alone. */
const alone = 5;
const share = 0.06;

/** Most seeds have none. */
export function drillFor(seed: number, mode: Mode, chance: Chance): Plan | undefined {
  if (!chance.is(share)) return undefined;
  const nodes = 3;
  const [deeds, weather] = mode === "mixed" ? [lateAgent(chance), calm] : [deadAtRestore(chance), calm];
  const operations = deeds
    .toSorted(([a], [b]) => a - b)
    .map(([atMs, deed], id): Operation => ({ id, atMs: Math.round(atMs), deed }));
  return { seed, mode, nodes, whereabouts: mode === "mixed" ? [2] : [], weather, operations, filled: undefined };
}

type Timed = readonly [atMs: number, deed: Deed];

/** Etcd is put back, and nodes reboot just then: what ended with them is not to be made anew (P15). */
function deadAtRestore(chance: Chance): readonly Timed[] {
  const restoreMs = 200_000;
  const used = [0, 1];
  const pods = Array.from(
    { length: 8 },
    (_, pod): Timed => [chance.between(0, 180_000), podOn(pod, chance.below(3), chance.pick(used))],
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

function podOn(pod: number, node: number, definition: number): Deed {
  return { kind: "pod", pod, node, definitions: [definition], requested: 0 };
}
