/**
 * The second look at a suspect: everything it rests on is read anew (P17).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { entryOf } from "../../../../core/kube/mixed.ts";
import { configMaps, pods } from "../../../../core/kube/resources.ts";
import { home } from "../../../support/cluster-stage.ts";
import { createReconcileStage } from "../../../support/reconcile-stage.ts";

/** No agent runs on node-1: its member judges with its namespaces. */
function withoutAgent() {
  const stage = createReconcileStage();
  stage.node("node-1", { isReady: false });
  stage.ready("node-1");
  return stage;
}

describe("P17: at the second look everything is read anew", () => {
  const waits = (stage: ReturnType<typeof withoutAgent>, meanwhile: () => void) => ({
    needs: { clock: { ...stage.clock, wait: async (ms: number) => (meanwhile(), stage.clock.wait(ms)) } },
  });

  test("a namespace that stands again keeps its lease", async () => {
    const stage = withoutAgent();
    stage.leaseOf("10.0.0.1", "gone");
    const { summary } = await stage.run(waits(stage, () => stage.namespaces.set("/run/netns/gone", "101")));
    expect(summary).toMatchObject({ freed: { 1: 0 }, kept: { live: 1 } });
  });

  test("an agent that is Ready by then frees it itself", async () => {
    const stage = withoutAgent();
    stage.leaseOf("10.0.0.1", "gone");
    const { summary } = await stage.run(waits(stage, () => stage.node("node-1")));
    expect(summary).toMatchObject({ freed: { 1: 0 }, kept: { "its-agent": 1 } });
  });

  test("an agent that is going is none", async () => {
    const stage = withoutAgent();
    stage.leaseOf("10.0.0.1", "gone");
    stage.put(pods, {
      metadata: {
        name: "berth-agent-node-1",
        namespace: "berth-system",
        deletionTimestamp: "2026-11-21T22:00:00Z",
        labels: { "app.kubernetes.io/name": "berth", "app.kubernetes.io/component": "agent" },
      },
      spec: { nodeName: "node-1" },
      status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
    });
    expect((await stage.run()).summary.freed[1]).toBe(1);
  });

  test("where the mode has become mixed, the entry goes, too", async () => {
    const stage = withoutAgent();
    const lease = stage.leaseOf("10.0.0.1", "gone");
    const present = () => {
      stage.put(configMaps, { metadata: { name: "berth", namespace: home }, data: { whereabouts: "present" } });
      if (stage.entries().length === 0) stage.entry("blue-10.0.0.0-24", "10.0.0.1", entryOf(lease));
    };
    expect((await stage.run(waits(stage, present))).summary.freed[1]).toBe(1);
    expect(stage.entries()).toEqual([]);
  });

  test("5,000 suspects that nobody could free take no place of those that a rule frees", {
    timeout: 30_000,
  }, async () => {
    const stage = createReconcileStage();
    stage.ready("node-3");
    stage.pod("other", { node: "node-3" });
    for (let at = 0; at < 5_001; at += 1)
      stage.leaseOf(`10.4.${Math.floor(at / 250)}.${(at % 250) + 1}`, `waits-${at}`, { node: "node-3" });
    stage.leaseOf("10.4.200.1", "gone", { node: "node-9" });
    const { summary } = await stage.run();
    expect(summary).toMatchObject({ freed: { 2: 1 }, kept: { "no-berth": 5_001 } });
  });
});
