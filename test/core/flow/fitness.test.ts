/**
 * Whether the cluster can be used: believed lost only after a while when it has worked before (P2, P4).
 *
 * @module
 */
import { expect, test } from "vitest";
import { Fitness } from "../../../core/flow/fitness.ts";
import type { Mode, ModeAnswer, SettingAnswer } from "../../../core/ports/cluster.ts";
import { createKeeperStage } from "../../support/keeper-stage.ts";

const fine: SettingAnswer = { kind: "fine" };
const unfit: SettingAnswer = { kind: "unfit", reason: "cannot list ippools" };
const away = { kind: "unknown", reason: "connection refused" } as const;

async function stage() {
  const answers: { setting: SettingAnswer; mode: ModeAnswer } = {
    setting: fine,
    mode: { kind: "mode", mode: "present" },
  };
  let slowMs = 0;
  const cluster = {
    setting: async () => answers.setting,
    mode: async () => {
      if (slowMs > 0) await world.clock.wait(slowMs);
      return answers.mode;
    },
  };
  const { world, node, needs } = await createKeeperStage("absent", { cluster });
  const warned = () => node.logged.filter((line) => line.includes("may not be fit")).length;
  return { world, answers, fitness: new Fitness(needs), warned, slowDown: (ms: number) => (slowMs = ms) };
}

test("a cluster that works is fit, in the mode that it says", async () => {
  const { fitness, answers } = await stage();
  expect([fitness.mode, fitness.isOld()]).toEqual([undefined, true]);
  for (const mode of ["present", "absent"] satisfies Mode[]) {
    answers.mode = { kind: "mode", mode };
    expect(await fitness.confirm(true)).toBeUndefined();
    expect([fitness.mode, fitness.unfit, fitness.isOld()]).toEqual([mode, undefined, false]);
  }
});

test("a cluster that never worked is unfit at once", async () => {
  const { fitness, answers, warned } = await stage();
  answers.setting = unfit;
  await fitness.confirm(false);
  expect([fitness.unfit, warned()]).toEqual(["cannot list ippools", 0]);
});

test("one that worked before counts as unfit only after 10 s, and until then nothing is confirmed", async () => {
  const { world, fitness, answers, warned } = await stage();
  await fitness.confirm(true);
  const { confirmedNs } = fitness;
  answers.setting = unfit;
  fitness.doubt();
  expect(await fitness.confirm(true)).toBe("cannot list ippools");
  await world.advance(9_000);
  expect(await fitness.confirm(true)).toBe("cannot list ippools");
  expect([fitness.unfit, fitness.confirmedNs, warned()]).toEqual([undefined, confirmedNs, 2]);
  await world.advance(1_000);
  expect(await fitness.confirm(true)).toBeUndefined();
  expect([fitness.unfit, warned()]).toEqual(["cannot list ippools", 2]);
});

test("once it counts as unfit, another fault is said at once; and what is fit again has its while again", async () => {
  const { world, fitness, answers } = await stage();
  answers.setting = unfit;
  fitness.doubt();
  await fitness.confirm(false);
  answers.setting = { kind: "elsewhere", namespace: "a", other: "b" };
  await fitness.confirm(true);
  expect(fitness.unfit).toContain('"b": set --namespace to it');
  answers.setting = fine;
  await fitness.confirm(true);
  expect(fitness.unfit).toBeUndefined();
  await world.advance(60_000);
  answers.setting = unfit;
  fitness.doubt();
  expect(await fitness.confirm(true)).toBe("cannot list ippools");
  expect(fitness.unfit).toBeUndefined();
});

test("what does not answer confirms nothing: neither the setting nor the mode", async () => {
  const { world, fitness, answers } = await stage();
  await fitness.confirm(true);
  const { confirmedNs } = fitness;
  await world.advance(1_000);
  answers.setting = away;
  fitness.doubt();
  expect(await fitness.confirm(true)).toBe("connection refused");
  answers.setting = fine;
  answers.mode = away;
  expect(await fitness.confirm(true)).toBe("connection refused");
  expect([fitness.confirmedNs, fitness.mode]).toEqual([confirmedNs, "present"]);
});

test("a mode is as old as the question, not as its answer", async () => {
  const { world, fitness, slowDown } = await stage();
  slowDown(4_000);
  const askedNs = world.clock.bootNs();
  await world.until(fitness.confirm(true));
  expect(fitness.confirmedNs).toBe(askedNs);
});

test("a mode that was confirmed too long ago is old", async () => {
  const { world, fitness } = await stage();
  await fitness.confirm(true);
  await world.advance(300_000);
  expect(fitness.isOld()).toBe(false);
  await world.advance(1);
  expect(fitness.isOld()).toBe(true);
});

test("what is fit is looked at again after ten minutes, or when it came into doubt; the mode is asked each time", async () => {
  const { world, fitness, answers } = await stage();
  await fitness.confirm(true);
  answers.setting = away;
  await world.advance(599_000);
  expect(await fitness.confirm(true)).toBeUndefined();
  await world.advance(1_000);
  expect(await fitness.confirm(true)).toBe("connection refused");
  answers.setting = fine;
  expect(await fitness.confirm(true)).toBeUndefined();
  answers.setting = away;
  expect(await fitness.confirm(true)).toBeUndefined();
  fitness.doubt();
  expect(await fitness.confirm(true)).toBe("connection refused");
});
