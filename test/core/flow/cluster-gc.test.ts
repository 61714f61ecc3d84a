/**
 * CNI GC across the cluster store: a hint (P19). What a runtime does not list is freed if its namespace has gone, and else looked at by
 * the next sweep, which frees nothing whose namespace stands.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { createCanceller } from "../../../core/flow/canceller.ts";
import { whereaboutsConfig } from "../../support/cluster-node.ts";
import { createSweepStage, type SweepStage } from "../../support/sweep-stage.ts";
import { given } from "../../support/world.ts";

type Listed = readonly { readonly containerID: string; readonly ifname: string }[];

/** @param startedNs left out: it is started now */
function gc({ world, node }: SweepStage, listed: Listed | undefined, name = "blue-net", startedNs?: bigint) {
  const valid = listed === undefined ? {} : { "cni.dev/valid-attachments": listed };
  const configText = JSON.stringify({ ...whereaboutsConfig({}, name), ...valid });
  const started = { bootId: node.bootId, bootNs: startedNs ?? node.startedNs() };
  const call = { kind: "GC", launch: { started, budgetMs: 30_000 }, configText } as const;
  return world.until(node.flow.gc(call, createCanceller().signal));
}

const only = (...names: readonly string[]): Listed => names.map((containerID) => ({ containerID, ifname: "net1" }));

async function three(): Promise<SweepStage> {
  const stage = await createSweepStage();
  for (const name of ["c1", "c2", "c3"]) await stage.pod(name);
  stage.calls("");
  return stage;
}

describe("P19: what a GC does not list", () => {
  test("is freed at once when its namespace has gone, and nobody asks after its pod", async () => {
    const stage = await three();
    stage.vanish("c1", "c2");
    expect(await gc(stage, only("c2", "c3"))).toEqual({ kind: "done", freed: 1, suspects: 0 });
    await stage.world.advance(100);
    expect(stage.world.held()).toEqual(["10.0.0.2 c2", "10.0.0.3 c3"]);
    expect(stage.calls("pods")).toBe(0);
  });

  test("F10: is kept while its namespace stands: another runtime's GC lists its own, or nothing", async () => {
    const stage = await three();
    expect(await gc(stage, [])).toEqual({ kind: "done", freed: 0, suspects: 3 });
    await stage.sweepFor(3_600_000);
    expect(stage.world.held()).toHaveLength(3);
  });

  test("is looked at by the next sweep although its namespace stands, and it is told why it is kept", async () => {
    const stage = await three();
    stage.uproot("c1");
    await gc(stage, only("c2"));
    stage.calls("");
    expect(await stage.sweep()).toMatchObject({ freed: 0, kept: 3 });
    expect(stage.calls("list pods")).toBe(1);
    expect(stage.doubts()).toEqual(["10.0.0.1: GC does not list it, but its network namespace stands"]);
    await stage.sweepFor(3_600_000);
    expect(stage.world.held()).toHaveLength(3);
    stage.vanish("c1");
    await stage.sweepFor(60_000);
    expect(stage.world.held()).toEqual(["10.0.0.2 c2", "10.0.0.3 c3"]);
  });

  test("is forgotten as a hint when its pod lives: the sweep asks for no pods any more", async () => {
    const stage = await three();
    await gc(stage, []);
    await stage.sweep();
    stage.calls("");
    await stage.sweepFor(600_000);
    expect(stage.calls("pods")).toBe(0);
    expect(stage.doubts()).toEqual([]);
  });

  test("is kept where its evidence is void, and judged by its pod", async () => {
    const stage = await three();
    stage.node.voidReason = "the mount does not propagate";
    stage.vanish("c1", "c2", "c3");
    expect(await gc(stage, [])).toEqual({ kind: "done", freed: 0, suspects: 3 });
    await stage.sweepFor(600_000);
    expect(stage.world.held()).toHaveLength(3);
  });
});

describe("P19: a GC leaves alone", () => {
  test("what is of another definition, although of the same network", async () => {
    const stage = await three();
    stage.vanish("c1", "c2", "c3");
    expect(await gc(stage, [], "green-net")).toEqual({ kind: "done", freed: 0, suspects: 0 });
    expect(stage.world.held()).toHaveLength(3);
  });

  test("what was begun after it: its list is older", async () => {
    const stage = await three();
    const before = stage.node.startedNs() - 10n;
    given(await stage.world.until(stage.node.add("c4")));
    stage.vanish("c4");
    expect(await gc(stage, only("c1", "c2", "c3"), "blue-net", before)).toEqual({
      kind: "done",
      freed: 0,
      suspects: 0,
    });
    expect(stage.world.held()).toHaveLength(4);
  });

  test("what is of an earlier boot: the sweep waits for its pod", async () => {
    const stage = await three();
    stage.node.kill();
    stage.node.namespaces.clear();
    stage.node.bootId = "boot-2";
    await stage.node.start();
    expect(await gc(stage, [])).toEqual({ kind: "done", freed: 0, suspects: 0 });
    await stage.sweepFor(300_000);
    expect(stage.world.held()).toHaveLength(3);
  });

  test("what another node has", async () => {
    const stage = await three();
    const other = await stage.world.node({ name: "node-2" });
    given(await stage.world.until(other.add("d1")));
    other.namespaces.clear();
    await gc(stage, only("c1", "c2", "c3"));
    expect(stage.world.held()).toContain("10.0.0.4 d1");
  });

  test("everything, with code 7, where the key is missing", async () => {
    const stage = await three();
    stage.vanish("c1", "c2", "c3");
    expect(await gc(stage, undefined)).toMatchObject({ kind: "failure", failure: { code: 7 } });
    await stage.world.advance(1_000);
    expect(stage.world.held()).toHaveLength(3);
  });

  test("what the store cannot give back now: it goes on by itself, and the GC has ended", async () => {
    const stage = await three();
    stage.vanish("c1");
    const back = stage.node.link.always("remove overlapping", "away");
    expect(await gc(stage, only("c2", "c3"))).toEqual({ kind: "done", freed: 1, suspects: 0 });
    await stage.world.advance(60_000);
    expect(stage.world.held()).toHaveLength(3);
    back();
    await stage.world.advance(60_000);
    expect(stage.world.held()).toEqual(["10.0.0.2 c2", "10.0.0.3 c3"]);
  });
});
