/**
 * The sweep of a node in a cluster: namespaces first, pods where one has gone; a suspect is looked at twice, and in doubt a lease is
 * kept (P17, P18 rule 1).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { answerWith, createSweepStage, endedStage, plantPod, type SweepStage } from "../../support/sweep-stage.ts";
import { given } from "../../support/world.ts";

const none = { freed: 0, suspects: 0 };
const suspect = { freed: 0, suspects: 1 };
const freed = { freed: 1, suspects: 0 };

describe("P17: a suspect", () => {
  test("is looked at twice, a minute apart: once in a list, and then as it is now", async () => {
    const { world, sweep, calls } = await endedStage();
    expect(await sweep()).toMatchObject(suspect);
    expect(calls("pods")).toBe(1);
    await world.advance(59_000);
    expect(await sweep()).toMatchObject(suspect);
    expect(calls("read pods")).toBe(0);
    await world.advance(1_000);
    expect(await sweep()).toMatchObject(freed);
    expect(calls("read pods c1")).toBe(1);
    await world.advance(100);
    expect(world.held()).toEqual([]);
  });

  test("is looked at when its time has come, not only at the next sweep", async () => {
    const { world, node, sweep } = await endedStage();
    await sweep();
    await world.advance(25_000);
    await sweep();
    expect(node.flow.reclaiming.pauseMs(60_000)).toBe(35_000);
    await world.advance(35_000);
    expect(await sweep()).toMatchObject(freed);
    expect(node.flow.reclaiming.pauseMs(60_000)).toBe(60_000);
  });

  test("F27: is observed on the boot clock: a wall clock that is an hour off changes nothing", async () => {
    const { world, node, sweep } = await endedStage();
    node.kill();
    let aheadMs = 0;
    node.wrap = (ports) => ({ ...ports, clock: { ...ports.clock, nowMs: () => ports.clock.nowMs() + aheadMs } });
    await node.start();
    expect(await sweep()).toMatchObject(suspect);
    aheadMs = 3_600_000;
    expect(await sweep()).toMatchObject(suspect);
    aheadMs = -3_600_000;
    await world.advance(60_000);
    expect(await sweep()).toMatchObject(freed);
  });

  test("is none any more when its pod is seen again: then it is observed anew", async () => {
    const { world, sweep, uproot } = await endedStage();
    await sweep();
    world.pod("c1", "node-1");
    expect(await sweep()).toMatchObject(none);
    uproot("c1");
    await world.advance(60_000);
    expect(await sweep()).toMatchObject(suspect);
  });

  test("is none any more when a new sandbox of its pod has the lease again", async () => {
    const { world, node, sweep, vanish } = await endedStage();
    await sweep();
    await world.advance(50_000);
    const pod = { namespace: "default", name: "c1", uid: "uid-c1" };
    expect(given(await world.until(node.add("again", { pod })))).toEqual(["10.0.0.1/29"]);
    vanish("again");
    await world.advance(30_000);
    expect(await sweep()).toMatchObject(suspect);
  });

  test("whose pod turns out to live is kept: a list may be old", async () => {
    const stage = await createSweepStage();
    await stage.pod("c1");
    stage.vanish("c1");
    await answerWith(stage, { livingPods: async () => ({ kind: "living", uids: new Set(["uid-other"]) }) });
    expect(await stage.sweep()).toMatchObject(suspect);
    await stage.world.advance(60_000);
    expect(await stage.sweep()).toMatchObject(none);
    expect(stage.world.held()).toEqual(["10.0.0.1 c1"]);
  });

  test.for<{ name: string; ends: (stage: SweepStage) => void }>([
    { name: "whose pod has succeeded", ends: ({ world }) => world.pod("c1", "node-1", "Succeeded") },
    { name: "whose pod has failed", ends: ({ world }) => world.pod("c1", "node-1", "Failed") },
    {
      name: "A6, F4: in whose place another pod of that name has come",
      ends: ({ world }) => plantPod(world, { uid: "uid-another" }),
    },
  ])("$name is freed", async ({ ends }) => {
    const stage = await endedStage();
    ends(stage);
    await stage.sweepFor(61_000);
    expect(stage.world.held()).toEqual([]);
  });

  test("F6: is every lease without a pod's uid whose namespace has gone: the name alone is nobody", async () => {
    const { world, pod, sweep, vanish, calls, ...stage } = await createSweepStage();
    await pod("c1", { pod: { namespace: "default", name: "c1", uid: undefined } });
    expect(await sweep()).toMatchObject(none);
    vanish("c1");
    calls("");
    expect(await sweep()).toMatchObject(suspect);
    expect(stage.doubts()).toEqual(["10.0.0.1: namespace gone; it names no pod"]);
    await world.advance(60_000);
    expect(await sweep()).toMatchObject(freed);
    expect(calls("pods")).toBe(0);
  });

  test("is told once, with its pod and the reason, and counted", async () => {
    const { node, sweep, doubts } = await endedStage();
    await sweep();
    await sweep();
    const told = node.logged.filter((line) => line.includes("is a suspect"));
    expect(told).toEqual([
      expect.stringMatching(/"pod":"default\/c1".*"reason":"namespace gone; its pod was not found"/),
    ]);
    expect(doubts()).toEqual(["10.0.0.1: namespace gone; its pod was not found"]);
    expect(node.gauges.get("berth_sweep_suspects")).toBe(1);
  });
});

describe("P17: a lease whose sandbox is dead while its pod lives", () => {
  test("is kept for the pod, for as long as it takes, and given to its next sandbox", async () => {
    const { world, node, pod, vanish, sweepFor, doubts } = await createSweepStage();
    await pod("c1");
    vanish("c1");
    await sweepFor(3_600_000);
    expect(doubts()).toEqual(["10.0.0.1: namespace gone; its pod is there and may come again for it"]);
    const again = { pod: { namespace: "default", name: "c1", uid: "uid-c1" } };
    expect(given(await world.until(node.add("again", again)))).toEqual(["10.0.0.1/29"]);
  });

  test("F5: also where it is a static pod, which has its uid in an annotation", async () => {
    const { world, pod, vanish, sweepFor } = await createSweepStage();
    await pod("c1", { pod: { namespace: "default", name: "c1", uid: "hash" } });
    plantPod(world, { uid: "uid-of-api", annotations: { "kubernetes.io/config.mirror": "hash" } });
    vanish("c1");
    await sweepFor(300_000);
    expect(world.held()).toEqual(["10.0.0.1 c1"]);
  });

  test("is freed at once where a later sandbox of the pod has another address and stands", async () => {
    const { world, node, pod, vanish, sweep } = await createSweepStage();
    await pod("c1");
    const again = { pod: { namespace: "default", name: "c1", uid: "uid-c1" } };
    expect(given(await world.until(node.add("again", again)))).toEqual(["10.0.0.2/29"]);
    vanish("c1");
    expect(await sweep()).toMatchObject(freed);
    await world.advance(100);
    expect([...world.standing().values()].map(({ holder }) => holder?.attachment.containerId)).toEqual(["again"]);
  });

  test("is kept where that later one has gone, too: one of them is the pod's", async () => {
    const { world, node, pod, vanish, sweepFor } = await createSweepStage();
    await pod("c1");
    const again = { pod: { namespace: "default", name: "c1", uid: "uid-c1" } };
    given(await world.until(node.add("again", again)));
    vanish("c1", "again");
    await sweepFor(300_000);
    expect(world.held()).toEqual(["10.0.0.1 c1", "10.0.0.2 c1"]);
  });
});

describe("P17, F4: that a pod has gone", () => {
  test("proves nothing while the namespace stands, however long: its containers may run", async () => {
    const { world, pod, uproot, sweepFor } = await createSweepStage();
    await pod("c1");
    uproot("c1");
    await sweepFor(3_600_000);
    expect(world.held()).toEqual(["10.0.0.1 c1"]);
  });

  test("is not even asked while every namespace stands (F35)", async () => {
    const { pod, sweepFor, calls } = await createSweepStage();
    for (const name of ["c1", "c2", "c3"]) await pod(name);
    calls("");
    await sweepFor(600_000);
    expect(calls("pods")).toBe(0);
  });
});

test("F35: one list serves a sweep, however many leases have lost their sandbox", async () => {
  const { pod, vanish, sweep, calls } = await createSweepStage();
  const names = ["c1", "c2", "c3", "c4"];
  for (const name of names) await pod(name);
  vanish(...names);
  calls("");
  expect(await sweep()).toMatchObject({ lookedAt: 4, kept: 4, ...none });
  expect(calls("pods")).toBe(1);
});

test("F12: two agents of one boot and node free nothing twice: what was given back since it was judged is left alone", async () => {
  const { world, node, sweep } = await endedStage();
  await sweep();
  await world.advance(60_000);
  // Judged, and at this moment somebody else has the address by right.
  node.link.next("remove overlapping", {
    before: () => {
      world.remove("blue-10.0.0.1");
      world.reserve("blue-10.0.0.1", "default/other");
    },
  });
  await sweep();
  await world.advance(1_000);
  expect(world.held()).toEqual(["blue-10.0.0.1 default/other"]);
});
