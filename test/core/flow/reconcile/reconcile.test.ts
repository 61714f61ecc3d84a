/**
 * Runs of a reconciler over a cluster in memory: what is proven stale comes back, and nothing else.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { nodes, reservations } from "../../../../core/kube/resources.ts";
import { home } from "../../../support/cluster-stage.ts";
import { createReconcileStage } from "../../../support/reconcile-stage.ts";

/** No agent runs on node-1: its member judges with its namespaces. */
function withoutAgent() {
  const stage = createReconcileStage();
  stage.node("node-1", { isReady: false });
  stage.ready("node-1");
  return stage;
}

describe("P18 rule 1: on its own node", () => {
  test("F4: what has no pod and no namespace is freed, after a second look", async () => {
    const stage = withoutAgent();
    stage.leaseOf("10.0.0.1", "gone");
    stage.leaseOf("10.0.0.2", "alive");
    stage.pod("alive");
    const begunNs = stage.clock.bootNs();
    const { summary, told } = await stage.run();
    expect(stage.standing()).toEqual(["blue-10.0.0.2"]);
    expect(summary).toMatchObject({
      lookedAt: 2,
      freed: { 1: 1, 2: 0, 3: 0 },
      kept: { live: 1 },
      suspects: 0,
      failed: 0,
    });
    expect(told).toContain("blue-10.0.0.1 free 1: its pod does not exist; its network namespace is gone");
    expect(Number(stage.clock.bootNs() - begunNs)).toBeGreaterThanOrEqual(300e9);
  });

  test("F4: a force-deleted pod whose sandbox still runs keeps its address", async () => {
    const stage = withoutAgent();
    stage.leaseOf("10.0.0.1", "forced");
    stage.namespaces.set("/run/netns/forced", "101");
    expect((await stage.run()).told).toEqual([
      "blue-10.0.0.1 keep live: its pod does not exist, but its network namespace stands",
    ]);
  });

  test("F12: a machine that bears another one's name judges nothing by its namespaces", async () => {
    const stage = withoutAgent();
    stage.leaseOf("10.0.0.1", "gone", { bootId: "boot-of-node-1" });
    stage.put(nodes, {
      metadata: { name: "node-1" },
      status: { conditions: [{ type: "Ready", status: "False" }], nodeInfo: { bootID: "boot-of-node-1" } },
    });
    expect((await stage.run({ elected: false })).told).toEqual([
      "blue-10.0.0.1 keep evidence-missing: its pod does not exist; the node has booted since; this machine is not node-1: that one has booted at another time",
    ]);
  });

  test("a path that is another namespace by now is one that has gone", async () => {
    const stage = withoutAgent();
    stage.leaseOf("10.0.0.1", "gone");
    stage.namespaces.set("/run/netns/gone", "999");
    expect((await stage.run()).summary.freed[1]).toBe(1);
  });

  test("F11: without mount propagation nothing is proven, and nothing is freed", async () => {
    const stage = withoutAgent();
    stage.leaseOf("10.0.0.1", "gone");
    stage.propagation = "new namespaces are not seen here";
    expect((await stage.run()).told).toEqual([
      "blue-10.0.0.1 keep evidence-missing: its pod does not exist; new namespaces are not seen here",
    ]);
  });

  test("F20: while an agent is Ready here it gives back what is stale, and the member leaves it to it", async () => {
    const stage = createReconcileStage();
    stage.leaseOf("10.0.0.1", "gone");
    expect((await stage.run()).told).toEqual([
      "blue-10.0.0.1 keep its-agent: its pod does not exist; its network namespace is gone: the agent of this node gives it back",
    ]);
  });

  test("an agent that is a service, and no pod, is Ready when it answers", async () => {
    const stage = withoutAgent();
    stage.agentAnswers = true;
    stage.leaseOf("10.0.0.1", "gone");
    expect((await stage.run()).summary.kept["its-agent"]).toBe(1);
  });

  test("F5: a static pod is there under the uid that its kubelet knows", async () => {
    const stage = withoutAgent();
    stage.leaseOf("10.0.0.1", "static", { uid: "hash" });
    stage.put(
      { ...reservations, group: "", version: "v1", plural: "pods", kind: "Pod" },
      {
        metadata: {
          name: "static",
          namespace: "default",
          uid: "other",
          annotations: { "kubernetes.io/config.mirror": "hash" },
        },
        spec: { nodeName: "node-1" },
        status: { phase: "Running" },
      },
    );
    expect((await stage.run()).summary.kept.live).toBe(1);
  });

  test("a pod of the same name and another uid holds nothing of it", async () => {
    const stage = withoutAgent();
    stage.leaseOf("10.0.0.1", "web-0");
    stage.pod("web-0", { uid: "later" });
    const { told } = await stage.run();
    expect(told[0]).toMatch(/^blue-10\.0\.0\.1 free 1: its pod was replaced by one of the same name; /);
  });
});

describe("P18 rule 2: lost nodes, by the elected member", () => {
  test("a node that no longer exists, and one that is out of service", async () => {
    const stage = createReconcileStage();
    stage.leaseOf("10.0.0.1", "gone", { node: "node-9" });
    stage.leaseOf("10.0.0.2", "gone-too", { node: "node-3" });
    stage.ready("node-3", false, ["node.kubernetes.io/out-of-service"]);
    const { summary, told } = await stage.run();
    expect(stage.standing()).toEqual([]);
    expect(summary.freed[2]).toBe(2);
    expect(told).toContain("blue-10.0.0.1 free 2: its pod does not exist; node node-9 is gone");
  });

  test("a pod that Kubernetes still knows keeps its address, on a lost node too", async () => {
    const stage = createReconcileStage();
    stage.leaseOf("10.0.0.1", "bound", { node: "node-9" });
    stage.pod("bound", { node: "node-9" });
    expect((await stage.run()).told).toEqual(["blue-10.0.0.1 keep live: its pod exists"]);
  });

  test("a node that is not Ready is told of, with the command, and kept", async () => {
    const stage = createReconcileStage();
    stage.leaseOf("10.0.0.1", "gone", { node: "node-3" });
    stage.ready("node-3", false);
    const { judged, summary } = await stage.run();
    expect(judged[0]?.verdict).toMatchObject({
      kind: "report",
      because: "node-silent",
      command: expect.stringContaining("kubectl taint nodes node-3 node.kubernetes.io/out-of-service"),
    });
    expect(summary).toMatchObject({ reports: 1, kept: { "node-silent": 1 } });
    expect(stage.standing()).toEqual(["blue-10.0.0.1"]);
  });

  test("F20: a Ready node without any pod of Berth is told of after the waiting time", async () => {
    const stage = createReconcileStage();
    stage.leaseOf("10.0.0.1", "gone", { node: "node-3" });
    stage.ready("node-3");
    const { judged } = await stage.run();
    expect(judged[0]?.verdict).toMatchObject({ kind: "report", command: "berthctl release --node node-3" });
  });

  test("a node with a member of its own is left to it", async () => {
    const stage = createReconcileStage();
    stage.leaseOf("10.0.0.1", "gone", { node: "node-2" });
    expect((await stage.run()).summary).toMatchObject({ lookedAt: 1, kept: { "its-node": 1 } });
  });

  test("F4: a node that came back between the looks judges for itself", async () => {
    const stage = createReconcileStage();
    stage.leaseOf("10.0.0.1", "gone", { node: "node-3" });
    const ran = stage.run({
      needs: {
        clock: {
          ...stage.clock,
          wait: async (ms) => (stage.node("node-3"), stage.ready("node-3"), stage.clock.wait(ms)),
        },
      },
    });
    expect((await ran).summary).toMatchObject({ freed: { 2: 0 }, kept: { "its-node": 1 } });
  });
});

describe("what is missing keeps a lease", () => {
  const stages = [
    { name: "the list of nodes fails", verb: "list", resource: "nodes" },
    { name: "the second look at the node fails", verb: "read", resource: "nodes" },
    { name: "the second look at the pod fails", verb: "read", resource: "pods" },
    { name: "the second look at the reservation fails", verb: "read", resource: "overlappingrangeipreservations" },
    { name: "the leases cannot be listed", verb: "list", resource: "overlappingrangeipreservations" },
  ] as const;
  test.each(stages)("$name: it is kept, told, and the run goes on", async ({ verb, resource }) => {
    const stage = createReconcileStage();
    stage.leaseOf("10.0.0.1", "gone", { node: "node-9" });
    const { summary } = await stage.run({
      transport: async (call, deed) =>
        call.verb === verb && call.resource === resource
          ? { kind: "unknown", reason: "connection refused", mayLand: false }
          : deed(),
    });
    expect(stage.standing()).toEqual(["blue-10.0.0.1"]);
    expect(summary.freed).toEqual({ 1: 0, 2: 0, 3: 0 });
    // What failed is what a member runs again for.
    expect(summary.failed).toBeGreaterThan(0);
  });

  test("an empty list of nodes is not believed", async () => {
    const stage = createReconcileStage();
    stage.leaseOf("10.0.0.1", "gone", { node: "node-9" });
    stage.remove(
      { ...reservations, group: "", version: "v1", plural: "nodes", kind: "Node", namespaced: false },
      "node-1",
    );
    stage.remove(
      { ...reservations, group: "", version: "v1", plural: "nodes", kind: "Node", namespaced: false },
      "node-2",
    );
    expect((await stage.run()).failed).toEqual(["nodes: the list of nodes is empty, which cannot be"]);
    expect(stage.standing()).toEqual(["blue-10.0.0.1"]);
  });

  test("one lease that cannot be read again does not keep the others", async () => {
    const stage = createReconcileStage();
    stage.leaseOf("10.0.0.1", "gone-a", { node: "node-9" });
    stage.leaseOf("10.0.0.2", "gone-b", { node: "node-9" });
    const { failed } = await stage.run({
      transport: async (call, deed) =>
        call.verb === "read" && call.name === "blue-10.0.0.1"
          ? { kind: "unknown", reason: "connection refused", mayLand: false }
          : deed(),
    });
    expect(failed).toEqual(["lease blue-10.0.0.1: connection refused"]);
    expect(stage.standing()).toEqual(["blue-10.0.0.1"]);
  });
});

test("P12: a lease that changed between the looks is not touched", async () => {
  const stage = createReconcileStage();
  stage.leaseOf("10.0.0.1", "gone", { node: "node-9" });
  const change = () =>
    stage.server.patch({ resource: reservations, namespace: home, name: "blue-10.0.0.1" }, [
      { op: "add", path: "/metadata/annotations/ipam.berth.io~1since", value: "7" },
    ]);
  const wait = async (ms: number) => (change(), stage.clock.wait(ms));
  expect((await stage.run({ needs: { clock: { ...stage.clock, wait } } })).summary.overtaken).toBe(1);
  expect(stage.standing()).toEqual(["blue-10.0.0.1"]);
});

test("P12: a lease that changed after its second look is not touched: the removal is a compare-and-set", async () => {
  const stage = createReconcileStage();
  stage.leaseOf("10.0.0.1", "gone", { node: "node-9" });
  const { summary } = await stage.run({
    transport: async (call, deed) => {
      if (call.verb === "remove")
        stage.server.patch({ resource: reservations, namespace: home, name: "blue-10.0.0.1" }, [
          { op: "add", path: "/metadata/annotations/ipam.berth.io~1since", value: "7" },
        ]);
      return deed();
    },
  });
  expect(summary).toMatchObject({ overtaken: 1, freed: { 2: 0 } });
  expect(stage.standing()).toEqual(["blue-10.0.0.1"]);
});

test("a dry run looks once, changes nothing, and says which rule would free what", async () => {
  const stage = createReconcileStage();
  stage.leaseOf("10.0.0.1", "gone", { node: "node-9" });
  const begunNs = stage.clock.bootNs();
  const { judged, summary } = await stage.run({ isDry: true });
  expect(judged[0]?.verdict).toMatchObject({ kind: "suspect", rule: 2 });
  expect(summary.suspects).toBe(1);
  expect(stage.clock.bootNs()).toBe(begunNs);
  expect(stage.standing()).toEqual(["blue-10.0.0.1"]);
});

test("withheld addresses are never judged", async () => {
  const stage = createReconcileStage();
  stage.lease("10.0.0.1", { kind: "withheld", holder: undefined, reason: "printer" });
  expect((await stage.run()).summary).toMatchObject({ freed: { 1: 0, 2: 0, 3: 0 }, reports: 0 });
  expect(stage.standing()).toEqual(["blue-10.0.0.1"]);
});

test("two members that both believe to be elected free each lease once, and agree", async () => {
  const stage = createReconcileStage();
  for (let at = 1; at <= 30; at += 1) stage.leaseOf(`10.0.0.${at}`, `gone-${at}`, { node: "node-9" });
  const one = stage.run({ own: "node-1" });
  const other = stage.run({ own: "node-2" });
  const [first, second] = await Promise.all([one, other]);
  expect(stage.standing()).toEqual([]);
  expect(first.summary.freed[2] + first.summary.overtaken + second.summary.freed[2] + second.summary.overtaken).toBe(
    60,
  );
  expect(first.failed.concat(second.failed)).toEqual([]);
});
