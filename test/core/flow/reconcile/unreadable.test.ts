/**
 * Reservations that nobody can judge: counted and told, once each, and kept.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { annotations, labels } from "../../../../core/kube/labels.ts";
import { pods, reservations } from "../../../../core/kube/resources.ts";
import { home } from "../../../support/cluster-stage.ts";
import { createReconcileStage, type ReconcileStage } from "../../../support/reconcile-stage.ts";

type Marks = { readonly labels?: { [key: string]: string }; readonly annotations?: { [key: string]: string } };

function plant(stage: ReconcileStage, name: string, marks: Marks): void {
  stage.put(reservations, { metadata: { name, namespace: home, ...marks }, spec: { podref: "default/gone" } });
}

const place = { [annotations.network]: "blue", [annotations.pool]: "10.0.0.0/24", [annotations.attempt]: "an-attempt" };
const node = (name: string) => ({ [annotations.node]: name });
const label = (name: string) => ({ [labels.node]: name });

const cases = [
  { name: "a label and no annotation that tells the node", marks: { labels: label("node-9"), annotations: place } },
  {
    name: "a label of one node and the annotation of another",
    marks: { labels: label("node-2"), annotations: { ...place, ...node("node-9") } },
  },
  { name: "the label of the own node, which two lists have,", marks: { labels: label("node-1"), annotations: place } },
  {
    name: "a label that says nothing",
    marks: { labels: label(""), annotations: { ...place, ...node("node-9") } },
  },
  {
    name: "a name that is not that of its address",
    marks: { labels: label("node-9"), annotations: { ...place, ...node("node-9"), [annotations.network]: "green" } },
  },
  { name: "no mark, and a name without an address", object: "not-an-address", marks: {} },
] as const;

describe.each([{ mode: "absent" }, { mode: "present" }])("whereabouts $mode", ({ mode }) => {
  test.each(cases)("one with $name is counted and told once, and kept", async (one) => {
    const stage = createReconcileStage();
    if (mode === "present") stage.remove({ ...pods, plural: "configmaps", kind: "ConfigMap" }, "berth", home);
    stage.pod("system");
    const name = "object" in one ? one.object : "blue-10.0.0.1";
    plant(stage, name, one.marks);
    const { summary, unreadable, told } = await stage.run();
    expect(unreadable).toEqual([name]);
    expect(summary).toMatchObject({ lookedAt: 1, reports: 1, failed: 0, kept: { unreadable: 1 } });
    expect(told).toEqual([]);
    expect(stage.standing()).toEqual([name]);
  });
});

test("a member that is not elected tells those with the label of its own node", async () => {
  const stage = createReconcileStage();
  plant(stage, "blue-10.0.0.1", { labels: label("node-1"), annotations: place });
  plant(stage, "blue-10.0.0.2", { labels: label("node-9"), annotations: place });
  expect((await stage.run({ elected: false })).unreadable).toEqual(["blue-10.0.0.1"]);
});

test("a withheld address, and two long names that share a label, can be read", async () => {
  const stage = createReconcileStage();
  stage.lease("10.0.0.1", { kind: "withheld", holder: undefined, reason: "printer" });
  stage.leaseOf("10.0.0.2", "alive", { node: `node-${"a".repeat(70)}` });
  stage.pod("alive");
  const { unreadable, summary } = await stage.run();
  expect(unreadable).toEqual([]);
  expect(summary.kept).toMatchObject({ unreadable: 0, live: 1 });
});
