/**
 * Changing over on a real API server, beside the real Whereabouts with the rights of its manifests: what its plugin may do is
 * what `migrate finish` and `migrate back` leave it.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { openKubeApi } from "../../adapters/kube/open.ts";
import { createClock } from "../../adapters/system/clock.ts";
import { createRandom } from "../../adapters/system/random.ts";
import { formatReservation } from "../../core/kube/reservation.ts";
import { pods, pools, reservations } from "../../core/kube/resources.ts";
import { goBack } from "../../core/migrate/back.ts";
import { finish } from "../../core/migrate/finish.ts";
import { defaultMigrateLimits } from "../../core/migrate/limits.ts";
import type { MigrateNeeds } from "../../core/migrate/needs.ts";
import type { Watch } from "../../core/migrate/progress.ts";
import type { KubeApi } from "../../core/ports/kube-api.ts";
import { startApiServer } from "../support/api-server.ts";
import { accessOf, mintToken } from "../support/api-server-access.ts";
import { pathOf } from "../support/api-server-client.ts";
import type { Cluster } from "../support/api-server-cluster.ts";
import { quietLog, quietMetrics } from "../support/kube-client.ts";
import { attachment, claim, holder, place } from "../support/samples.ts";
import {
  addressesOf,
  createWhereaboutsNode,
  whereabouts,
  type WhereaboutsCall,
  whereaboutsRules,
} from "../support/whereabouts.ts";
import { ensureTools } from "../tools/install.ts";

beforeAll(async () => {
  const outcome = await ensureTools("test", (line) => console.log(line));
  if (outcome.kind !== "ready") throw new Error(outcome.message);
}, 1_200_000);

const namespace = "kube-system";
const rbac = "/apis/rbac.authorization.k8s.io/v1";
const ipam = { range: "10.81.0.0/24" };

/** Service account, ClusterRole and ClusterRoleBinding under the names of Whereabouts' manifests. */
async function installWhereabouts(cluster: Cluster) {
  const make = (path: string, body: object) => cluster.client.ask({ method: "POST", path, body });
  await make(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: "whereabouts" } });
  await make(`${rbac}/clusterroles`, { metadata: { name: "whereabouts-cni" }, rules: whereaboutsRules });
  await make(`${rbac}/clusterrolebindings`, {
    metadata: { name: "whereabouts", labels: { tier: "node" } },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "whereabouts-cni" },
    subjects: [{ kind: "ServiceAccount", name: "whereabouts", namespace }],
  });
  // Its Lease stays its own: without it, it asks for two minutes before it fails.
  const locks = whereaboutsRules.filter(({ resources }) => resources.includes("leases"));
  await make(`${rbac}/clusterroles`, { metadata: { name: "locks" }, rules: locks });
  await make(`${rbac}/clusterrolebindings`, {
    metadata: { name: "locks" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "locks" },
    subjects: [{ kind: "ServiceAccount", name: "whereabouts", namespace }],
  });
  const token = await mintToken(cluster.client, { namespace, name: "whereabouts" });
  const access = accessOf(cluster, `system:serviceaccount:${namespace}:whereabouts`, { token }, namespace);
  const node = createWhereaboutsNode(cluster.directory, "node-1", access.kubeconfig);
  const call = (verb: WhereaboutsCall["verb"], podName: string) =>
    whereabouts({ verb, node, podNamespace: "default", podName, ipam });
  await until(() => mayWrite(cluster, access.user), true);
  return { call, mayWrite: () => mayWrite(cluster, access.user) };
}

async function mayWrite({ client }: Cluster, user: string): Promise<boolean> {
  const resourceAttributes = { group: pools.group, resource: pools.plural, verb: "patch", namespace };
  const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
  const answer = await client.ask({ method: "POST", path, body: { spec: { user, resourceAttributes } } });
  return Object(answer["status"]).allowed === true;
}

/** The server learns of rules from a watch of its own. */
async function until(look: () => Promise<boolean>, wanted: boolean): Promise<void> {
  for (let tried = 0; (await look()) !== wanted; tried += 1) {
    if (tried > 200) throw new Error(`expected ${wanted} within 10 s`);
    await delay(50);
  }
}

/** What `kubectl` shows of a node with a Ready agent. */
async function installAgent(cluster: Cluster, node: string): Promise<void> {
  await cluster.fakeNode(node);
  const labels = { "app.kubernetes.io/name": "berth", "app.kubernetes.io/component": "agent" };
  const annotations = { "ipam.berth.io/foreign-plugin": "none" };
  const spec = { nodeName: node, containers: [{ name: "agent", image: "berth" }] };
  const metadata = { name: `berth-agent-${node}`, labels, annotations };
  await cluster.client.ask({ method: "POST", path: pathOf(pods, namespace), body: { metadata, spec } });
  await cluster.client.ask({
    method: "PATCH",
    path: `${pathOf(pods, namespace, metadata.name)}/status`,
    contentType: "application/merge-patch+json",
    body: { status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } },
  });
}

/** What Berth's agent does with an address that Whereabouts gave: the reservation becomes its own (P14). */
async function takeOver(api: KubeApi, podName: string, address: string): Promise<void> {
  const pod = { namespace: "default", name: podName, uid: "uid-1" };
  const made = formatReservation(
    claim(address, {
      place: place(address, { network: "", pool: "10.81.0.0/24" }),
      holder: holder({ pod, attachment: attachment({ containerId: `${podName}-sandbox` }) }),
    }),
    { namespace, journal: "journal-1" },
  );
  if (made === undefined) throw new Error("no name");
  const found = await api.read({ resource: reservations, namespace, name: made.metadata.name });
  const uid = found.kind === "object" ? (found.object.metadata.uid ?? "") : "";
  await api.remove({ resource: reservations, namespace, name: made.metadata.name }, { uid });
  expect((await api.create(reservations, made)).kind).toBe("object");
}

async function open(cluster: Cluster): Promise<{ api: KubeApi; needs: MigrateNeeds; close: () => void }> {
  const clock = createClock();
  const opened = await openKubeApi({
    kubeconfig: cluster.admin.kubeconfig,
    clock,
    random: createRandom(),
    log: quietLog,
    metrics: quietMetrics,
    userAgent: "berthctl/test",
  });
  if (opened.kind === "fault") throw new Error(opened.message);
  const limits = { ...defaultMigrateLimits, waitMs: 2_500, tellMs: 1_000, againMs: 200, retryMs: 100 };
  const formatTime = (ms: number) => new Date(ms).toISOString();
  const needs = { api: opened.api, namespace, clock, limits, formatTime, parseTime: Date.parse };
  return { api: opened.api, needs, close: opened.api.close };
}

const told: string[] = [];
const watch: Watch = { signal: new AbortController().signal, say: async ({ kind }) => void told.push(kind) };
const usual = { acceptUnknownExecutables: false, removeDeadEntries: false };

test("finish takes the real Whereabouts' rights and entries away, and back gives the rights again", async () => {
  await using cluster = await startApiServer();
  const { call, mayWrite: may } = await installWhereabouts(cluster);
  await installAgent(cluster, "node-1");
  const { api, needs, close } = await open(cluster);
  const entries = async () => {
    const pool = await cluster.client.ask({ method: "GET", path: pathOf(pools, namespace, "10.81.0.0-24") });
    return Object.keys(Object(pool["spec"]).allocations);
  };

  expect(addressesOf(await call("ADD", "web-0"))).toEqual(["10.81.0.1"]);
  await cluster.pod({ namespace: "default", name: "web-0", node: "node-1" });
  const refused = await finish(needs, usual, watch);
  expect(refused).toMatchObject({
    kind: "refused",
    reasons: [
      { text: expect.stringMatching(/^Lease kube-system\/whereabouts was renewed 0 min ago/) },
      { text: expect.stringContaining("entry 10.81.0.1 of") },
    ],
  });
  expect(addressesOf(await call("ADD", "web-0")), "nothing was changed").toEqual(["10.81.0.1"]);

  await takeOver(api, "web-0", "10.81.0.1");
  // As if an hour had passed since its last call.
  const later = { ...needs, limits: { ...needs.limits, leaseMs: Number.NEGATIVE_INFINITY } };
  expect(await finish(later, usual, watch)).toEqual({ kind: "removed", entries: 1, changed: [] });
  await until(may, false);
  expect(await entries()).toEqual([]);
  expect((await call("ADD", "web-1")).status, "Whereabouts is unbound").not.toBe(0);

  const missing = await goBack(needs, watch);
  expect(missing).toMatchObject({ kind: "refused", reasons: [{ text: expect.stringContaining("node node-1") }] });
  expect(await may()).toBe(false);
  await cluster.client.ask({
    method: "PATCH",
    path: pathOf(pools, namespace, "10.81.0.0-24"),
    contentType: "application/merge-patch+json",
    body: { spec: { allocations: { 1: { id: "web-0-sandbox", podref: "default/web-0", ifname: "net1" } } } },
  });
  expect(await goBack(needs, watch)).toEqual({ kind: "back", bound: 1 });
  await until(may, true);
  expect(addressesOf(await call("ADD", "web-1")), "beside what Berth gave").toEqual(["10.81.0.2"]);
  expect((await call("DEL", "web-1")).status).toBe(0);
  expect(await entries()).toEqual(["1"]);
  const binding = await cluster.client.ask({ method: "GET", path: `${rbac}/clusterrolebindings/whereabouts` });
  expect(binding.metadata.labels).toEqual({ tier: "node" });
  expect(await goBack(needs, watch)).toEqual({ kind: "nothing" });
  close();

  const status = await berthctl(cluster, "migrate", "status");
  expect(status, "the program itself").toMatchObject({
    code: 0,
    out: expect.stringContaining("ClusterRoleBinding whereabouts"),
  });
  expect((await berthctl(cluster, "import", "--check")).out).not.toContain("not-taken-over");
});

function berthctl(cluster: Cluster, ...args: readonly string[]): Promise<{ code: number | null; out: string }> {
  const program = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args, "--kubeconfig", cluster.admin.kubeconfig]);
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.once("close", (code) => resolve({ code, out }));
  });
}
