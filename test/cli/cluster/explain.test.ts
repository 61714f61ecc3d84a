/**
 * `berthctl explain` over a cluster: whatever a reconciler would say of a lease, and when.
 *
 * @module
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { configMaps, nodes, pods, reservations } from "../../../core/kube/resources.ts";
import { claim, holder, place } from "../../support/samples.ts";
import { type ClusterDesk, createClusterDesk, forbidden, podOf, type StageOptions } from "../cluster-desk.ts";

let desk: ClusterDesk;
beforeEach(() => void (desk = stage()));
afterEach(() => desk.close());

const ready = { status: { conditions: [{ type: "Ready", status: "True" }] } };
const at = "10.0.0.5";

function stage(options: StageOptions = {}): ClusterDesk {
  const made = createClusterDesk(options);
  made.mode("absent");
  made.nad("blue", { range: "10.0.0.0/24", exclude: ["10.0.0.64/26"], gateway: "10.0.0.1" });
  made.pool("10.0.0.0/24");
  for (const node of ["node-1", "node-2"]) made.plant(nodes, node, ready);
  return made;
}

function pod(
  text = at,
  { phase = "Running", uid = `uid-${text}`, marks = {} }: { phase?: string; uid?: string; marks?: object } = {},
) {
  desk.plant(
    pods,
    `pod-${text}`,
    { metadata: { uid, annotations: marks }, status: { phase }, spec: { nodeName: "node-1" } },
    "default",
  );
}

function berthOn(node: string, component = "reconciler") {
  const labels = { "app.kubernetes.io/name": "berth", "app.kubernetes.io/component": component };
  desk.plant(pods, `berth-${component}-${node}`, { metadata: { labels }, spec: { nodeName: node }, ...ready });
}

/** The lines of a label in the answer, joined. */
async function line(label: string, text = at) {
  const { out } = await desk.berthctl("explain", text);
  const lines = out.split("\n");
  const first = lines.findIndex((one) => one.startsWith(`  ${label} `));
  return first === -1 ? "" : (lines[first] ?? "").slice(label.length + 2).trim();
}

describe("berthctl explain, of a lease in a cluster", () => {
  test("says that it is kept while its pod lives, and when it is looked at again", async () => {
    desk.lease(at);
    pod();
    const { code, out } = await desk.berthctl("explain", at);
    expect(out).toMatch(
      /^10\.0\.0\.5 in network blue\n {2}held by {6}pod default\/pod-10\.0\.0\.5 \(uid uid-10\.0\.0\.5\)$/m,
    );
    expect(await line("verdict")).toBe("kept (live): its pod exists");
    expect(await line("when")).toBe(
      'looked at again when its DEL comes, by its agent every minute, and by the default schedule "30 4 * * *": next from 2023-11-15T04:30:00Z on, node after node',
    );
    expect(code).toBe(0);
  });

  test.for<{ name: string; given: () => void; verdict: string; when?: RegExp; run?: string }>([
    {
      name: "a pending pod",
      given: () => pod(at, { phase: "Pending" }),
      verdict: "kept (pending): its pod exists and has not run yet",
    },
    {
      name: "a pod that is gone, with a member on its node",
      given: () => berthOn("node-1"),
      verdict: "kept (its-node): its pod does not exist; the member on node node-1 judges it",
      when: /^its agent looks every minute, its member by the default schedule/,
    },
    {
      name: "a pod of the same name",
      given: () => {
        pod(at, { uid: "another" });
        berthOn("node-1", "agent");
      },
      verdict: "kept (its-node): its pod was replaced by one of the same name; the member on node node-1 judges it",
    },
    {
      name: "a lost node",
      given: () => desk.server.uproot({ resource: nodes, name: "node-1" }),
      verdict: "a suspect, rule 2: its pod does not exist; node node-1 is gone",
      when: /^freed by a reconciler that finds it the same twice, 5 minutes apart; they look by/,
    },
    {
      name: "a silent node",
      given: () => desk.plant(nodes, "node-1"),
      verdict:
        "kept, and only a person can go on (node-silent): its pod does not exist; node node-1 is not Ready, so it may still run there",
      run: "when its machine is off: kubectl taint nodes node-1 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute",
    },
    {
      name: "a node without Berth",
      given: () => undefined,
      verdict: "a suspect: its pod does not exist; no pod of Berth runs on node node-1",
    },
  ])("with $name says so", async ({ given, verdict, when, run }) => {
    desk.lease(at);
    given();
    expect(await line("verdict")).toBe(verdict);
    if (when !== undefined) expect(await line("when")).toMatch(when);
    if (run !== undefined) expect(await line("run")).toBe(run);
  });

  test.for([
    {
      name: "has gone",
      path: undefined,
      verdict:
        "kept (its-agent): its pod does not exist; its network namespace is gone: the agent of this node gives it back",
    },
    {
      name: "stands",
      path: "4026532000",
      verdict: "kept (live): its pod does not exist, but its network namespace stands",
    },
    {
      name: "cannot be told",
      path: "file",
      verdict: "kept (evidence-missing): its pod does not exist; the path is no network namespace",
    },
  ])("on its own node looks at its namespace, which $name, and into the journal", async ({ path, verdict }) => {
    desk.lease(at);
    const names = desk.desk.agent.namespaces;
    names.delete("/run/netns/a");
    if (path !== undefined) names.set("/run/netns/a", path);
    const here = desk.with({ unreachable: undefined, status: { store: "kubernetes", node: "node-1" } });
    const { out } = await here.berthctl("explain", at);
    expect(out).toContain(`\n  verdict      ${verdict}\n`);
    expect(out).toContain(
      "  journal      the agent's journal lacks it: its next comparison with the cluster imports it\n",
    );
  });

  test("that another has, too, names that one", async () => {
    desk.lease(at, {}, claim(at, { holder: podOf("other", "node-2") }));
    pod();
    expect(await line("verdict")).toBe("a conflict: another living lease has it, too: that of pod default/pod-other");
  });

  test("that Whereabouts gave says by which rule it comes back", async () => {
    desk.mode("present");
    desk.entry("blue-10.0.0.0-24", at, { id: "wb5", podref: "apps/wb-5", ifname: "net1" });
    expect(await line("verdict")).toBe(
      "kept, and only a person can go on (nameless): its pod does not exist, and nobody here saw it live: it may be no pod that Kubernetes knows",
    );
    desk.plant(reservations, `blue-${at}`, { spec: { podref: "apps/wb-5", ifname: "net1" } });
    expect(await line("verdict")).toMatch(/nobody here saw it live/);
  });

  test("that an operator keeps back says why", async () => {
    desk.lease(at, { kind: "withheld", holder: undefined, reason: "printer", place: place(at, { pool: "" }) });
    expect([await line("reason"), await line("verdict")]).toEqual([
      "printer",
      "kept (withheld): an operator keeps it back",
    ]);
  });

  test("without a pod that may be asked after is told as nobody's to decide", async () => {
    desk.lease(at, { holder: holder({ pod: undefined, node: "node-1" }) });
    berthOn("node-1");
    expect(await line("verdict")).toBe("kept (its-node): it names no pod; the member on node node-1 judges it");
  });

  test.for([
    { kind: "pods", verdict: /^kept \(evidence-missing\): its pod cannot be read: / },
    { kind: "nodes", verdict: /^kept \(evidence-missing\): its pod does not exist; node node-1 cannot be read: / },
  ])("without the right to read $kind is kept, and says what is missing", async ({ kind, verdict }) => {
    desk.close();
    desk = stage(forbidden(kind));
    desk.lease(at);
    expect(await line("verdict")).toMatch(verdict);
  });

  test.for<{ name: string; networks: unknown; says: string }>([
    {
      name: "the same",
      networks: [{ name: "default/blue", interface: "net1", ips: [at] }],
      says: "wrote the same on the pod: default/blue, interface net1",
    },
    {
      name: "another address",
      networks: [{ name: "default/blue", interface: "net1", ips: ["10.0.0.9"] }],
      says: "wrote otherwise on the pod: interface net1 has 10.0.0.9",
    },
    { name: "nothing of its interface", networks: [], says: "wrote nothing of interface net1 on the pod" },
    { name: "something else", networks: "x", says: "wrote something on the pod that is no list of networks" },
    {
      name: "nothing yet",
      networks: undefined,
      says: "wrote nothing on the pod yet: it does when its last network is made",
    },
  ])("says where Multus wrote $name, and keeps it all the same", async ({ networks, says }) => {
    desk.lease(at);
    const marks = networks === undefined ? {} : { "k8s.v1.cni.cncf.io/network-status": JSON.stringify(networks) };
    pod(at, { marks });
    expect([await line("Multus"), await line("verdict")]).toEqual([says, "kept (live): its pod exists"]);
  });

  test.for<{ name: string; data: object | undefined; says: string }>([
    {
      name: "one of its own",
      data: { reconciler_cron_expression: "0 * * * *" },
      says: 'by the schedule "0 * * * *": next from 2023-11-15T00:00:00Z on, node after node',
    },
    { name: "an interval", data: { "cron-expression": "@every 1h" }, says: 'by the schedule "@every 1h"' },
    {
      name: "a wrong one",
      data: { reconciler_cron_expression: "x" },
      says: "by the last good schedule: the one in ConfigMap whereabouts-config is wrong",
    },
  ])("tells when reconcilers look by $name", async ({ data, says }) => {
    desk.lease(at);
    pod();
    desk.plant(configMaps, "whereabouts-config", { data });
    expect(await line("when")).toBe(`looked at again when its DEL comes, by its agent every minute, and ${says}`);
  });

  test("is the same as JSON", async () => {
    desk.lease(at);
    desk.server.uproot({ resource: nodes, name: "node-1" });
    const { out, code } = await desk.berthctl("explain", at, "--output", "json");
    const { networks, ...rest } = JSON.parse(out) as { networks: { holders: object[] }[] };
    expect(rest).toEqual({ store: "kubernetes", address: at });
    expect(networks[0]?.holders[0]).toMatchObject({
      pod: { namespace: "default", name: `pod-${at}` },
      verdict: "suspect",
      because: null,
      rule: 2,
      why: "its pod does not exist; node node-1 is gone",
      when: expect.stringContaining("5 minutes apart"),
      command: null,
      journal: null,
      multus: null,
    });
    expect(code).toBe(0);
  });
});

describe("berthctl explain, of an address that nobody holds", () => {
  test.for([
    {
      text: "10.0.0.9",
      range: "10.0.0.0/24 of definition default/blue: free to be given",
      says: "The next ADD may be given it",
    },
    {
      text: "10.0.0.65",
      range: "10.0.0.0/24 of definition default/blue: excluded, never given",
      says: "No range gives it: no ADD is given it",
    },
    {
      text: "10.0.0.1",
      range: "10.0.0.0/24 of definition default/blue: its gateway, never given",
      says: "No range gives it: no ADD is given it",
    },
  ])("$text: $says", async ({ text, range, says }) => {
    const { code, out } = await desk.berthctl("explain", text);
    expect(out).toBe(`${text} in network blue\n  held by  nobody\n  range    ${range}\n  ${says}\n`);
    expect(code).toBe(1);
  });

  test("and that no range contains, says so", async () => {
    const { code, err, out } = await desk.berthctl("explain", "192.0.2.1");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain('Cannot explain address "192.0.2.1": expected one that is held, or that a range contains');
  });
});

test("another output than text or json is refused", async () => {
  const { code, err } = await desk.berthctl("explain", at, "--output", "yaml");
  expect({ code, err }).toEqual({
    code: 2,
    err: 'Cannot use option "--output yaml": expected text or json\n  run: berthctl --help\n',
  });
});
