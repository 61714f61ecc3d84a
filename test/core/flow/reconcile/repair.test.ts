/**
 * What the elected member puts right at the end of its run (P15, P21), and what it leaves alone.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { pods } from "../../../../core/kube/resources.ts";
import { createReconcileStage, type ReconcileStage } from "../../../support/reconcile-stage.ts";
import { place } from "../../../support/samples.ts";

describe("what the elected member repairs", () => {
  const twin = "blue-10.0.0.0-24.10.0.0.9";

  /** What is left of a withheld address that was given back. */
  function withLeftover() {
    const stage = createReconcileStage();
    stage.lease(
      "10.0.0.9",
      { kind: "withheld", holder: undefined, reason: "printer", place: place("10.0.0.9", { overlapping: false }) },
      "blue-10.0.0.9",
    );
    return stage;
  }

  test("P21: a further reservation whose first has gone is removed, and counted", async () => {
    const stage = withLeftover();
    const { summary } = await stage.run();
    expect(summary).toMatchObject({ repaired: 1, failed: 0 });
    expect(stage.standing()).toEqual([]);
  });

  test("P21: one whose first stands is not", async () => {
    const stage = withLeftover();
    stage.lease("10.0.0.9", { kind: "withheld", holder: undefined, place: place("10.0.0.9", { pool: "" }) });
    expect((await stage.run()).summary.repaired).toBe(0);
    expect(stage.standing()).toEqual(["blue-10.0.0.9", twin].sort());
  });

  test.each([
    { name: "is lost", ready: (_stage: ReconcileStage) => undefined },
    { name: "does not answer", ready: (stage: ReconcileStage) => stage.ready("node-9", false) },
    { name: "has no agent", ready: (stage: ReconcileStage) => stage.ready("node-9") },
    {
      name: "has an agent that is not Ready",
      ready: (stage: ReconcileStage) => (stage.node("node-9", { isReady: false }), stage.ready("node-9")),
    },
  ])("P15: the label of a living lease whose node $name comes back", async ({ ready }) => {
    const stage = createReconcileStage();
    ready(stage);
    stage.pod("lives", { node: "node-9" });
    stage.leaseOf("10.0.0.1", "lives", { node: "node-9" });
    stage.unlabel("blue-10.0.0.1");
    const { summary } = await stage.run();
    expect(summary).toMatchObject({ repaired: 1, kept: { live: 1 } });
    expect(stage.labelled("node-9")).toEqual(["blue-10.0.0.1"]);
    expect((await stage.run()).summary.repaired).toBe(0);
  });

  test("P15: while an agent of that node is Ready, as a pod or as a service, the label is its to put back", async () => {
    const stage = createReconcileStage();
    stage.leaseOf("10.0.0.1", "lives", { node: "node-2" });
    stage.pod("lives", { node: "node-2" });
    stage.unlabel("blue-10.0.0.1");
    expect((await stage.run()).summary.repaired).toBe(0);
    stage.node("node-2", "none");
    stage.remove(pods, "berth-agent-node-2", "berth-system");
    stage.agentAnswers = true;
    expect((await stage.run({ own: "node-2" })).summary.repaired).toBe(0);
    expect((await stage.run({ own: "node-1" })).summary.repaired).toBe(1);
  });

  test("P12: one that changed since it was read keeps what was done to it", async () => {
    const stage = createReconcileStage();
    stage.pod("lives", { node: "node-9" });
    stage.leaseOf("10.0.0.1", "lives", { node: "node-9" });
    stage.unlabel("blue-10.0.0.1");
    const { summary } = await stage.run({
      transport: async (call, deed) => {
        if (call.verb === "patch") stage.unlabel("blue-10.0.0.1");
        return deed();
      },
    });
    expect(summary).toMatchObject({ repaired: 0, failed: 0 });
    expect(stage.labelled("node-9")).toEqual([]);
  });

  test.each([
    { name: "a dry run", options: { isDry: true } },
    { name: "a member that is not elected", options: { elected: false } },
  ])("nothing is, by $name", async ({ options }) => {
    const stage = withLeftover();
    expect((await stage.run(options)).summary.repaired).toBe(0);
    expect(stage.standing()).toEqual([twin]);
  });

  test("what cannot be done is told, and keeps nothing else", async () => {
    const stage = withLeftover();
    stage.pod("lives", { node: "node-9" });
    stage.leaseOf("10.0.0.1", "lives", { node: "node-9" });
    stage.unlabel("blue-10.0.0.1");
    const { summary, failed } = await stage.run({
      transport: async (call, deed) =>
        call.verb === "patch" ? { kind: "unknown", reason: "connection refused", mayLand: false } : deed(),
    });
    expect(failed).toEqual(["repairs: connection refused"]);
    expect(summary).toMatchObject({ repaired: 1, failed: 1 });
    expect(stage.standing()).toEqual(["blue-10.0.0.1"]);
  });
});
