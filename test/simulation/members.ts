/**
 * Reconcilers in a plan: runs of members, elected or not, that may die at any call; and the stories in which they could take an
 * address from whoever lives in it.
 *
 * @module
 */
import { Chance } from "./chance.ts";
import type { Deed, Operation } from "./deeds.ts";
import type { Plan } from "./plan.ts";

const share = 0.25;
/** A run that has suspects takes as long, ms: they are looked at twice. */
const runMs = 300_000;
const tailMs = runMs + 30_000;

type Timed = readonly [atMs: number, deed: Deed];

type Story = (plan: Plan, chance: Chance) => readonly Timed[];

const stories: readonly Story[] = [anyRuns, lostNode, withoutAgent, unlisted, hollow, deaf, racing];

/**
 * Where its controllers free what they think is stale, too. No ends by force: of what Whereabouts gave nothing is proven, and an agent
 * believes that a Ready node's kubelet ends what Kubernetes has forgotten (P18); here it does not.
 */
const besideWhereabouts: readonly Story[] = [anyRuns];

/** Some plans get them; the others stay as they were. */
export function withMembers(plan: Plan): Plan {
  const chance = new Chance(plan.seed, `${plan.mode} members`);
  if (plan.isTwinned === true || !chance.is(share)) return plan;
  const deeds = chance.pick(plan.mode === "mixed" ? besideWhereabouts : stories)(plan, chance);
  // With void evidence an agent believes that a Ready node's kubelet ends what Kubernetes has forgotten (P18): here it does not.
  const kinds = new Set([...plan.operations.map(({ deed }) => deed.kind), ...deeds.map(([, deed]) => deed.kind)]);
  if (kinds.has("blind") && kinds.has("forced")) return plan;
  const first = plan.operations.length;
  const added = deeds.map(([atMs, deed], at): Operation => ({ id: first + at, atMs: Math.round(atMs), deed }));
  const operations = [...plan.operations, ...added].toSorted((a, b) => a.atMs - b.atMs || a.id - b.id);
  return { ...plan, operations, hasMembers: true };
}

function lastMs({ operations }: Plan): number {
  return operations.at(-1)?.atMs ?? 0;
}

function memberOn(node: number, chance: Chance): Deed {
  return { kind: "member", node, elected: chance.is(0.7), calls: chance.is(0.4) ? chance.below(60) : undefined };
}

function anyRuns(plan: Plan, chance: Chance): readonly Timed[] {
  return Array.from({ length: chance.between(1, 4) }, () => [
    chance.between(0, lastMs(plan) + 60_000),
    memberOn(chance.below(plan.nodes), chance),
  ]);
}

/** For good, or until it comes back under its name. The first is never lost: somebody has to be left. */
function lostNode(plan: Plan, chance: Chance): readonly Timed[] {
  const node = chance.between(1, plan.nodes - 1);
  const backMs = chance.is(0.5) ? chance.between(1_000, 2 * tailMs) : undefined;
  return [
    ...anyRuns(plan, chance),
    [chance.between(0, lastMs(plan)), { kind: "lose", node, isDeleted: chance.is(0.6), backMs }],
  ];
}

/** Nobody but the member looks after the node, and pods go by force while their containers run (F4, F20). */
function withoutAgent(plan: Plan, chance: Chance): readonly Timed[] {
  const node = chance.below(plan.nodes);
  const killMs = lastMs(plan) + 2_000;
  const runs = [0, 1].map((): Timed => [killMs + chance.between(15_000, 25_000), memberOn(node, chance)]);
  return [
    [killMs, { kind: "kill", node, calls: 0, downMs: tailMs + 60_000 }],
    ...forcedOn(plan, node, killMs + chance.between(-1_000, 12_000)),
    ...runs,
    [killMs + tailMs + 50_000, memberOn(0, chance)],
  ];
}

/** The Node's object goes while the machine lives; pods that Kubernetes still knows keep it, and a short while is no proof. */
function unlisted(plan: Plan, chance: Chance): readonly Timed[] {
  const node = chance.between(1, plan.nodes - 1);
  const fromMs = lastMs(plan) + 2_000;
  const hasForced = chance.is(0.5) || plan.operations.some(({ deed }) => deed.kind === "forced");
  const forMs = hasForced ? chance.between(20_000, runMs - 20_000) : tailMs + 30_000;
  const runs = [0, 1, 2].map((): Timed => [fromMs + chance.between(1_000, 15_000), memberOn(0, chance)]);
  const created = [0, 1].map((at): Timed => {
    const pod = { kind: "pod", pod: 2_000 + at, node, definitions: usedBy(plan), requested: 0 } as const;
    return [fromMs + chance.between(1_000, 15_000), pod];
  });
  return [
    [fromMs, { kind: "unlist", node, forMs }],
    ...(hasForced ? forcedOn(plan, node, fromMs + chance.between(-500, 10_000)) : created),
    ...runs,
    [fromMs + tailMs + 20_000, memberOn(0, chance)],
  ];
}

/** Lists of nodes and of pods come back empty, as from a server that has just begun, or through a proxy. */
function hollow(plan: Plan, chance: Chance): readonly Timed[] {
  const node = chance.between(1, plan.nodes - 1);
  const fromMs = lastMs(plan) + 2_000;
  const forMs = chance.is(0.5) ? tailMs + 20_000 : chance.between(1_000, runMs);
  const runs = [0, 1].map((): Timed => [fromMs + chance.between(1_000, 15_000), memberOn(0, chance)]);
  return [
    [fromMs, { kind: "hollow", forMs, isDeaf: false }],
    ...forcedOn(plan, node, fromMs + chance.between(-500, 500)),
    ...runs,
    [fromMs + tailMs + 20_000, memberOn(0, chance)],
  ];
}

/** The Node's object is gone, its pods are not, and nobody answers when they are asked for. */
function deaf(plan: Plan, chance: Chance): readonly Timed[] {
  const node = chance.between(1, plan.nodes - 1);
  const fromMs = lastMs(plan) + 2_000;
  const runs = [0, 1].map((): Timed => [fromMs + chance.between(1_000, 15_000), memberOn(0, chance)]);
  return [
    [fromMs, { kind: "unlist", node, forMs: tailMs + 30_000 }],
    [fromMs + 500, { kind: "hollow", forMs: tailMs + 20_000, isDeaf: true }],
    ...runs,
    [fromMs + tailMs + 20_000, memberOn(0, chance)],
  ];
}

/** Members free what a lost node held, all at once and late, while others ask for the very addresses. */
function racing(plan: Plan, chance: Chance): readonly Timed[] {
  const node = chance.between(1, plan.nodes - 1);
  const loseMs = lastMs(plan) + 22_000;
  const pods = Array.from({ length: 12 }, (_, at): Timed => {
    const asked = {
      pod: 3_000 + at,
      node: at % plan.nodes === node ? node - 1 : at % plan.nodes,
      definitions: usedBy(plan),
      requested: 0,
    };
    return [loseMs + runMs + chance.between(500, 25_000), { kind: "pod", ...asked }];
  });
  const runs = Array.from({ length: 3 }, (_, at): Timed => {
    const deed = { kind: "member", node: at === node ? 0 : at, elected: true, calls: undefined } as const;
    return [loseMs + chance.between(100, 4_000), deed];
  });
  const lost = [0, 1, 2].map((at): Timed => {
    const asked = { pod: 2_500 + at, node, definitions: usedBy(plan), requested: 0 };
    return [loseMs - 20_000 + at, { kind: "pod", ...asked }];
  });
  const fog: Timed = [loseMs + runMs - 1_000, { kind: "fog", forMs: 30_000 }];
  return [...lost, fog, [loseMs, { kind: "lose", node, isDeleted: true, backMs: undefined }], ...runs, ...pods];
}

/** The last pods that came to it. */
function forcedOn(plan: Plan, node: number, atMs: number): readonly Timed[] {
  const there = plan.operations.flatMap(({ deed }) => (deed.kind === "pod" && deed.node === node ? [deed.pod] : []));
  return there.slice(-3).map((pod, at): Timed => [atMs + at, { kind: "forced", pod, next: 1_000 + at }]);
}

function usedBy({ operations }: Plan): readonly number[] {
  const used = operations.flatMap(({ deed }) => (deed.kind === "pod" ? [deed.definitions] : []));
  return used.at(-1) ?? [0];
}
