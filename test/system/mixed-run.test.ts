/**
 * Half of the nodes with the real Whereabouts, half with Berth's agents, Whereabouts' own reconciler running: no address has two
 * holders, and either frees what the other gave. Then the change over, and back, with pods alive throughout.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openKubeApi } from "../../adapters/kube/open.ts";
import { createClock } from "../../adapters/system/clock.ts";
import { createRandom } from "../../adapters/system/random.ts";
import { pods, pools } from "../../core/kube/resources.ts";
import { goBack } from "../../core/migrate/back.ts";
import { finish } from "../../core/migrate/finish.ts";
import { defaultMigrateLimits } from "../../core/migrate/limits.ts";
import type { MigrateNeeds } from "../../core/migrate/needs.ts";
import type { KubeObject } from "../../core/ports/kube-api.ts";
import { type ApiServer, startApiServer } from "../support/api-server.ts";
import { pathOf } from "../support/api-server-client.ts";
import { quietLog, quietMetrics } from "../support/kube-client.ts";
import {
  createMixedCluster,
  keyOf,
  type MixedCluster,
  type MixedNetwork,
  type MixedPod,
} from "../support/mixed-cluster.ts";
import { createSeededRandom } from "../support/seeded-random.ts";
import { startController } from "../support/whereabouts.ts";
import { ensureTools } from "../tools/install.ts";

const plain: MixedNetwork = { scope: "10.90", ipam: { range: "10.90.0.0/27" } };
const named: MixedNetwork = { scope: "blue", ipam: { range: "10.91.0.0/27", network_name: "blue" } };
const alone: MixedNetwork = {
  scope: "10.92",
  ipam: { range: "10.92.0.0/27", enable_overlapping_ranges: false },
};
/** No ADD of ours marks its pool before Whereabouts has given of it: its definition alone tells its setting. */
const unmarked: MixedNetwork = {
  scope: "10.94",
  ipam: { range: "10.94.0.0/27", enable_overlapping_ranges: false },
};
const wide: MixedNetwork = { scope: "10.93", ipam: { range: "10.93.0.0/26" } };
const narrow: MixedNetwork = { scope: "10.93", ipam: { range: "10.93.0.0/27" } };
const all = [90, 91, 92, 93, 94].flatMap((net) => Array.from({ length: 62 }, (_, at) => `10.${net}.0.${at + 1}`));

const random = createSeededRandom(Number(process.env["BERTH_TEST_SEED"] ?? 1));
const shortWait = { timeout: 60_000, interval: 500 };
/** A sweep a minute, and the grace between its two looks at what has lost its pod (P17). */
const sweptWait = { timeout: 180_000, interval: 500 };

let api: ApiServer;
beforeAll(async () => {
  const outcome = await ensureTools("test", (line) => console.log(line));
  if (outcome.kind !== "ready") throw new Error(outcome.message);
  // Its own: the reconciler judges the pools of all namespaces.
  api = await startApiServer();
}, 1_200_000);
afterAll(() => api.stop());

/** Pods come and go on every node at once, for so long. `spared` live on. */
async function churn(
  mixed: Pick<MixedCluster, "nodes" | "add" | "del">,
  networks: readonly MixedNetwork[],
  seconds: number,
): Promise<Tally> {
  const end = performance.now() + seconds * 1_000;
  const tally = { Whereabouts: 0, Berth: 0, refused: 0 };
  const work = async (node: MixedCluster["nodes"][number]) => {
    const own: MixedPod[] = [];
    while (performance.now() < end) {
      const network = networks[random.below(networks.length)] ?? plain;
      if (own.length > 0 && (own.length > 4 || random.below(3) === 0)) {
        const [pod] = own.splice(random.below(own.length), 1);
        if (pod !== undefined) await mixed.del(pod);
        continue;
      }
      const pod = await mixed.add(node, network);
      tally[pod?.givenBy ?? "refused"] += 1;
      if (pod !== undefined) own.push(pod);
    }
    for (const pod of own) await mixed.del(pod);
  };
  await Promise.all(mixed.nodes.map(work));
  return tally;
}

type Tally = { readonly Whereabouts: number; readonly Berth: number; readonly refused: number };

function reconcilerOf({ access, namespace }: MixedCluster) {
  return startController({ cluster: api, access, namespace, program: "ip-reconciler", schedule: "@every 5s" });
}

async function given(pod: Promise<MixedPod | undefined>): Promise<MixedPod> {
  const found = await pod;
  if (found === undefined) throw new Error("an ADD was refused");
  return found;
}

/** A node of each kind, and what stands between: names say who serves it at first. */
async function half(nodes = 4): Promise<MixedCluster> {
  const mixed = await createMixedCluster(api, { nodes, all });
  await Promise.all(mixed.nodes.slice(0, 2).map(mixed.startAgent));
  return mixed;
}

test("half Whereabouts, half Berth: no duplicates, and either frees what the other gave", async () => {
  await using mixed = await half();
  const [berth, other, wb, wb2] = mixed.nodes;
  if (berth === undefined || other === undefined || wb === undefined || wb2 === undefined) throw new Error("no nodes");
  {
    await using reconciler = reconcilerOf(mixed);
    console.log("churn beside Whereabouts", await churn(mixed, [plain, named, alone], 30));
    expect(reconciler.ended(), readFileSync(reconciler.logFile, "utf8")).toBeUndefined();
  }
  expect(mixed.duplicates).toEqual([]);
  await expect.poll(mixed.left, { ...shortWait, message: "after the churn" }).toEqual([]);

  const networks = [plain, named, alone, unmarked];
  await api.nad(mixed.namespace, "unmarked", definitionOf(unmarked));
  // Given by Whereabouts, freed by us: its node gets an agent, the pod keeps its address.
  const theirs = await Promise.all(networks.map((network) => given(mixed.add(wb, network))));
  await mixed.startAgent(wb);
  await expect
    .poll(() => adoptedBy(mixed, wb.name), { ...shortWait, message: "adopted" })
    .toEqual(theirs.map(({ name }) => name).sort());
  const others = await Promise.all(networks.map((network) => given(mixed.add(wb, network))));
  expect(others.map(keyOf).filter((key) => theirs.some((pod) => keyOf(pod) === key))).toEqual([]);
  for (const pod of [...theirs, ...others]) await mixed.del(pod);
  await expect.poll(mixed.left, { ...shortWait, message: "what Whereabouts gave" }).toEqual([]);

  // Given by us, freed by Whereabouts.
  const ours = await Promise.all(networks.map((network) => given(mixed.add(berth, network))));
  for (const pod of ours) await mixed.del(pod, "Whereabouts");
  // Where overlapping ranges are off Whereabouts leaves our reservation.
  await expect.poll(mixed.left, { ...sweptWait, message: "what Berth gave" }).toEqual([]);
  expect(mixed.duplicates).toEqual([]);
}, 400_000);

test("two overlapping ranges beside Whereabouts: best effort, and what it came to is told", async () => {
  await using mixed = await half();
  await using reconciler = reconcilerOf(mixed);
  const tally = await churn(mixed, [wide, narrow], 20);
  // P6: between overlapping pools exclusion against a live Whereabouts is best effort: it deletes reservations by name.
  console.log("two overlapping ranges beside Whereabouts", { ...tally, duplicates: mixed.duplicates });
  expect(
    mixed.duplicates.filter((line) => line.split("Berth").length > 2),
    "between Berth's own pods",
  ).toEqual([]);
  expect(reconciler.ended()).toBeUndefined();
}, 300_000);

test("migrate finish, churn, migrate back, churn: pods live on throughout, one agent down during each change", async () => {
  // The last one is off while Berth is alone: it goes on with Whereabouts afterwards.
  await using mixed = await half(5);
  const [first, second, third, fourth] = mixed.nodes;
  if (first === undefined || second === undefined || third === undefined || fourth === undefined)
    throw new Error("no nodes");
  const networks = [plain, named, alone];
  const alive: MixedPod[] = [];
  for (const node of [first, third]) {
    for (const network of networks) alive.push(await given(mixed.add(node, network)));
  }
  await Promise.all([third, fourth].map(mixed.startAgent));
  const served = mixed.nodes.slice(0, 4);
  await Promise.all(served.map(({ name }) => showAgent(mixed, name)));
  const { needs, close } = await migrateNeeds(mixed.namespace);
  const watch = { signal: new AbortController().signal, say: async () => undefined };
  const options = { acceptUnknownExecutables: false, removeDeadEntries: false };
  await expect.poll(() => adoptedBy(mixed, third.name), shortWait).toHaveLength(3);

  second.agent?.signal("SIGSTOP");
  expect(await finish(needs, options, watch)).toMatchObject({ kind: "removed" });
  second.agent?.signal("SIGCONT");
  console.log("churn after finish", await churn({ ...mixed, nodes: served }, networks, 10));
  expect(await held(mixed)).toEqual(alive.map(({ name }) => name).sort());
  const entries = (await mixed.objects(pools)).flatMap(({ spec }) => Object.keys(Object(spec).allocations));
  expect(entries, "nobody writes entries any more").toEqual([]);

  fourth.agent?.signal("SIGSTOP");
  expect(await goBack(needs, watch)).toMatchObject({ kind: "back" });
  fourth.agent?.signal("SIGCONT");
  console.log("churn after back", await churn(mixed, networks, 20));
  expect(mixed.duplicates).toEqual([]);
  for (const pod of alive) await mixed.del(pod);
  await expect.poll(mixed.left, { timeout: 60_000, interval: 500 }).toEqual([]);
  close();
}, 400_000);

function definitionOf({ ipam }: MixedNetwork): object {
  return { cniVersion: "1.0.0", name: "quay", type: "macvlan", ipam: { type: "whereabouts", ...ipam } };
}

const annotation = "ipam.berth.io/node";

async function adoptedBy(mixed: MixedCluster, node: string): Promise<readonly string[]> {
  const objects = await mixed.objects({ ...pools, plural: "overlappingrangeipreservations" });
  return objects
    .filter(({ metadata }) => metadata.annotations?.[annotation] === node)
    .map(podOf)
    .sort();
}

async function held(mixed: MixedCluster): Promise<readonly string[]> {
  await delay(3_000); // Two comparisons: what was given back has gone.
  return (await mixed.objects({ ...pools, plural: "overlappingrangeipreservations" })).map(podOf).sort();
}

function podOf(object: KubeObject): string {
  return String(Object(object["spec"]).podref).split("/")[1] ?? "";
}

/** What the API shows of a node with a Ready agent. */
async function showAgent({ namespace }: MixedCluster, node: string): Promise<void> {
  await api.fakeNode(node);
  const labels = { "app.kubernetes.io/name": "berth", "app.kubernetes.io/component": "agent" };
  const metadata = { name: `berth-agent-${node}`, labels, annotations: { "ipam.berth.io/foreign-plugin": "none" } };
  const body = { metadata, spec: { nodeName: node, containers: [{ name: "agent", image: "berth" }] } };
  await api.client.ask({ method: "POST", path: pathOf(pods, namespace), body });
  const status = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
  const contentType = "application/merge-patch+json";
  const path = `${pathOf(pods, namespace, metadata.name)}/status`;
  await api.client.ask({ method: "PATCH", path, contentType, body: { status } });
}

async function migrateNeeds(namespace: string): Promise<{ needs: MigrateNeeds; close: () => void }> {
  const clock = createClock();
  const random = createRandom();
  const clients = { clock, random, log: quietLog, metrics: quietMetrics, userAgent: "berthctl/test" };
  const opened = await openKubeApi({ kubeconfig: api.admin.kubeconfig, ...clients });
  if (opened.kind === "fault") throw new Error(opened.message);
  // Longer than the agents' fence. Whereabouts' Lease counts as old.
  const hasty = { waitMs: 9_000, leaseMs: Number.NEGATIVE_INFINITY, tellMs: 1_000, againMs: 200, retryMs: 100 };
  const formatTime = (ms: number) => new Date(ms).toISOString();
  const limits = { ...defaultMigrateLimits, ...hasty };
  return {
    needs: { api: opened.api, namespace, clock, limits, formatTime, parseTime: Date.parse },
    close: opened.api.close,
  };
}
