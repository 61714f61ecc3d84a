/**
 * The entries of living leases, looked at beside Whereabouts (P15): what is written anew, what is told, and what somebody else ends.
 *
 * @module
 */
import { expect, test } from "vitest";
import { EntryCheck } from "../../../core/flow/entry-check.ts";
import type { Cluster, EntrySight } from "../../../core/ports/cluster.ts";
import { newestAttempt } from "../../../core/ports/journal.ts";
import { createKeeperStage, type KeeperStage } from "../../support/keeper-stage.ts";
import { given } from "../../support/world.ts";

type Given = { sight: EntrySight | undefined; before: (stage: KeeperStage) => Promise<unknown> };

/** A lease whose entry is seen so; something happens between the look and what follows from it. */
async function stage(sight: EntrySight | undefined, cluster: Partial<Cluster> = {}) {
  const answers: Given = { sight, before: async () => undefined };
  const written: string[] = [];
  const made: KeeperStage = await createKeeperStage("present", {
    cluster: {
      entries: async () => {
        await answers.before(made);
        return answers.sight === undefined ? [] : [answers.sight];
      },
      writeEntry: async ({ attempt }) => (written.push(attempt), { kind: "done" }),
      ...cluster,
    },
  });
  given(await made.world.until(made.node.add("c1")));
  const check = new EntryCheck(made.needs, made.conflicts);
  return { ...made, answers, written, check: () => made.world.until(check.check([])) };
}

const missing: EntrySight = { kind: "missing" };
const other: EntrySight = { kind: "other", by: "pod default/wb, container wb-1" };

async function free({ node, row }: KeeperStage): Promise<void> {
  const { id } = await row();
  await node.journal.commit([{ kind: "free", id, reason: "a test", whileAttempt: newestAttempt(await row()) }]);
}

test("one that is ours is whole, and nothing is written", async () => {
  const { check, written } = await stage({ kind: "ours" });
  expect([await check(), written]).toEqual([true, []]);
});

test("one that is missing is written under the lease's attempt", async () => {
  const { check, written, row } = await stage(missing);
  expect(await check()).toBe(true);
  expect(written).toEqual([newestAttempt(await row())]);
});

test.for([
  { name: "nobody answers what it says", sight: { kind: "unknown", reason: "away" } },
  { name: "there is no answer for it", sight: undefined },
] as const)("when $name, not every lease has its entry", async ({ sight }) => {
  const { check, written } = await stage(sight);
  expect([await check(), written]).toEqual([false, []]);
});

test("when it cannot be written, not every lease has its entry", async () => {
  const { check } = await stage(missing, { writeEntry: async () => ({ kind: "unknown", reason: "away" }) });
  expect(await check()).toBe(false);
});

test("when nobody can say whether the lease lives, nothing is written, and it is looked at again", async () => {
  const made = await stage(missing, { podLives: async () => undefined });
  const row = await made.row();
  const evidence = { kind: "void", path: "", bootId: made.node.bootId, reason: "a test" } as const;
  const change = { kind: "renew", id: row.id, holder: { ...row.holder, evidence }, attempt: "next", index: 0 } as const;
  await made.node.journal.commit([change, { kind: "lease", id: row.id, version: row.version }]);
  expect([await made.check(), made.written]).toEqual([false, []]);
});

test("an ended lease's entry is not missing", async () => {
  const made = await stage(missing);
  made.node.namespaces.clear();
  expect([await made.check(), made.written]).toEqual([true, []]);
});

test("one whose lease is freed between look and write is not written", async () => {
  const made = await stage(missing);
  made.answers.before = free;
  expect([await made.check(), made.written]).toEqual([true, []]);
});

test("one whose lease is freed while it is written is taken back: its free may have passed before", async () => {
  const tidied: string[] = [];
  const made = await stage(missing, { writeEntry: async () => (await free(made), { kind: "done" }) });
  const { store } = made.needs.ports;
  Object.assign(store, { tidy: async ({ attempt }: { attempt: string }) => (tidied.push(attempt), { kind: "done" }) });
  expect(await made.check()).toBe(true);
  expect(tidied).toEqual([newestAttempt(await made.row())]);
});

test("another's is told once, and it ends when the entry is ours again", async () => {
  const made = await stage(other);
  expect(await made.check()).toBe(true);
  expect(await made.check()).toBe(true);
  expect((await made.row()).conflict).toBe("the pool's entry: pod default/wb, container wb-1");
  expect(made.world.told()).toHaveLength(1);
  made.answers.sight = { kind: "ours" };
  expect(await made.check()).toBe(true);
  expect((await made.row()).conflict).toBe("");
});

test("another's is not told of a lease that was freed meanwhile", async () => {
  const made = await stage(other);
  made.answers.before = free;
  expect(await made.check()).toBe(true);
  expect(made.world.told()).toEqual([]);
});
