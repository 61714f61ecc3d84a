/**
 * Entries that Berth never took over: which of them last, and what has become of their pods.
 *
 * @module
 */
import { expect, test } from "vitest";
import { withheldRef } from "../../../core/kube/reservation.ts";
import { reservations } from "../../../core/kube/resources.ts";
import { readLedger } from "../../../core/migrate/ledger.ts";
import { findOrphans } from "../../../core/migrate/orphans.ts";
import type { KubeApi } from "../../../core/ports/kube-api.ts";
import { attachment, holder } from "../../support/samples.ts";
import { createStage, type Stage } from "../../support/cluster-stage.ts";
import { createFakeApi } from "../../support/fake-api.ts";

const pool = "blue-10.0.0.0-24";
const entry = { id: "w1", podref: "default/old", ifname: "net1" };
const forbidden = { kind: "refused", status: 403, reason: "Forbidden", message: "not you" } as const;

async function find(stage: Stage, api: KubeApi = stage.api) {
  const needs = stage.needs(api);
  const read = await stage.clock.until(readLedger(needs, "pools"));
  if (read.kind !== "ledger") throw new Error(read.what);
  return stage.clock.until(findOrphans(needs, read.ledger));
}

async function orphans(stage: Stage, api?: KubeApi) {
  const found = await find(stage, api);
  if (found.kind !== "orphans") throw new Error(found.what);
  return found.orphans;
}

test.for([
  { name: "is there", phase: "Running", pod: "there" },
  { name: "waits for its node", phase: "Pending", pod: "there" },
  { name: "has succeeded", phase: "Succeeded", pod: "gone" },
  { name: "has failed", phase: "Failed", pod: "gone" },
  { name: "is not there", phase: undefined, pod: "gone" },
])("the entry of a pod that $name is one whose pod is $pod", async ({ phase, pod }) => {
  const stage = createStage();
  stage.entry(pool, "10.0.0.9", entry);
  if (phase !== undefined) stage.pod("old", { phase });
  expect(await orphans(stage)).toMatchObject([{ entry, pod, isFollowed: false }]);
});

test("a withheld entry without reservation is one that nobody stands for", async () => {
  const stage = createStage();
  stage.entry(pool, "10.0.0.9", { ...entry, podref: withheldRef });
  expect(await orphans(stage)).toMatchObject([{ pod: "gone" }]);
});

test.for([{ podref: "old" }, { podref: "default/" }, { podref: "/old" }])(
  "of an entry that names no pod ($podref) nothing is concluded",
  async ({ podref }) => {
    const stage = createStage();
    stage.entry(pool, "10.0.0.9", { ...entry, podref });
    expect(await orphans(stage)).toMatchObject([{ pod: "unknown" }]);
  },
);

test("of a pod that may not be read nothing is concluded", async () => {
  const stage = createStage();
  stage.entry(pool, "10.0.0.9", entry);
  const api = createFakeApi(stage.server, {
    transport: async ({ verb, resource }, deed) => (verb === "read" && resource === "pods" ? forbidden : deed()),
  });
  expect(await orphans(stage, api)).toMatchObject([{ pod: "unknown" }]);
});

test("of more than 500 such entries the pods of the others are not looked at", async () => {
  const stage = createStage();
  const allocations = Object.fromEntries(Array.from({ length: 502 }, (_, at) => [at + 1, entry]));
  stage.pool("10.8.0.0/16", { allocations });
  expect((await orphans(stage)).map(({ pod }) => pod)).toEqual([
    ...Array.from({ length: 500 }, () => "gone"),
    "unknown",
    "unknown",
  ]);
});

test("a pod for which Berth holds another address of the network is followed; one of another network is not", async () => {
  const stage = createStage();
  const pod = { namespace: "default", name: "old", uid: "uid-1" };
  stage.lease("10.0.0.5", { holder: holder({ pod }) });
  stage.entry(pool, "10.0.0.9", entry);
  stage.pool("10.1.0.0/24", { network: "red" });
  stage.entry("red-10.1.0.0-24", "10.1.0.9", entry);
  expect((await orphans(stage)).map(({ isFollowed }) => isFollowed)).toEqual([true, false]);
});

test.for<{ name: string; meanwhile: (stage: Stage) => void }>([
  {
    name: "whose reservation is just being made",
    meanwhile: (stage) =>
      stage.lease("10.0.0.9", { holder: holder({ attachment: attachment({ containerId: "w1" }) }) }),
  },
  { name: "that is just being removed", meanwhile: (stage) => stage.pool("10.0.0.0/24") },
  {
    name: "in whose place another was written",
    meanwhile: (stage) => stage.pool("10.0.0.0/24", { allocations: { 9: { ...entry, id: "w2" } } }),
  },
])("an entry $name is no orphan", async ({ meanwhile }) => {
  const stage = createStage();
  stage.entry(pool, "10.0.0.9", entry);
  void stage.clock.wait(1_000).then(() => meanwhile(stage));
  expect(await orphans(stage)).toEqual([]);
});

test("when the second look cannot be had, none is told", async () => {
  const stage = createStage();
  stage.entry(pool, "10.0.0.9", entry);
  let lists = 0;
  const api = createFakeApi(stage.server, {
    transport: async ({ verb, resource }, deed) =>
      verb === "list" && resource === reservations.plural && (lists += 1) > 1 ? forbidden : deed(),
  });
  expect(await find(stage, api)).toMatchObject({ kind: "unreachable", what: reservations.plural });
});

test("nothing is waited for where Berth has taken over every entry", async () => {
  const stage = createStage();
  stage.held("10.0.0.5");
  const before = stage.clock.nowMs();
  expect(await orphans(stage)).toEqual([]);
  expect(stage.clock.nowMs()).toBe(before);
});
