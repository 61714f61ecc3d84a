/**
 * Leases whose namespace never tells anything: their pod alone decides, once it was seen, and has been gone for a while on a node that
 * was Ready all the time (P18).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { createSweepStage, type SweepStage } from "../../support/sweep-stage.ts";
import { given } from "../../support/world.ts";

const minute = 60_000;

/** A pod whose namespaces this agent cannot see, and that a sweep has seen in the API. */
async function unseen(): Promise<SweepStage> {
  const stage = await createSweepStage();
  stage.setNode("True");
  stage.node.voidReason = "the mount does not propagate";
  await stage.pod("c1");
  await stage.sweep();
  return stage;
}

async function goneFor(stage: SweepStage, ms: number): Promise<readonly string[]> {
  stage.uproot("c1");
  stage.vanish("c1");
  await stage.sweepFor(ms);
  return stage.world.held();
}

test("F11: a missing mount propagation hides namespaces: nothing is freed by it while pods live", async () => {
  const stage = await unseen();
  stage.vanish("c1");
  await stage.sweepFor(60 * minute);
  expect(stage.world.held()).toEqual(["10.0.0.1 c1"]);
  expect(stage.doubts()).toEqual([
    "10.0.0.1: the mount does not propagate; its pod is there and may come again for it",
  ]);
});

test("is freed when its pod has been gone for five minutes, and not before", async () => {
  const stage = await unseen();
  expect(await goneFor(stage, 5 * minute - 1_000)).toEqual(["10.0.0.1 c1"]);
  stage.calls("");
  await stage.sweepFor(2_000);
  expect(stage.calls("read pods c1")).toBe(1);
  expect(stage.world.held()).toEqual([]);
  expect(stage.node.logged.join("\n")).toMatch(/Reclaiming a stale lease .*"reason":"its pod has gone"/);
});

describe("is kept for ever", () => {
  test("when its pod was never seen: nobody knows that it went", async () => {
    const stage = await createSweepStage();
    stage.setNode("True");
    stage.node.voidReason = "the mount does not propagate";
    given(await stage.world.until(stage.node.add("c1")));
    expect(await goneFor(stage, 60 * minute)).toEqual(["10.0.0.1 c1"]);
    expect(stage.doubts()).toEqual(["10.0.0.1: the mount does not propagate; its pod was never seen"]);
  });

  test("when it names no pod that could be asked after", async () => {
    const stage = await unseen();
    given(await stage.world.until(stage.node.add("c2", { pod: { namespace: "default", name: "c2", uid: undefined } })));
    await stage.sweepFor(60 * minute);
    expect(stage.world.held()).toContain("10.0.0.2 c2");
  });

  test.for([
    { name: "is not Ready", status: "False" },
    { name: "is silent", status: "Unknown" },
    { name: "does not exist", status: undefined },
  ] as const)("while its node $name: containers may run there", async ({ status }) => {
    const stage = await unseen();
    stage.setNode(status);
    expect(await goneFor(stage, 60 * minute)).toEqual(["10.0.0.1 c1"]);
    expect(stage.doubts().join()).toContain("the node is not Ready");
  });

  test.for(["read nodes", "list pods"])("while %s is not answered", async (part) => {
    const stage = await unseen();
    stage.node.link.always(part, "away");
    expect(await goneFor(stage, 60 * minute)).toEqual(["10.0.0.1 c1"]);
    expect(stage.doubts().join()).toContain("could not be asked after");
  });
});

test("F4: the five minutes begin anew when the node was not Ready meanwhile, even between two looks", async () => {
  const stage = await unseen();
  expect(await goneFor(stage, 4 * minute)).toEqual(["10.0.0.1 c1"]);
  stage.setNode("True", "T2");
  await stage.sweepFor(4 * minute + 30_000);
  expect(stage.world.held()).toEqual(["10.0.0.1 c1"]);
  await stage.sweepFor(2 * minute);
  expect(stage.world.held()).toEqual([]);
});

test("that its pod was seen outlives the agent; how long it has been gone does not", async () => {
  const stage = await unseen();
  expect(await goneFor(stage, 4 * minute)).toEqual(["10.0.0.1 c1"]);
  stage.node.kill();
  await stage.node.start();
  await stage.sweepFor(4 * minute);
  expect(stage.world.held()).toEqual(["10.0.0.1 c1"]);
  await stage.sweepFor(2 * minute);
  expect(stage.world.held()).toEqual([]);
});

test("what was seen is forgotten with the last lease that it matters to", async () => {
  const stage = await unseen();
  expect(await stage.node.journal.note("pods")).toBe("uid-c1");
  await stage.world.until(stage.node.del("c1"));
  await stage.world.advance(1_000);
  await stage.sweep();
  expect(await stage.node.journal.note("pods")).toBeFalsy();
});

test("could not be opened at ADD: the same, although the agent sees namespaces by now", async () => {
  const stage = await createSweepStage();
  stage.setNode("True");
  stage.node.wrap = (ports) => ({
    ...ports,
    namespaces: { ...ports.namespaces, look: async () => ({ kind: "unreadable", reason: "EACCES" }) },
  });
  stage.node.kill();
  await stage.node.start();
  await stage.pod("c1");
  stage.node.kill();
  stage.node.wrap = (ports) => ports;
  await stage.node.start();
  await stage.sweep();
  expect(await goneFor(stage, 4 * minute)).toEqual(["10.0.0.1 c1"]);
  await stage.sweepFor(2 * minute);
  expect(stage.world.held()).toEqual([]);
});

test("adopted from Whereabouts: its uid comes from the API, so that it counts as seen", async () => {
  const stage = await createSweepStage();
  stage.setNode("True");
  stage.world.setMode("present");
  stage.node.kill();
  stage.world.makePool("10.0.0.0/29");
  stage.world.pod("c1", "node-1");
  stage.world.writeEntry("1", { id: "wb-1", podref: "default/c1", ifname: "net1" });
  await stage.node.start();
  await stage.world.advance(1_000);
  expect(stage.world.held()).toEqual(["10.0.0.1 c1"]);
  expect(await goneFor(stage, 4 * minute)).toEqual(["10.0.0.1 c1"]);
  await stage.sweepFor(2 * minute);
  expect([stage.world.held(), stage.world.entries()]).toEqual([[], {}]);
});
