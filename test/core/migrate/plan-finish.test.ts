/**
 * What `migrate finish` says that it would do: the steps that are left, and no others.
 *
 * @module
 */
import { expect, test } from "vitest";
import { configMaps } from "../../../core/kube/resources.ts";
import { judgeFinish } from "../../../core/migrate/finish.ts";
import { finishSteps } from "../../../core/migrate/plan-finish.ts";
import { clusterRoleBindings } from "../../../core/migrate/kinds.ts";
import { createStage, home, type Stage } from "../../support/cluster-stage.ts";

async function steps(stage: Stage) {
  const needs = stage.needs();
  const options = { acceptUnknownExecutables: false, removeDeadEntries: true };
  const judged = await stage.clock.until(judgeFinish(needs, options));
  if (judged.kind !== "judged") throw new Error(judged.what);
  return finishSteps(judged.sight, judged.orphans, needs.limits);
}

function setAbsent(stage: Stage, since?: number): void {
  const data = { whereabouts: "absent", ...(since === undefined ? {} : { since: new Date(since).toISOString() }) };
  stage.put(configMaps, { metadata: { name: "berth", namespace: home }, data });
}

const waitMs = 480_000;
const dead = { id: "w1", podref: "default/gone", ifname: "net1" };

test.for<{ name: string; arrange: (stage: Stage) => void; kinds: readonly string[]; ms?: number }>([
  {
    name: "where nothing was done yet: all of them",
    arrange: (stage) => void stage.held("10.0.0.5"),
    kinds: ["unbind", "set-mode", "wait", "check", "remove-entries"],
    ms: waitMs,
  },
  { name: "without entries: none to remove", arrange: () => undefined, kinds: ["unbind", "set-mode", "wait", "check"] },
  {
    name: "where somebody unbound Whereabouts: not again",
    arrange: (stage) => stage.remove(clusterRoleBindings, "whereabouts"),
    kinds: ["set-mode", "wait", "check"],
  },
  {
    name: "a minute after the mode was set: to wait for the rest",
    arrange: (stage) => setAbsent(stage, stage.clock.nowMs() - 60_000),
    kinds: ["unbind", "wait", "check"],
    ms: waitMs - 60_000,
  },
  {
    name: "when the mode was set long ago: not to wait",
    arrange: (stage) => setAbsent(stage, stage.clock.nowMs() - waitMs),
    kinds: ["unbind", "check"],
  },
  {
    name: "when a clock ahead set the mode: to wait the whole time",
    arrange: (stage) => setAbsent(stage, stage.clock.nowMs() + 60_000),
    kinds: ["unbind", "wait", "check"],
    ms: waitMs,
  },
  {
    name: "when a person set the mode by hand: to wait the whole time",
    arrange: (stage) => setAbsent(stage),
    kinds: ["unbind", "wait", "check"],
    ms: waitMs,
  },
])("$name", async ({ arrange, kinds, ms }) => {
  const stage = createStage();
  arrange(stage);
  const planned = await steps(stage);
  expect(planned.map(({ kind }) => kind)).toEqual(kinds);
  if (ms !== undefined) expect(planned).toContainEqual({ kind: "wait", ms });
});

test("entries are counted with their pools, and those of pods that are gone apart", async () => {
  const stage = createStage();
  stage.held("10.0.0.5");
  stage.entry("blue-10.0.0.0-24", "10.0.0.9", dead);
  stage.pool("10.1.0.0/24", { allocations: { 1: dead, 2: dead } });
  stage.pool("10.2.0.0/24");
  expect((await steps(stage)).at(-1)).toEqual({ kind: "remove-entries", entries: 4, pools: 2, dead: 3 });
});
