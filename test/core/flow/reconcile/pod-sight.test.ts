/**
 * A lease without its pod's uid: a pod of that name may be its own, or a later one (P17).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { podSight } from "../../../../core/flow/reconcile/pod-sight.ts";
import { createReconcileStage, type ReconcileStage } from "../../../support/reconcile-stage.ts";

const running = { namespace: "default", name: "web-0", uid: "1", mirror: "", phase: "running" } as const;

test.each([
  { name: "its uid", uid: "1", found: running, sight: { kind: "lives" } },
  { name: "another uid", uid: "2", found: running, sight: { kind: "gone", why: "another uid" } },
  { name: "the uid of its mirror", uid: "2", found: { ...running, mirror: "2" }, sight: { kind: "lives" } },
  { name: "no uid in the lease", uid: undefined, found: running, sight: { kind: "lives", isByName: true } },
  {
    name: "no uid in the lease, Pending",
    uid: undefined,
    found: { ...running, phase: "pending" as const },
    sight: { kind: "pending", isByName: true },
  },
  {
    name: "no uid in the lease, ended",
    uid: undefined,
    found: { ...running, phase: "ended" as const },
    sight: { kind: "gone", why: "ended" },
  },
])("a pod of that name with $name", ({ uid, found, sight }) => {
  expect(podSight({ namespace: "default", name: "web-0", uid }, found)).toEqual(sight);
});

describe("P17: a lease without pod uid, while a pod of that name exists", () => {
  /** No agent on node-1; the lease of web-0 on `node`, and a pod of that name. */
  function withNamesake(node: string): ReconcileStage {
    const stage = createReconcileStage();
    stage.node("node-1", { isReady: false });
    stage.ready("node-1");
    stage.leaseOf("10.0.0.1", "web-0", { node, uid: undefined });
    stage.pod("web-0", { node });
    return stage;
  }

  test("is a suspect on its own node, once its namespace is proven gone: nobody gets it again by name", async () => {
    const stage = withNamesake("node-1");
    const { told } = await stage.run();
    expect(told).toEqual(["blue-10.0.0.1 free 1: it names its pod without a uid; its network namespace is gone"]);
    expect(stage.standing()).toEqual([]);
  });

  test("is kept on its own node while its namespace stands, or nothing proves that it has gone", async () => {
    const stage = withNamesake("node-1");
    stage.namespaces.set("/run/netns/web-0", "101");
    expect((await stage.run()).told).toEqual(["blue-10.0.0.1 keep live: its pod exists"]);
    stage.namespaces.clear();
    stage.propagation = "new namespaces are not seen here";
    expect((await stage.run()).told).toEqual(["blue-10.0.0.1 keep live: its pod exists"]);
  });

  test("is left to the agent of its node while that is Ready", async () => {
    const stage = withNamesake("node-1");
    stage.agentAnswers = true;
    expect((await stage.run()).summary.kept["its-agent"]).toBe(1);
  });

  test("is kept on a lost node: the pod may be its own", async () => {
    const stage = withNamesake("node-9");
    expect((await stage.run()).told).toEqual(["blue-10.0.0.1 keep live: its pod exists"]);
    stage.pod("web-0", { node: "node-2", phase: "Pending" });
    expect((await stage.run()).told).toEqual(["blue-10.0.0.1 keep pending: its pod exists and has not run yet"]);
  });

  test("is freed on a lost node when no pod of that name exists", async () => {
    const stage = createReconcileStage();
    stage.leaseOf("10.0.0.1", "web-0", { node: "node-9", uid: undefined });
    expect((await stage.run()).summary.freed[2]).toBe(1);
  });
});
