/**
 * What a person at a terminal of 60 or 80 columns, without rights, or with a misspelt name is told: whole, and with a command that
 * helps.
 *
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import { missingRule, wholeMessage } from "../../../cli/cluster/forbidden.ts";
import { configMaps, pods } from "../../../core/kube/resources.ts";
import { type ClusterDesk, createClusterDesk, home, podOf } from "../cluster-desk.ts";
import { findingsOf, healthyCluster, serviceCidrs } from "./doctor-stage.ts";

let desk: ClusterDesk;
afterEach(() => desk.close());

function stage(): void {
  desk = createClusterDesk();
  desk.nad("blue", { range: "10.0.0.0/24" });
  desk.pool("10.0.0.0/24");
  desk.lease("10.0.0.3");
}

describe("berthctl import --check", () => {
  test.for([60, 80, 120])("keeps object, difference and the whole command at %d columns", async (columns) => {
    stage();
    desk.entry("blue-10.0.0.0-24", "10.0.0.9", { id: "w1", podref: "default/web-0", ifname: "net1" });
    desk.plant(pods, "pod-10.0.0.3", { metadata: { uid: "uid-10.0.0.3" }, spec: { nodeName: "node-1" } }, "default");
    const { out, code } = await desk.with({ columns }).berthctl("import", "--check");
    expect(code).toBe(1);
    const lines = out.split("\n");
    expect(lines).toContain("10.0.0.9 in network blue: entry-only");
    expect(out.replaceAll(/\s+/g, " ")).toContain("difference the entry of pod default/web-0 has no reservation");
    expect(lines).toContain(
      "  → berthctl migrate finish --remove-dead-entries, or: kubectl --namespace kube-system edit ippools blue-10.0.0.0-24",
    );
    const told = lines.filter((line) => !line.startsWith("  → "));
    expect(Math.max(...told.map(({ length }) => length))).toBeLessThanOrEqual(columns);
  });

  test("names the object of a difference that is of no address", async () => {
    stage();
    desk.pool("nonsense", { name: "blue-nonsense" });
    const { out } = await desk.with({ columns: 60 }).berthctl("import", "--check");
    expect(out).toContain("IPPool kube-system/blue-nonsense: unreadable-pool\n  difference  expected a range");
    expect(out).toContain("  → correct it: kubectl --namespace kube-system edit ippools blue-nonsense\n");
  });
});

const denial =
  'ippools.whereabouts.cni.cncf.io is forbidden: User "system:serviceaccount:a-long-namespace:a-long-account" cannot list resource "ippools" in API group "whereabouts.cni.cncf.io" at the cluster scope';

function deny(message: string, plural = "ippools"): void {
  desk = createClusterDesk({
    transport: async (call, deed) =>
      call.resource === plural ? { kind: "refused", status: 403, reason: "Forbidden", message } : deed(),
  });
}

describe("what the API server forbids", () => {
  test.for([["leases"], ["migrate", "status"], ["import", "--check"]])(
    "is told by %s as the rule that is missing",
    async (args) => {
      deny(denial);
      const { code, err } = await desk.berthctl(...args);
      expect(code).toBe(4);
      expect(err).toContain("expected the permission to list ippools.whereabouts.cni.cncf.io in the whole cluster\n");
      expect(err).toContain(
        'a ClusterRole: { apiGroups: ["whereabouts.cni.cncf.io"], resources: ["ippools"], verbs: ["list"] }\n',
      );
      expect(err).toContain("then: kubectl auth can-i list ippools.whereabouts.cni.cncf.io --all-namespaces\n");
      expect(err).not.toMatch(/\\"|…/);
    },
  );

  test("is told by withhold so, and nothing is withheld", async () => {
    const message =
      'overlappingrangeipreservations.whereabouts.cni.cncf.io is forbidden: User "eve" cannot create resource "overlappingrangeipreservations" in API group "whereabouts.cni.cncf.io" in the namespace "kube-system"';
    desk = createClusterDesk({
      transport: async (call, deed) =>
        call.verb === "create" ? { kind: "refused", status: 403, reason: "Forbidden", message } : deed(),
    });
    desk.nad("blue", { range: "10.0.0.0/24" });
    desk.pool("10.0.0.0/24");
    const { code, err } = await desk.berthctl("withhold", "10.0.0.9", "--reason", "printer");
    expect(code).toBe(4);
    expect(err).toContain(
      "expected the permission to create overlappingrangeipreservations.whereabouts.cni.cncf.io in namespace kube-system\n",
    );
  });

  test("is told by doctor so, too", async () => {
    desk = healthyCluster({
      transport: async (call, deed) =>
        call.resource === "ippools" ? { kind: "refused", status: 403, reason: "Forbidden", message: denial } : deed(),
    });
    expect(await findingsOf(desk, "warn")).toContain(
      "this user may not list ippools.whereabouts.cni.cncf.io in the whole cluster",
    );
  });

  test("inside a namespace names it, and the core group by nothing", () => {
    expect(missingRule('cannot get resource "configmaps" in API group "" in the namespace "kube-system"')).toEqual({
      words: "get configmaps in namespace kube-system",
      next: [
        'an administrator gives it, by a Role in kube-system: { apiGroups: [""], resources: ["configmaps"], verbs: ["get"] }',
        "then: kubectl auth can-i get configmaps --namespace kube-system",
      ],
    });
  });

  test("by a webhook in other words is told in these, without what a terminal obeys", async () => {
    deny('policy "x" says \u001b[31mno');
    const { err } = await desk.berthctl("leases");
    expect(err).toContain('expected the permission to, found: policy "x" says \\u001b[31mno\n');
    expect(err).toContain("who is asking: kubectl auth whoami");
    expect(wholeMessage("x".repeat(700))).toHaveLength(601);
  });
});

describe("berthctl leases --node", () => {
  test("says that no such node holds anything, and which do", async () => {
    stage();
    desk.lease("10.0.0.4", { holder: podOf("10.0.0.4", "node-2") });
    expect(await desk.berthctl("leases", "--node", "nope")).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining(
        'Cannot find node "nope": expected one that holds an address: node-1, node-2\n  run: berthctl leases\n',
      ),
    });
  });

  test("finds nothing on a node that is there and holds nothing", async () => {
    stage();
    const { code, err } = await desk.berthctl("leases", "--node", "node-2");
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("No address is held\n") });
  });

  test("says so where nobody holds anything, and counts the nodes beyond ten", async () => {
    desk = createClusterDesk();
    const none = await desk.berthctl("leases", "--node", "nope");
    expect(none).toMatchObject({
      code: 1,
      err: expect.stringContaining("expected a node that holds an address: none does\n"),
    });
    for (let at = 10; at < 22; at += 1) desk.lease(`10.0.0.${at}`, { holder: podOf(`10.0.0.${at}`, `node-${at}`) });
    expect((await desk.berthctl("leases", "--node", "nope")).err).toMatch(/node-10, .*node-19 and 2 more\n/);
  });
});

test("the API server that does not answer is told after one request that was given up", async () => {
  let calls = 0;
  desk = createClusterDesk({
    transport: async () => {
      calls += 1;
      return { kind: "unknown", reason: "connection refused", mayLand: false };
    },
  });
  const { code, err } = await desk.berthctl("migrate", "status");
  expect({ code, calls }).toEqual({ code: 3, calls: 1 });
  expect(err).toContain("expected an answer of the API server, found: connection refused");
});

test("a mode in other letters is told wherever the mode is", async () => {
  stage();
  desk.plant(configMaps, "berth", { data: { whereabouts: "Absent" } }, home);
  expect((await desk.berthctl("networks")).err).toContain(
    '(ConfigMap kube-system/berth says whereabouts: "Absent", neither present nor absent: that counts as present)\n',
  );
  expect((await desk.berthctl("migrate", "status")).out).toContain(
    'present, for "Absent" is neither present nor absent: Whereabouts may write, too\n',
  );
});

test("doctor does not know whether services get the same addresses where no ServiceCIDR says theirs", async () => {
  desk = healthyCluster();
  desk.server.uproot({ resource: serviceCidrs, name: "kubernetes" });
  expect(await findingsOf(desk, "warn")).toContain("other ranges: unknown whether services get these addresses");
});

test("doctor tells an agent whose node has another name", async () => {
  desk = healthyCluster();
  const seat = { unreachable: undefined, status: { node: "NODE-1", store: "kubernetes" } } as const;
  const { out } = await desk.with(seat).berthctl("doctor");
  expect(out).toMatch(
    /^fail +nodes +no Node is called "NODE-1", as this machine's agent is: it finds none of its pods$/m,
  );
});
