/**
 * What the protocol takes for granted of an API server, on the pinned one: the measurements M1 to M8 behind its rules.
 *
 * @module
 */
import { beforeAll, describe, expect, test } from "vitest";
import { formatPatch } from "../../core/kube/json-patch.ts";
import { pools, reservations } from "../../core/kube/resources.ts";
import type { KubeObject, Resource } from "../../core/ports/kube-api.ts";
import { pathOf, type TestAnswer } from "../support/api-server-client.ts";
import type { Cluster } from "../support/api-server-cluster.ts";
import { sharedApiServer } from "../support/api-server-shared.ts";
import { ensureTools } from "../tools/install.ts";

let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  const outcome = await ensureTools("test", (line) => console.log(line));
  if (outcome.kind !== "ready") throw new Error(outcome.message);
  cluster = await sharedApiServer();
  namespace = await cluster.namespace();
}, 1_200_000);

const entry = { id: "c1", podref: "ns/web-0", ifname: "net1" };
const other = { id: "c2", podref: "ns/web-1", ifname: "net1" };

describe("M1: a key that has to be absent", () => {
  const steps = [
    { op: "test", path: "/spec/allocations/5", value: null },
    { op: "add", path: "/spec/allocations/5", value: entry },
  ] as const;

  test("is added when it is, and answered 422 when it is not", async () => {
    const path = await createPool({});
    expect(await patch(path, formatPatch(steps))).toMatchObject({ status: 200 });
    expect(await patch(path, formatPatch(steps))).toMatchObject({ status: 422, reason: "Invalid" });
  });

  const failing = [
    {
      name: "a test of an old resourceVersion",
      steps: [{ op: "test", path: "/metadata/resourceVersion", value: "1" }],
    },
    { name: "the removal of a missing key", steps: [{ op: "remove", path: "/spec/allocations/7" }] },
    {
      name: "a test inside a missing key",
      steps: [{ op: "test", path: "/spec/allocations/7/id", value: "c1" }],
    },
  ] as const;

  test.each(failing)("$name is answered 422", async ({ steps: wrong }) => {
    const path = await createPool({});
    expect(await patch(path, formatPatch(wrong))).toMatchObject({ status: 422, reason: "Invalid" });
  });
});

test("M2: one test that fails among many keys refuses the whole patch, and the message does not name the key", async () => {
  const path = await createPool({ 6: other });
  const steps = [5, 6, 7].flatMap((key) => [
    { op: "test" as const, path: `/spec/allocations/${key}`, value: null },
    { op: "add" as const, path: `/spec/allocations/${key}`, value: entry },
  ]);
  const answer = await patch(path, formatPatch(steps));
  expect(answer).toMatchObject({ status: 422, message: expect.not.stringMatching(/allocations|\b6\b/) });
  expect(await allocations(path)).toEqual({ 6: other });
});

test("M3: a test without value on a missing key breaks the request, not the server: the answer never comes", async () => {
  const path = await createPool({});
  const panicking = '[{"op":"test","path":"/spec/allocations/5"},{"op":"add","path":"/spec/allocations/5","value":{}}]';
  await expect(patch(path, panicking)).rejects.toThrow("socket hang up");
  expect(await allocations(path)).toEqual({});
});

test("M4: a test of the whole entry is a compare-and-set on its value, in whatever order of members", async () => {
  const path = await createPool({ 5: entry });
  const removal = (value: typeof entry) =>
    formatPatch([
      { op: "test", path: "/spec/allocations/5", value },
      { op: "remove", path: "/spec/allocations/5" },
    ]);
  expect(await patch(path, removal(other))).toMatchObject({ status: 422 });
  const { id, podref, ifname } = entry;
  expect(await patch(path, removal({ ifname, id, podref }))).toMatchObject({ status: 200 });
  expect(await allocations(path)).toEqual({});
});

describe("M5: a DELETE with preconditions", () => {
  test("of another uid, or of an old resourceVersion, is answered 409 and deletes nothing", async () => {
    const { path, object } = await createReservation();
    const { uid = "", resourceVersion = "" } = object.metadata;
    await patch(path, formatPatch([{ op: "replace", path: "/spec/podref", value: "ns/web-1" }]));
    expect(await remove(path, { uid: "another" })).toMatchObject({ status: 409, reason: "Conflict" });
    expect(await remove(path, { uid, resourceVersion })).toMatchObject({ status: 409, reason: "Conflict" });
    expect(await cluster.client.ask({ method: "GET", path })).toMatchObject({ spec: { podref: "ns/web-1" } });
  });

  test("of the right uid alone deletes what was changed since: the uid is no proof of the holder", async () => {
    const { path, object } = await createReservation();
    await patch(path, formatPatch([{ op: "replace", path: "/spec/podref", value: "ns/web-1" }]));
    expect(await remove(path, { uid: object.metadata.uid ?? "" })).toMatchObject({ status: 200 });
    expect(await cluster.client.request({ method: "GET", path })).toMatchObject({ status: 404 });
  });
});

test("M6: a DELETE of an object with a finalizer is answered 200, and the name stays taken", async () => {
  const { path, object } = await createReservation({ finalizers: ["berth.test/keep"] });
  const { name } = object.metadata;
  const answer = await cluster.client.request({ method: "DELETE", path });
  expect(answer).toMatchObject({ status: 200, object: { metadata: { name, deletionTimestamp: expect.any(String) } } });
  expect(await create(reservations, { metadata: { name }, spec: { podref: "ns/web-1" } })).toMatchObject({
    status: 409,
    reason: "AlreadyExists",
    message: expect.stringContaining("object is being deleted"),
  });
  await patch(path, formatPatch([{ op: "remove", path: "/metadata/finalizers" }]));
  expect(await cluster.client.request({ method: "GET", path })).toMatchObject({ status: 404 });
});

describe("M7: names and labels", () => {
  const names = [
    { name: "an address that begins with a colon", metadata: { name: "--1" } },
    { name: "upper case", metadata: { name: "Blue-10.0.0.1" } },
    { name: "a name of 254 characters", metadata: { name: "a".repeat(254) } },
    { name: "a label of 64 characters", metadata: { name: "labelled", labels: { node: "n".repeat(64) } } },
  ];

  test.each(names)("$name is answered 422", async ({ metadata }) => {
    const answer = await create(reservations, { metadata, spec: { podref: "ns/web-0" } });
    expect(answer).toMatchObject({ status: 422, reason: "Invalid" });
  });

  test("an empty podref, a name of 253 characters and a label of 63 are accepted", async () => {
    const metadata = { name: "a".repeat(253), labels: { node: "n".repeat(63) } };
    expect(await create(reservations, { metadata, spec: { podref: "" } })).toMatchObject({ status: 201 });
  });
});

test("M8: a pool beyond the store's bound is answered 500, not 413 or 422", async () => {
  const long = { ...entry, podref: "x".repeat(1000) };
  const many = Object.fromEntries(Array.from({ length: 1600 }, (_, key) => [key, long]));
  const spec = { range: "10.0.0.0/16", allocations: many };
  expect(await create(pools, { metadata: { name: "too-large" }, spec })).toMatchObject({
    status: 500,
    message: expect.stringContaining("request is too large"),
  });
});

let made = 0;

async function createPool(entries: object): Promise<string> {
  made += 1;
  const spec = { range: "10.0.0.0/24", allocations: entries };
  const answer = await create(pools, { metadata: { name: `pool-${made}` }, spec });
  expect(answer.status).toBe(201);
  return pathOf(pools, namespace, `pool-${made}`);
}

async function createReservation(metadata: object = {}): Promise<{ path: string; object: KubeObject }> {
  made += 1;
  const name = `10.0.0.${made}`;
  const { object } = await create(reservations, { metadata: { ...metadata, name }, spec: { podref: "ns/web-0" } });
  return { path: pathOf(reservations, namespace, name), object };
}

function create(of: Resource, object: object): Promise<TestAnswer> {
  const body = { apiVersion: `${of.group}/${of.version}`, kind: of.kind, ...object };
  return cluster.client.request({ method: "POST", path: pathOf(of, namespace), body });
}

function patch(path: string, body: string): Promise<TestAnswer> {
  return cluster.client.request({ method: "PATCH", path, body, contentType: "application/json-patch+json" });
}

function remove(path: string, preconditions: object): Promise<TestAnswer> {
  const body = { kind: "DeleteOptions", apiVersion: "v1", preconditions };
  return cluster.client.request({ method: "DELETE", path, body });
}

async function allocations(path: string): Promise<unknown> {
  return Object((await cluster.client.ask({ method: "GET", path }))["spec"]).allocations;
}
