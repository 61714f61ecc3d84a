/**
 * `berthctl reconcile --dry-run`: the plan of all members, seen from a workstation, and nothing but a plan.
 *
 * @module
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nodes, pods, pools, reservations } from "../../../core/kube/resources.ts";
import type { PlanRow } from "../../../core/flow/reconcile/plan-row.ts";
import { claim, place } from "../../support/samples.ts";
import { type ClusterDesk, createClusterDesk, forbidden, podOf, type StageOptions } from "../cluster-desk.ts";

let desk: ClusterDesk;
beforeEach(() => void (desk = stage()));
afterEach(() => desk.close());

const ready = { status: { conditions: [{ type: "Ready", status: "True" }] } };

/** A lease of each kind; the node of each is in its name. */
function stage(options: StageOptions = {}): ClusterDesk {
  const made = createClusterDesk(options);
  made.mode("present");
  made.nad("blue", { range: "10.0.0.0/24" });
  made.pool("10.0.0.0/24");
  made.plant(nodes, "served", ready);
  made.plant(nodes, "bare", ready);
  made.plant(nodes, "silent");
  made.plant(nodes, "node-1", ready);
  made.plant(nodes, "node-2", ready);
  const labels = { "app.kubernetes.io/name": "berth", "app.kubernetes.io/component": "reconciler" };
  made.plant(pods, "berth-reconciler-x", { metadata: { labels }, spec: { nodeName: "served" }, ...ready });
  const lease = (text: string, node: string) => made.lease(text, { holder: podOf(text, node) });
  const pod = (text: string, node: string) =>
    made.plant(
      pods,
      `pod-${text}`,
      { metadata: { uid: `uid-${text}` }, status: { phase: "Running" }, spec: { nodeName: node } },
      "default",
    );
  lease("10.0.0.2", "served");
  pod("10.0.0.2", "served");
  lease("10.0.0.3", "served");
  lease("10.0.0.4", "lost");
  lease("10.0.0.5", "silent");
  lease("10.0.0.6", "bare");
  made.lease("10.0.0.7", { holder: podOf("10.0.0.7", "served") }, claim("10.0.0.7", { holder: podOf("other") }));
  pod("10.0.0.7", "served");
  const withheld = { kind: "withheld", holder: undefined, reason: "printer" } as const;
  made.lease("10.0.0.8", { ...withheld, place: place("10.0.0.8", { pool: "" }) });
  made.entry("blue-10.0.0.0-24", "10.0.0.9", { id: "wb9", podref: "apps/wb-9", ifname: "net1" });
  return made;
}

type Answer = {
  readonly plan: readonly PlanRow[];
  readonly failures: readonly object[];
  readonly summary: { readonly lookedAt: number; readonly requests: number };
};

async function planned(...args: readonly string[]): Promise<Answer> {
  const { out } = await desk.berthctl("reconcile", "--dry-run", "--output", "json", ...args);
  return JSON.parse(out) as Answer;
}

const words = ({ address, verdict, because, rule }: PlanRow) => `${address} ${verdict} ${because ?? rule}`;

const all = [
  "10.0.0.2 keep live",
  "10.0.0.3 keep its-node",
  "10.0.0.4 suspect 2",
  "10.0.0.5 report node-silent",
  "10.0.0.6 suspect null",
  "10.0.0.7 conflict null",
  // Who asks from outside has seen no pod live.
  "10.0.0.9 report nameless",
];

describe("berthctl reconcile --dry-run", () => {
  test("has every lease with its verdict, and changes nothing", async () => {
    const before = desk.server.revision();
    const { plan, failures, summary } = await planned();
    expect(plan.map(words).toSorted()).toEqual(all);
    expect(failures).toEqual([]);
    expect(summary.lookedAt).toBe(7);
    expect(summary.requests).toBeGreaterThan(10);
    expect(desk.server.revision()).toBe(before);
  });

  test("says for people why, what to run, and who decides what cannot be seen from here", async () => {
    const { code, out, err } = await desk.berthctl("reconcile", "--dry-run");
    expect(out).toMatch(/^10\.0\.0\.4 +blue +lost +default\/pod-10\.0\.0\.4 +suspect, rule 2$/m);
    expect(out).toContain("  its pod does not exist; node lost is gone\n");
    expect(out).toMatch(/^ +run: when its machine is off: kubectl taint nodes silent /m);
    expect(out).toContain("its pod does not exist; the member on node served judges it");
    expect(out).not.toContain("10.0.0.2");
    expect(out).toMatch(/^Looked at 7 leases /m);
    expect(err).toContain("(the 1 of living pods are not listed: --output json has all)\n");
    expect(err).toContain("(its-node: only that node sees the network namespace, and its member decides)\n");
    expect(err).toContain("(a suspect is freed when it is found the same 5 minutes later)\n");
    expect(code).toBe(0);
    for (const line of out.split("\n").filter((text) => !text.includes("run: ")))
      expect(line.length).toBeLessThanOrEqual(80);
  });

  test("has a reservation that nobody can judge, once", async () => {
    desk.plant(reservations, "not-an-address", { spec: {} });
    desk.plant(reservations, "blue-10.0.0.99", { metadata: { labels: { "ipam.berth.io/node": "served" } }, spec: {} });
    const { plan, summary } = await planned();
    expect(plan.flatMap(({ because, command }) => (because === "unreadable" ? [command] : []))).toEqual(
      ["blue-10.0.0.99", "not-an-address"].map((name) => expect.stringContaining(` ${name} -o yaml`)),
    );
    expect(summary.lookedAt).toBe(9);
  });

  test("says the same of each lease as berthctl explain", async () => {
    const { plan } = await planned();
    for (const { address, verdict, because, rule, why } of plan) {
      const { out } = await desk.berthctl("explain", address, "--output", "json");
      const { networks } = JSON.parse(out) as { networks: { holders: Partial<PlanRow>[] }[] };
      expect(networks[0]?.holders[0]).toMatchObject({ verdict, because, rule, why });
    }
    expect(plan).toHaveLength(7);
  });

  test.for([
    { node: "served", is: ["10.0.0.2 keep live", "10.0.0.3 keep its-node", "10.0.0.7 conflict null"] },
    { node: "lost", is: ["10.0.0.4 suspect 2"] },
    { node: "silent", is: ["10.0.0.5 report node-silent"] },
  ])("--node $node has only what that node holds", async ({ node, is }) => {
    expect((await planned("--node", node)).plan.map(words).toSorted()).toEqual(is);
  });

  test("--node of one that holds nothing says so", async () => {
    const { code, out } = await desk.berthctl("reconcile", "--dry-run", "--node", "node-2");
    expect(out).toMatch(/^Nothing to do of node node-2\n/);
    expect(code).toBe(0);
  });

  test("on a node looks at that node's namespaces itself", async () => {
    desk.desk.agent.namespaces.delete("/run/netns/a");
    const here = desk.with({ unreachable: undefined, status: { store: "kubernetes", node: "served" } });
    const { out } = await here.berthctl("reconcile", "--dry-run", "--output", "json", "--node", "served");
    const { plan } = JSON.parse(out) as Answer;
    expect(plan.map(words).toSorted()).toEqual([
      "10.0.0.2 keep live",
      "10.0.0.3 keep its-agent",
      "10.0.0.7 conflict null",
    ]);
  });

  test("without a right says what is missing in the plan", async () => {
    desk.close();
    desk = stage(forbidden(nodes.plural));
    const { code, err } = await desk.berthctl("reconcile", "--dry-run");
    expect({ code, err }).toMatchObject({
      code: 1,
      err: expect.stringContaining('Cannot read "nodes": expected an answer'),
    });
  });
});

describe("berthctl reconcile", () => {
  test("without --dry-run is refused, with what to run instead", async () => {
    const { code, err } = await desk.berthctl("reconcile");
    expect({ code, err }).toEqual({
      code: 2,
      err: `Cannot run command "reconcile": expected --dry-run, because berthctl only shows the plan
  the DaemonSet carries it out on its schedule; at once, on a node: berth-reconciler --once
  what is left of a node that is gone: berthctl release --node <name>
`,
    });
  });

  test("on one machine says that its agent sweeps", async () => {
    const machine = createClusterDesk({ seat: { unreachable: undefined, status: { store: "embedded" } } });
    const { code, err } = await machine.berthctl("reconcile", "--dry-run");
    machine.close();
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringContaining("its agent sweeps them every minute"),
    });
  });

  test("in a namespace that the agents do not use is refused", async () => {
    desk.plant(pools, "other", { spec: { range: "10.1.0.0/24", allocations: {} } }, "elsewhere");
    const { code, err } = await desk.berthctl("reconcile", "--dry-run", "--namespace", "nowhere");
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('Cannot use namespace "nowhere"') });
  });
});
