/**
 * The CRDs of `crds/` on a real API server: they install, also over those of Whereabouts; they take whatever Whereabouts
 * may write; they show people what they ask for; and each rule refuses what it is there for.
 *
 * @module
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { nodeSlicePools, pools, reservations } from "../../core/kube/resources.ts";
import type { Resource } from "../../core/ports/kube-api.ts";
import { startApiServer } from "../support/api-server.ts";
import { type ApiClient, pathOf, type TestAnswer } from "../support/api-server-client.ts";
import { crdCollection, readCrd } from "../support/api-server-crds.ts";
import type { Cluster } from "../support/api-server-cluster.ts";
import { sharedApiServer } from "../support/api-server-shared.ts";
import { ensureTools } from "../tools/install.ts";
import { treeRoot } from "../tools/places.ts";

let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  const outcome = await ensureTools("test", (line) => console.log(line));
  if (outcome.kind !== "ready") throw new Error(outcome.message);
  cluster = await sharedApiServer();
  namespace = await cluster.namespace();
}, 1_200_000);

const files = readdirSync(join(treeRoot, "crds")).map((name) => ({ name }));

test.each(files)("$name is accepted whole: nothing in it is unknown or pruned", async ({ name }) => {
  const answer = await cluster.client.request({
    method: "GET",
    path: `${crdCollection}/${name.replace(".yaml", "")}.${pools.group}`,
  });
  expect(answer.object).toMatchObject({
    spec: { scope: "Namespaced", versions: [{ name: "v1alpha1", served: true, storage: true }] },
    status: { storedVersions: ["v1alpha1"] },
  });
  expect(Object(answer.object)["spec"].versions[0].subresources).toBeUndefined();
  const conditions: readonly { type: string; status: string }[] = Object(answer.object)["status"].conditions;
  const states = Object.fromEntries(conditions.map(({ type, status }) => [type, status]));
  expect(states).toEqual({ NamesAccepted: "True", Established: "True" });
  expect(await cluster.client.request(strictly(readCrd(join(treeRoot, "crds", name))))).toMatchObject({ status: 409 });
});

const accepted = [
  { name: "a pool as Whereabouts creates it", of: pools, spec: { range: "10.0.0.0/8", allocations: {} } },
  { name: "an IPv6 pool", of: pools, spec: { range: "2001:db8::/64", allocations: {} } },
  { name: "a pool of an old version, with host bits", of: pools, spec: { range: "192.168.2.10/24", allocations: {} } },
  { name: "a pool of a slice that is no network", of: pools, spec: { range: "10.0.0.0/33", allocations: {} } },
  {
    name: "a pool with keys of every kind, with and without ifname",
    of: pools,
    spec: {
      range: "fd00::/64",
      allocations: {
        "-1": entry(),
        "9223372036854775808": { ...entry(), ifname: "net1" },
        x: { id: "", podref: "" },
      },
    },
  },
  { name: "a reservation as Whereabouts creates it", of: reservations, spec: { podref: "ns/web-0", ifname: "net1" } },
  {
    name: "a reservation of an old version",
    of: reservations,
    spec: { podref: "ns/web-0", containerid: "c".repeat(300) },
  },
  { name: "a reservation of nobody (M7)", of: reservations, spec: { podref: "" } },
  { name: "a slice pool before any slice", of: nodeSlicePools, spec: { range: "10.0.0.0/8", sliceSize: "/24" } },
];

test.each(accepted)("$name is accepted", async ({ of, spec }) => {
  const status =
    of === nodeSlicePools ? { status: { allocations: [{ nodeName: "", sliceRange: "10.0.0.0/24" }] } } : {};
  const made = await create(of, spec, status);
  expect(made).toMatchObject({ status: 201, object: { spec, ...status } });
});

test("a pool of 10,000 entries is accepted, changed and replaced", async () => {
  const allocations = Object.fromEntries(Array.from({ length: 10_000 }, (_, key) => [key, entry()]));
  const made = await create(pools, { range: "10.0.0.0/16", allocations });
  expect(made.status).toBe(201);
  const path = pathOf(pools, namespace, made.object.metadata.name);
  const added = await patch(path, [{ op: "add", path: "/spec/allocations/10000", value: entry() }]);
  expect(added.status).toBe(200);
  expect(await cluster.client.request({ method: "PUT", path, body: added.object })).toMatchObject({ status: 200 });
});

const refused = [
  {
    name: "another range of a pool",
    of: pools,
    spec: { range: "10.0.0.0/24", allocations: {} },
    change: { range: "10.0.1.0/24" },
    says: "Cannot change the range of a pool",
  },
  {
    name: "the same pool one address further on",
    of: pools,
    spec: { range: "10.0.0.0/24", allocations: {} },
    change: { range: "10.0.0.1/24" },
    says: "Cannot change the range of a pool",
  },
  {
    name: "a reservation that loses its pod",
    of: reservations,
    spec: { podref: "ns/web-0" },
    change: { podref: "" },
    says: "Cannot take the pod out of a reservation",
  },
  {
    name: "an entry without an id",
    of: pools,
    spec: { range: "10.0.0.0/24", allocations: {} },
    change: { allocations: { 1: { podref: "ns/web-0" } } },
    says: "spec.allocations.1.id: Required value",
  },
];

test.each(refused)("$name is refused", async ({ of, spec, change, says }) => {
  const made = await create(of, spec);
  const path = pathOf(of, namespace, made.object.metadata.name);
  const contentType = "application/merge-patch+json";
  const changed = await cluster.client.request({ method: "PATCH", path, body: { spec: change }, contentType });
  expect(changed).toMatchObject({ status: 422, reason: "Invalid", message: expect.stringContaining(says) });
  expect(await cluster.client.ask({ method: "GET", path })).toMatchObject({ spec });
});

const noRanges = ["", "10.0.0.0", "blue", "10.0.0.1-10.0.0.9/24", "10.0.0.0/24 "].map((range) => ({ range }));

test.each(noRanges)('a pool of the range "$range" is refused', async ({ range }) => {
  const made = await create(pools, { range, allocations: {} });
  expect(made).toMatchObject({ status: 422, message: expect.stringContaining("Cannot use this range") });
});

test("a reservation passes from one pod to the next", async () => {
  const made = await create(reservations, { podref: "ns/web-0" });
  const path = pathOf(reservations, namespace, made.object.metadata.name);
  expect(await patch(path, [{ op: "replace", path: "/spec/podref", value: "ns/web-1" }])).toMatchObject({
    status: 200,
  });
  const nobodys = await create(reservations, { podref: "" });
  const other = pathOf(reservations, namespace, nobodys.object.metadata.name);
  const labelled = [{ op: "add", path: "/metadata/labels", value: { colour: "blue" } }];
  expect(await patch(other, labelled)).toMatchObject({ status: 200 });
});

describe("the columns that people see", () => {
  const annotations = {
    "ipam.berth.io/used": "7",
    "ipam.berth.io/free": "247",
    "ipam.berth.io/counted": new Date(Date.now() - 10 * 86_400_000).toISOString(),
    "ipam.berth.io/node": "node-1",
  };
  const tables = [
    {
      name: "a pool that was counted",
      of: pools,
      spec: { range: "10.0.0.0/24", allocations: {} },
      cells: { Range: "10.0.0.0/24", Used: "7", Free: "247", Counted: "10d" },
    },
    {
      name: "a reservation of Berth",
      of: reservations,
      spec: { podref: "ns/web-0", ifname: "net1" },
      cells: { Pod: "ns/web-0", Interface: "net1", Node: "node-1" },
    },
    {
      name: "a slice pool",
      of: nodeSlicePools,
      spec: { range: "10.0.0.0/8", sliceSize: "/24" },
      cells: { Range: "10.0.0.0/8", Slice: "/24" },
    },
  ];

  test.each(tables)("of $name", async ({ of, spec, cells }) => {
    const made = await create(of, spec, {}, annotations);
    expect(await row(of, made.object.metadata.name)).toMatchObject({ ...cells, Age: expect.stringMatching(/^\d+s$/) });
  });

  test("of what Whereabouts made stay empty where Berth has nothing to say", async () => {
    const made = await create(pools, { range: "10.0.0.0/24", allocations: {} });
    const cells = await row(pools, made.object.metadata.name);
    expect(cells).toMatchObject({ Range: "10.0.0.0/24" });
    expect([cells["Used"], cells["Free"], cells["Counted"]].map((cell) => cell ?? "")).toEqual(["", "", ""]);
  });
});

test("on a cluster that Whereabouts was installed on first, ours take the place of its own, and what is there stays", async () => {
  await using server = await startApiServer({ crds: "without rules" });
  const at = pathOf(pools, "kube-system");
  const nonsense = { metadata: { name: "old" }, spec: { range: "blue", allocations: { x: entry() } } };
  await server.client.ask({ method: "POST", path: at, body: typed(pools, nonsense) });
  for (const { name } of files) await replaceCrd(server.client, join(treeRoot, "crds", name));
  const isRefused = async () =>
    (
      await server.client.request({
        method: "POST",
        path: at,
        body: typed(pools, { ...nonsense, metadata: { name: "new" } }),
      })
    ).status === 422;
  await expect.poll(isRefused, { timeout: 10_000 }).toBe(true);

  const added = [{ op: "add", path: "/spec/allocations/5", value: entry() }];
  const sent = { method: "PATCH", path: `${at}/old`, body: added, contentType: "application/json-patch+json" } as const;
  expect(await server.client.request(sent), "a write of an old pool").toMatchObject({ status: 200 });
});

function entry() {
  return { id: "c".repeat(64), podref: "a-namespace/a-pod-of-some-deployment-6d4b75cb6d-hwnv2" };
}

let made = 0;

function create(of: Resource, spec: object, fields: object = {}, annotations: object = {}): Promise<TestAnswer> {
  made += 1;
  const body = typed(of, { metadata: { name: `made-${made}`, annotations }, spec, ...fields });
  return cluster.client.request({ method: "POST", path: pathOf(of, namespace), body });
}

function typed(of: Resource, object: object): object {
  return { apiVersion: `${of.group}/${of.version}`, kind: of.kind, ...object };
}

function patch(path: string, body: readonly object[]): Promise<TestAnswer> {
  return cluster.client.request({ method: "PATCH", path, body, contentType: "application/json-patch+json" });
}

function strictly(yaml: string) {
  const path = `${crdCollection}?fieldValidation=Strict&dryRun=All`;
  return { method: "POST", path, body: yaml, contentType: "application/yaml" } as const;
}

async function replaceCrd(client: ApiClient, file: string): Promise<void> {
  const applied = { method: "PATCH", body: readCrd(file), contentType: "application/apply-patch+yaml" } as const;
  const name = /^ {2}name: (\S+)$/m.exec(applied.body)?.[1] ?? "";
  await client.ask({ ...applied, path: `${crdCollection}/${name}?fieldManager=kubectl&force=true` });
}

/** As `kubectl get` shows it: by column. */
async function row(of: Resource, name: string): Promise<{ readonly [column: string]: unknown }> {
  const answer = await fetchTable(pathOf(of, namespace, name));
  return Object.fromEntries(answer.columnDefinitions.map((column, at) => [column.name, answer.rows[0]?.cells[at]]));
}

type Table = {
  readonly columnDefinitions: readonly { readonly name: string }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
};

async function fetchTable(path: string): Promise<Table> {
  const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
  return JSON.parse((await cluster.client.request({ method: "GET", path, accept })).text);
}
