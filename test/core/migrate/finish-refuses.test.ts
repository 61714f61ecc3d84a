/**
 * What stands in the way of `migrate finish`, over an API server in memory.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { configMaps, pods, pools } from "../../../core/kube/resources.ts";
import { cronJobs, deployments } from "../../../core/migrate/kinds.ts";
import { finish } from "../../../core/migrate/finish.ts";
import type { FinishOptions } from "../../../core/migrate/plan-finish.ts";
import { usual } from "../../support/changing-over.ts";
import {
  createStage,
  daemonSet,
  home,
  renewedLease,
  sliceFor,
  type Stage,
  watched,
} from "../../support/cluster-stage.ts";

function run(stage: Stage, options: Partial<FinishOptions> = {}, watch = watched()) {
  return stage.clock.until(finish(stage.needs(), { ...usual, ...options }, watch));
}

const whereaboutsEntry = { id: "w1", podref: "default/old", ifname: "net1" };

describe("migrate finish refuses", () => {
  const cases: readonly {
    name: string;
    arrange: (stage: Stage) => void;
    says: string;
    options?: Partial<FinishOptions>;
  }[] = [
    {
      name: "while Whereabouts' DaemonSet is there",
      arrange: daemonSet,
      says: "DaemonSet kube-system/whereabouts of Whereabouts exists",
    },
    {
      name: "while its reconciler is there, whatever it is called",
      arrange: ({ put }) =>
        put(deployments, {
          metadata: { name: "ip-reconciler", namespace: home },
          spec: { template: { spec: { containers: [{ name: "main", image: "registry:5000/whereabouts@sha256:1" }] } } },
        }),
      says: "Deployment kube-system/ip-reconciler of Whereabouts exists",
    },
    {
      name: "while a CronJob of it is there",
      arrange: ({ put }) =>
        put(cronJobs, {
          metadata: { name: "ip-reconciler", namespace: "multus" },
          spec: {
            jobTemplate: { spec: { template: { spec: { containers: [{ name: "whereabouts", image: "a/b" }] } } } },
          },
        }),
      says: "CronJob multus/ip-reconciler of Whereabouts exists",
    },
    {
      name: "while a pod of it is left",
      arrange: ({ put }) =>
        put(pods, { metadata: { name: "whereabouts-x1", namespace: home }, spec: {}, status: { phase: "Running" } }),
      says: "Pod kube-system/whereabouts-x1 of Whereabouts exists",
    },
    {
      name: "while its Lease was renewed within the hour",
      arrange: (stage) => renewedLease(stage, 59),
      says: "Lease kube-system/whereabouts was renewed 59 min ago: a node still gives addresses by Whereabouts",
    },
    {
      name: "while its Lease was renewed in a future that clocks cannot agree on",
      arrange: (stage) => renewedLease(stage, -120),
      says: "Lease kube-system/whereabouts was renewed 0 min ago: a node still gives addresses by Whereabouts",
    },
    {
      name: "while a node has no agent",
      arrange: ({ node }) => node("node-3", "none"),
      says: "no agent of Berth runs as a pod on 1 node, as on others: node-3",
    },
    {
      name: "while an agent is not Ready",
      arrange: ({ node }) => node("node-3", { isReady: false }),
      says: "no Ready agent of Berth on 1 node: node-3",
    },
    {
      name: "while an agent tells of a foreign executable",
      arrange: ({ node }) => node("node-3", { foreign: "/opt/cni/bin/whereabouts" }),
      says: "node node-3 still has Whereabouts' executable: /opt/cni/bin/whereabouts",
      options: { acceptUnknownExecutables: true },
    },
    {
      name: "while nobody told of executables",
      arrange: ({ node }) => node("node-3", { foreign: undefined }),
      says: "nobody told whether Whereabouts' executable is still on 1 node: node-3",
    },
    {
      name: "while eleven nodes have no agent: ten are named",
      arrange: ({ node }) => {
        for (let at = 10; at <= 20; at += 1) node(`n${at}`, "none");
      },
      says: "no agent of Berth runs as a pod on 11 nodes, as on others: n10, n11, n12, n13, n14, n15, n16, n17, n18, n19 and 1 more",
    },
    {
      name: "while an entry names no pod that could be looked at",
      arrange: (stage) => stage.entry("blue-10.0.0.0-24", "10.0.0.9", { ...whereaboutsEntry, podref: "old" }),
      says: "entry 10.0.0.9 of IPPool kube-system/blue-10.0.0.0-24 (pod old) is not taken over by Berth, and its pod could not be looked at",
      options: { removeDeadEntries: true },
    },
    {
      name: "while a pool could be a slice of either of two nodes",
      arrange: (stage) => {
        sliceFor(stage, ["a-n1", "n1"]);
        stage.pool("10.0.0.0/28", { name: "blue-a-n1-10.0.0.0-28" });
      },
      says: "IPPool kube-system/blue-a-n1-10.0.0.0-28 fits the names of several nodes' slices: nobody can tell whose it is",
    },
    {
      name: "while an entry is not taken over",
      arrange: (stage) => {
        stage.entry("blue-10.0.0.0-24", "10.0.0.9", whereaboutsEntry);
        stage.pod("old");
      },
      says: "entry 10.0.0.9 of IPPool kube-system/blue-10.0.0.0-24 (pod default/old) is not taken over by Berth, and its pod is there",
      options: { removeDeadEntries: true },
    },
    {
      name: "while an entry has another container than its reservation",
      arrange: (stage) => {
        stage.lease("10.0.0.9");
        stage.entry("blue-10.0.0.0-24", "10.0.0.9", whereaboutsEntry);
        stage.pod("old");
      },
      says: "entry 10.0.0.9 of IPPool kube-system/blue-10.0.0.0-24 (pod default/old) is not taken over by Berth, and its pod is there",
    },
    {
      name: "while an entry is of a pod that is gone",
      arrange: (stage) => stage.entry("blue-10.0.0.0-24", "10.0.0.9", whereaboutsEntry),
      says: "entry 10.0.0.9 of IPPool kube-system/blue-10.0.0.0-24 (pod default/old) is of a pod that is gone",
    },
    {
      name: "while a pool cannot be read",
      arrange: ({ pool }) => pool("nonsense", { name: "blue-x" }),
      says: 'IPPool kube-system/blue-x cannot be read: expected a range in spec.range, found "nonsense"',
    },
    {
      name: "while an entry cannot be read",
      arrange: ({ pool }) => pool("10.1.0.0/24", { allocations: { "07": whereaboutsEntry } }),
      says: 'IPPool kube-system/blue-10.1.0.0-24 has an entry that cannot be read: "07" (its key is no plain decimal number)',
    },
    {
      name: "while a node's slice has entries in a network with overlapping ranges off, where nobody would see them",
      arrange: (stage) => {
        const marks = { "ipam.berth.io/network": "red", "ipam.berth.io/overlapping": "false" };
        stage.put(pools, {
          metadata: { name: "red-10.2.0.0-24", namespace: home, annotations: marks },
          spec: { range: "10.2.0.0/24", allocations: {} },
        });
        sliceFor(stage, ["node-1"], { network: "red", range: "10.2.0.0/24", sliceRange: "10.2.0.0/28" });
        stage.pool("10.2.0.0/28", { name: "red-node-1-10.2.0.0-28", allocations: { 5: whereaboutsEntry } });
      },
      says: "IPPool kube-system/red-node-1-10.2.0.0-28 is a node's slice with entries, in a network with overlapping ranges off: alone, Berth could not see them",
      options: { removeDeadEntries: true },
    },
    {
      name: "while another namespace has pools",
      arrange: ({ pool }) => pool("10.1.0.0/24", { namespace: "openshift-multus" }),
      says: "namespace openshift-multus has pools, too: two namespaces exclude nothing from each other",
    },
    {
      name: "while the saved bindings cannot be read",
      arrange: ({ put }) => put(configMaps, { metadata: { name: "berth", namespace: home }, data: { unbound: "[{" } }),
      says: "the saved bindings in ConfigMap kube-system/berth (key unbound) cannot be read",
    },
  ];

  test.for(cases)("$name", async ({ arrange, says, options }) => {
    const stage = createStage();
    arrange(stage);
    const revision = stage.server.revision();
    const ended = await run(stage, options);
    expect(ended).toMatchObject({ kind: "refused", reasons: [{ text: says }] });
    expect(stage.server.revision(), "nothing was written").toBe(revision);
  });

  test("with all reasons at once, each with what to run", async () => {
    const stage = createStage();
    for (const one of cases.slice(0, 6)) one.arrange(stage);
    const ended = await run(stage);
    if (ended.kind !== "refused") throw new Error(ended.kind);
    expect(ended.reasons.map(({ text }) => text)).toEqual(
      expect.arrayContaining(cases.slice(0, 4).map(({ says }) => says)),
    );
    expect(ended.reasons.every(({ run: next }) => next !== "")).toBe(true);
  });

  test("while more than ten nodes have a foreign executable: ten are named, each by itself, and the others counted", async () => {
    const stage = createStage();
    for (let at = 10; at <= 21; at += 1) stage.node(`n${at}`, { foreign: "/opt/cni/bin/whereabouts" });
    const ended = await run(stage);
    if (ended.kind !== "refused") throw new Error(ended.kind);
    expect(ended.reasons).toHaveLength(11);
    expect(ended.reasons[9]?.run).toContain("replace it on n19");
    expect(ended.reasons.at(-1)?.text).toBe("and 2 more: node with such an executable");
  });

  test("with so many, that ten of a kind are named and the others counted", async () => {
    const stage = createStage();
    for (let at = 1; at <= 12; at += 1) stage.entry("blue-10.0.0.0-24", `10.0.0.${at}`, whereaboutsEntry);
    const ended = await run(stage);
    if (ended.kind !== "refused") throw new Error(ended.kind);
    expect(ended.reasons).toHaveLength(11);
    expect(ended.reasons.at(-1)?.text).toBe("and 2 more: entry of a pod that is gone");
  });

  test("nothing of Berth's own, of administrators, or of an hour ago", async () => {
    const stage = createStage();
    renewedLease(stage, 60);
    stage.put(deployments, {
      metadata: { name: "berth-whereabouts-guard", namespace: home, labels: { "app.kubernetes.io/name": "berth" } },
      spec: {},
    });
    expect((await run(stage)).kind).toBe("removed");
    expect(stage.bindings()).toEqual(["admins", "berth-agent"]);
  });
});
