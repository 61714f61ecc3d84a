/**
 * What `berthctl doctor` says of a cluster: whole, half seen, out of reach.
 *
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import { agentRules } from "../../../core/kube/rules.ts";
import { type ClusterDesk, forbidden } from "../cluster-desk.ts";
import { allowAll, findingsOf, healthyCluster } from "./doctor-stage.ts";

let desk: ClusterDesk;
afterEach(() => desk.close());

const permissions = agentRules.reduce((sum, { verbs }) => sum + verbs.length, 0);

describe("berthctl doctor, of a cluster", () => {
  test("finds nothing on a healthy one, from a machine without an agent", async () => {
    desk = healthyCluster();
    const { code, out, err } = await desk.berthctl("doctor");
    expect(out).toBe(
      [
        "ok    this machine  no agent here: only the cluster is looked at",
        "ok    API server    v1.34.4, answers within 1 ms",
        "ok    clock         this machine's and the API server's agree",
        `ok    permissions   all ${permissions} that an agent needs`,
        "ok    kinds         OverlappingRangeIPReservation, IPPool, NodeSlicePool, NetworkAttachmentDefinition",
        "ok    mode          without Whereabouts",
        "ok    Whereabouts   no trace of it",
        "ok    pools         1 pool, 0 entries",
        "ok    reservations  1 held on 1 node",
        "ok    definitions   1 read",
        "ok    ranges        1 range, no surprising overlap",
        "ok    other ranges  nobody else gives them (4 looked at)",
        "",
      ].join("\n"),
    );
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });

  test("names each rule that is missing, and goes on", async () => {
    desk = healthyCluster({ may: async ({ verb }) => ({ kind: "may", allowed: verb !== "patch" }) });
    const told = await findingsOf(desk, "warn");
    expect(told).toContain(
      "permissions: this user may not patch overlappingrangeipreservations.whereabouts.cni.cncf.io in namespace kube-system",
    );
    expect(told).toContain("kubectl auth can-i patch ippools.whereabouts.cni.cncf.io --namespace kube-system");
    expect(await findingsOf(desk, "ok")).toContain("other ranges");
  });

  test.for([
    "ippools",
    "overlappingrangeipreservations",
    "nodes",
    "configmaps",
    "pods",
    "daemonsets",
    "network-attachment-definitions",
    "customresourcedefinitions",
    "leases",
    "servicecidrs",
    "nodeslicepools",
  ])("goes on without the permission to read %s, and never throws", async (plural) => {
    desk = healthyCluster(forbidden(plural));
    const { code, out, err } = await desk.berthctl("doctor");
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out).not.toMatch(/ {4}at |defect/);
    if (plural !== "nodeslicepools") expect(out).toContain("is forbidden");
    // Its lines are the same but for what could not be looked at.
    expect(out.match(/^(?:ok|warn) /gm)?.length).toBeGreaterThan(8);
  });

  test("says one thing when the API server does not answer", async () => {
    desk = healthyCluster({
      transport: async () => ({ kind: "unknown", reason: "connection refused", mayLand: false }),
    });
    const told = await findingsOf(desk, "fail");
    expect(told).toBe("API server: no answer: connection refused → is it there? run: kubectl get --raw /readyz");
  });

  test.for([
    {
      name: "a clock that is off",
      change: { serverMs: 1_700_003_600_000 + 20_000 },
      says: "clock: this machine's clock is 20 s behind the API server's",
    },
    {
      name: "a slow API server",
      change: { tookMs: 900 },
      says: "API server: v1.34.4, answers within 900 ms: ADDs are slow",
    },
  ])("finds $name", async ({ change, says }) => {
    desk = healthyCluster();
    const { api } = desk;
    const probe = async () => ({ ...(await api.probe()), ...change });
    const cluster = {
      kind: "api",
      may: allowAll,
      close: () => undefined,
      api: { ...api, probe: probe as typeof api.probe },
    } as const;
    const { out } = await desk.with({ cluster }).berthctl("doctor", "--json");
    const { findings: all } = JSON.parse(out) as { findings: { what: string; text: string }[] };
    expect(all.map(({ what, text: told }) => `${what}: ${told}`)).toContainEqual(expect.stringContaining(says));
  });

  test("says what this node's agent believes of the cluster", async () => {
    desk = healthyCluster();
    const nowMs = desk.desk.agent.clock.nowMs();
    const view = {
      namespace: "kube-system",
      kubeconfig: null,
      mode: "present",
      confirmed: nowMs - 1_000,
      compared: nowMs - 3_600_000,
      conflicts: 2,
    } as const;
    const told = async (changes: object) => {
      const status = { store: "kubernetes", cluster: { ...view, ...changes } } as const;
      return (await desk.with({ unreachable: undefined, status }).berthctl("doctor")).out;
    };
    const out = await told({});
    expect(out).toMatch(/^warn {2}agent's mode +it still believes Whereabouts present$/m);
    expect(out).toMatch(/^warn {2}agent's journal +it was not compared with the cluster for 1 hour$/m);
    expect(out).toMatch(/^fail {2}conflicts +2 leases of this node whose address another has, too$/m);
    expect(await told({ confirmed: nowMs - 400_000 })).toMatch(
      /^fail {2}agent's mode +it could not confirm the mode for 6 minutes/m,
    );
  });
});
