/**
 * What a sweep does not believe: a read that failed, a list that cannot be (P17).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { whereaboutsConfig } from "../../support/cluster-node.ts";
import { answerWith, createSweepStage, endedStage } from "../../support/sweep-stage.ts";

const none = { freed: 0, suspects: 0 };
const suspect = { freed: 0, suspects: 1 };
const freed = { freed: 1, suspects: 0 };

const wide = { config: whereaboutsConfig({ range: "10.0.0.0/24" }) };

describe("P17: never on", () => {
  test("a failed list: nobody becomes a suspect by it, and it is asked again soon", async () => {
    const { world, node, sweep, doubts } = await endedStage();
    const back = node.link.always("list pods", "away");
    for (let looks = 0; looks < 5; looks += 1) {
      expect(await sweep()).toMatchObject({ ...none, unproven: 1 });
      expect(node.flow.reclaiming.pauseMs(60_000)).toBe(10_000);
      await world.advance(60_000);
    }
    expect(doubts()).toEqual(["10.0.0.1: namespace gone; its pod could not be asked after"]);
    back();
    expect(await sweep()).toMatchObject(suspect);
  });

  test("a failed second look", async () => {
    const { world, node, sweep } = await endedStage();
    await sweep();
    const back = node.link.always("read pods", "lost");
    for (let looks = 0; looks < 3; looks += 1) {
      await world.advance(60_000);
      expect(await sweep()).toMatchObject({ freed: 0 });
    }
    expect(world.held()).toEqual(["10.0.0.1 c1"]);
    back();
    expect(await sweep()).toMatchObject(freed);
  });

  test("an API server that does not answer holds the sweep up for three reads, not for one a lease", async () => {
    const { world, node, pod, vanish, uproot, sweep, calls } = await createSweepStage();
    const names = Array.from({ length: 40 }, (_, at) => `p${at}`);
    for (const name of names) await pod(name, wide);
    vanish(...names);
    for (const name of names) uproot(name);
    expect(await sweep()).toMatchObject({ suspects: 40 });
    await world.advance(60_000);
    node.link.always("read pods", "lost");
    calls("");
    await sweep();
    expect(calls("read pods")).toBeLessThanOrEqual(10);
  });

  test.for([
    { name: "an empty list", uids: [] },
    { name: "a list of another node", uids: ["uid-x", "uid-y"] },
  ])("$name, while a pod lives here whose namespace stands: then each is read", async ({ uids }) => {
    const stage = await createSweepStage();
    for (const name of ["c1", "c2", "c3"]) await stage.pod(name);
    stage.vanish("c1", "c3");
    stage.uproot("c3");
    await answerWith(stage, { livingPods: async () => ({ kind: "living", uids: new Set(uids) }) });
    stage.calls("");
    expect(await stage.sweep()).toMatchObject({ lookedAt: 3, ...suspect });
    expect(stage.calls("read pods")).toBe(2);
    expect(stage.doubts()).toContain("10.0.0.1: namespace gone; its pod is there and may come again for it");
    await stage.world.advance(60_000);
    expect(await stage.sweep()).toMatchObject(freed);
    await stage.world.advance(100);
    expect(stage.world.held()).toEqual(["10.0.0.1 c1", "10.0.0.2 c2"]);
  });

  test("and of a wrong list at most twenty pods are read in one sweep", async () => {
    const stage = await createSweepStage();
    const names = Array.from({ length: 30 }, (_, at) => `p${at}`);
    for (const name of names) await stage.pod(name, wide);
    stage.vanish(...names.slice(1));
    await answerWith(stage, { livingPods: async () => ({ kind: "living", uids: new Set<string>() }) });
    stage.calls("");
    await stage.sweep();
    expect(stage.calls("read pods")).toBe(20);
  });
});
