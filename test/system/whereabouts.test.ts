/**
 * What Whereabouts itself writes passes the CRDs of this tree: its plugin, its control loop and its reconciler, as released.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { pods, pools, reservations } from "../../core/kube/resources.ts";
import type { KubeObject } from "../../core/ports/kube-api.ts";
import { pathOf } from "../support/api-server-client.ts";
import type { Cluster } from "../support/api-server-cluster.ts";
import { sharedApiServer } from "../support/api-server-shared.ts";
import {
  addressesOf,
  createWhereaboutsNode,
  startController,
  whereabouts,
  type WhereaboutsCall,
  whereaboutsRules,
} from "../support/whereabouts.ts";
import { ensureTools } from "../tools/install.ts";

beforeAll(async () => {
  const outcome = await ensureTools("test", (line) => console.log(line));
  if (outcome.kind !== "ready") throw new Error(outcome.message);
}, 1_200_000);

/** A place for one test: its own objects, one node with Whereabouts on it, and what it asks. */
async function createPlace() {
  const cluster = await sharedApiServer();
  const namespace = await cluster.namespace();
  const access = await cluster.account({ namespace, name: "whereabouts", rules: whereaboutsRules });
  const node = createWhereaboutsNode(cluster.directory, "n1", access.kubeconfig);
  const call = (verb: WhereaboutsCall["verb"], podName: string, ipam: object) =>
    whereabouts({ verb, node, podNamespace: namespace, podName, ipam });
  const objects = async (resource: typeof pools) => {
    const list = await cluster.client.ask({ method: "GET", path: pathOf(resource, namespace) });
    const items: readonly KubeObject[] = Object(list)["items"];
    return items.map(({ metadata, spec }) => ({ name: metadata.name, spec }));
  };
  return { cluster, namespace, access, call, objects };
}

const ranges = [
  { name: "an IPv4 range", ipam: { range: "10.81.0.0/24" }, pool: "10.81.0.0-24", address: "10.81.0.1" },
  { name: "an IPv6 range", ipam: { range: "fd81::/64" }, pool: "fd81---64", address: "fd81::1" },
  {
    name: "a range with host bits in a named network",
    ipam: { range: "10.81.0.7/24", network_name: "blue" },
    pool: "blue-10.81.0.0-24",
    address: "10.81.0.1",
  },
];

describe.each(ranges)("$name", ({ ipam, pool, address }) => {
  test("is given from and given back to by Whereabouts' plugin", async () => {
    const { namespace, access, cluster, call, objects } = await createPlace();
    const entry = { id: "web-0-sandbox", podref: `${namespace}/web-0`, ifname: "net1" };
    const range = address.includes(":") ? "fd81::/64" : "10.81.0.0/24";
    const prefix = pool.startsWith("blue-") ? "blue-" : "";

    expect(addressesOf(await call("ADD", "web-0", ipam))).toEqual([address]);
    expect(addressesOf(await call("ADD", "web-0", ipam)), "again").toEqual([address]);
    expect(await objects(pools)).toEqual([{ name: pool, spec: { range, allocations: { 1: entry } } }]);
    expect(await objects(reservations)).toEqual([
      { name: prefix + address.replaceAll(":", "-"), spec: { podref: entry.podref, ifname: "net1" } },
    ]);
    expect(await call("DEL", "web-0", ipam)).toMatchObject({ status: 0 });
    expect(await objects(pools)).toEqual([{ name: pool, spec: { range, allocations: {} } }]);
    expect(await objects(reservations)).toEqual([]);

    const asked = await cluster.audit.requests({ user: access.user });
    expect(
      asked.filter(({ status }) => status >= 400 && status !== 404 && status !== 409),
      "refusals",
    ).toEqual([]);
  });
});

test("Whereabouts' reconciler frees what no pod's status shows, through our rules", async () => {
  const { cluster, namespace, access, call, objects } = await createPlace();
  const ipam = { range: "10.82.0.0/24" };
  await cluster.pod({ namespace, name: "lives", node: "n1" });
  for (const podName of ["lives", "gone"]) addressesOf(await call("ADD", podName, ipam));
  const status = [{ name: "quay", interface: "net1", ips: ["10.82.0.1"], default: false }];
  await annotate(cluster, namespace, "lives", { "k8s.v1.cni.cncf.io/network-status": JSON.stringify(status) });

  const program = "ip-reconciler";
  await using reconciler = startController({ cluster, access, namespace, program, schedule: "@every 1s" });
  await expect.poll(() => objects(reservations), { timeout: 20_000 }).toMatchObject([{ name: "10.82.0.1" }]);
  expect(await objects(pools)).toMatchObject([{ spec: { allocations: { 1: { podref: `${namespace}/lives` } } } }]);
  expect(reconciler.ended(), readFileSync(reconciler.logFile, "utf8")).toBeUndefined();
});

test("Whereabouts' control loop frees what a deleted pod held, through our rules", async () => {
  const { cluster, namespace, access, call, objects } = await createPlace();
  const node = `${namespace}-n1`;
  const ipam = { range: "10.83.0.0/24" };
  await cluster.nad(namespace, "quay", {
    cniVersion: "1.0.0",
    name: "quay",
    type: "macvlan",
    ipam: { type: "whereabouts", ...ipam },
  });
  const annotations = {
    "k8s.v1.cni.cncf.io/networks": "quay",
    "k8s.v1.cni.cncf.io/network-status": JSON.stringify([
      { name: `${namespace}/quay`, interface: "net1", ips: ["10.83.0.1"], default: false },
    ]),
  };
  await cluster.fakeNode(node);
  await cluster.pod({ namespace, name: "web-0", node, annotations });
  expect(addressesOf(await call("ADD", "web-0", ipam))).toEqual(["10.83.0.1"]);

  await using loop = startController({ cluster, access, namespace, program: "ip-control-loop", node });
  await expect
    .poll(() => cluster.audit.counts({ user: access.user }), { timeout: 20_000 })
    .toMatchObject({ "watch pods": 1, [`watch ${pools.group}/ippools`]: 1 });
  expect(loop.ended(), readFileSync(loop.logFile, "utf8")).toBeUndefined();
  await cluster.removePod(namespace, "web-0");
  await expect.poll(() => objects(reservations), { timeout: 20_000 }).toEqual([]);
  expect(await objects(pools)).toMatchObject([{ spec: { allocations: {} } }]);
});

async function annotate(cluster: Cluster, namespace: string, name: string, annotations: object): Promise<void> {
  const contentType = "application/merge-patch+json";
  const path = pathOf(pods, namespace, name);
  await cluster.client.ask({ method: "PATCH", path, body: { metadata: { annotations } }, contentType });
}
