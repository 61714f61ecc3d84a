/**
 * What second looks share, and for how long.
 *
 * @module
 */
import { expect, test } from "vitest";
import { pods, reservations } from "../../../../core/kube/resources.ts";
import type { Transport } from "../../../support/fake-api.ts";
import { home } from "../../../support/cluster-stage.ts";
import { createReconcileStage } from "../../../support/reconcile-stage.ts";

/** Counts what is asked: `list pods`. */
function counter(): { readonly transport: Transport; readonly counts: Map<string, number> } {
  const counts = new Map<string, number>();
  return {
    counts,
    transport: async ({ verb, resource }, deed) => {
      counts.set(`${verb} ${resource}`, (counts.get(`${verb} ${resource}`) ?? 0) + 1);
      return deed();
    },
  };
}

test("fifty suspects of the own node share one question for its agent, at each look", async () => {
  const stage = createReconcileStage();
  stage.node("node-1", { isReady: false });
  stage.ready("node-1");
  stage.pod("alive");
  for (let at = 1; at <= 50; at += 1) stage.leaseOf(`10.0.0.${at}`, `gone-${at}`);
  const { transport, counts } = counter();
  const { summary } = await stage.run({ elected: false, transport });
  expect(summary.freed[1]).toBe(50);
  // The pods of the node, and those of Berth at each of both looks.
  expect(counts.get("list pods")).toBe(3);
  expect(counts.get("read nodes")).toBe(2);
});

test("an agent that became Ready meanwhile is seen: what was told two seconds ago is asked for again", async () => {
  const stage = createReconcileStage();
  stage.node("node-1", { isReady: false });
  stage.ready("node-1");
  stage.pod("alive");
  for (let at = 1; at <= 60; at += 1) stage.leaseOf(`10.0.0.${at}`, `gone-${at}`);
  let reads = 0;
  const { summary } = await stage.run({
    elected: false,
    transport: async ({ verb, resource }, deed) => {
      if (verb === "read" && resource === "overlappingrangeipreservations") {
        reads += 1;
        if (reads === 21) {
          stage.node("node-1");
          stage.ready("node-1");
          await stage.clock.wait(2_000);
        }
      }
      return deed();
    },
  });
  expect(summary.kept["its-agent"]).toBeGreaterThanOrEqual(20);
});

test("all nodes are read again when the pass takes long: one that stopped answering is seen", async () => {
  const stage = createReconcileStage();
  stage.remove({ ...pods, plural: "configmaps", kind: "ConfigMap" }, "berth", home);
  stage.pod("system");
  stage.sawAll();
  for (let at = 1; at <= 40; at += 1)
    stage.put(reservations, {
      metadata: { name: `blue-10.0.0.${at}`, namespace: home },
      spec: { podref: `default/gone-${at}`, containerid: "", ifname: "net1" },
    });
  let reads = 0;
  let pause: Promise<void> | undefined;
  const { summary } = await stage.run({
    transport: async ({ verb, resource }, deed) => {
      if (verb === "read" && resource === "overlappingrangeipreservations") {
        reads += 1;
        if (reads === 21) stage.ready("node-2", false);
        if (reads > 20) await (pause ??= stage.clock.wait(15_000));
      }
      return deed();
    },
  });
  expect(summary).toMatchObject({ freed: { 3: 20 }, kept: { "node-silent": 20 } });
});
