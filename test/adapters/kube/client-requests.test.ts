/**
 * What is sent for each operation, and what each answer is taken for.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { configMaps, nodes, reservations } from "../../../core/kube/resources.ts";
import type { KubeApi } from "../../../core/ports/kube-api.ts";
import { startClient, type TestClient } from "../../support/kube-client.ts";
import { replyJson, replyText, startTlsServer, type TlsServer } from "../../support/tls-server.ts";

let server: TlsServer;
let client: TestClient;
beforeAll(async () => {
  server = await startTlsServer();
  client = await startClient({ ...server.access, headers: { authorization: "Bearer sesame" } });
});
afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const one = { resource: reservations, namespace: "ns", name: "10.0.0.1" };
const path = "/apis/whereabouts.cni.cncf.io/v1alpha1/namespaces/ns/overlappingrangeipreservations";
const object = { metadata: { name: "10.0.0.1", namespace: "ns" } };

type Asked = (api: KubeApi) => Promise<unknown>;
const list = { resource: reservations, namespace: undefined, cached: true, metadataOnly: false } as const;

const sent: readonly { name: string; ask: Asked; method: string; path: string; type?: string; body?: object }[] = [
  {
    name: "create posts the object with its kind",
    ask: (api) => api.create(reservations, { ...object, spec: { podref: "a/b" } }),
    method: "POST",
    path,
    type: "application/json",
    body: {
      apiVersion: "whereabouts.cni.cncf.io/v1alpha1",
      kind: "OverlappingRangeIPReservation",
      ...object,
      spec: { podref: "a/b" },
    },
  },
  {
    name: "a kind of the core group has its own root",
    ask: (api) => api.read({ resource: configMaps, namespace: "ns", name: "a" }),
    method: "GET",
    path: "/api/v1/namespaces/ns/configmaps/a",
  },
  {
    name: "a kind without namespaces has none in its path",
    ask: (api) => api.read({ resource: nodes, name: "node-1" }),
    method: "GET",
    path: "/api/v1/nodes/node-1",
  },
  {
    name: "what a name cannot hold is escaped",
    ask: (api) => api.read({ ...one, name: "a/../b?c" }),
    method: "GET",
    path: `${path}/a%2F..%2Fb%3Fc`,
  },
  {
    name: "patch sends JSON Patch, null values included",
    ask: (api) => api.patch(one, [{ op: "test", path: "/spec/a", value: null }]),
    method: "PATCH",
    path: `${path}/10.0.0.1`,
    type: "application/json-patch+json",
    body: [{ op: "test", path: "/spec/a", value: null }],
  },
  {
    name: "remove sends its preconditions",
    ask: (api) => api.remove(one, { uid: "u", resourceVersion: "7" }),
    method: "DELETE",
    path: `${path}/10.0.0.1`,
    type: "application/json",
    body: { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid: "u", resourceVersion: "7" } },
  },
  {
    name: "a cached list may be answered from memory",
    ask: (api) => api.list({ ...list, labels: "a=b", fields: "spec.nodeName=n", limit: 500 }),
    method: "GET",
    path: "/apis/whereabouts.cni.cncf.io/v1alpha1/overlappingrangeipreservations?labelSelector=a%3Db&fieldSelector=spec.nodeName%3Dn&limit=500&resourceVersion=0",
  },
  {
    name: "the next page is of the state of the first",
    ask: (api) => api.list({ ...list, namespace: "ns", limit: 2, next: "more" }),
    method: "GET",
    path: `${path}?limit=2&continue=more`,
  },
];

test.each(sent)("$name", async ({ ask, ...wanted }) => {
  server.answer(({ stream }) => replyJson(stream, 200, object));
  const before = server.seen.length;
  await ask(client.api);
  const request = server.seen[before];
  expect(request?.method).toBe(wanted.method);
  expect(request?.path.replace(/[?&]timeout=\w+$/, "")).toBe(wanted.path);
  expect(request?.headers["content-type"]).toBe(wanted.type);
  expect(request?.body === "" ? undefined : JSON.parse(request?.body ?? "")).toEqual(wanted.body);
  expect(request?.headers["user-agent"]).toBe("berth-agent/test (node-1)");
  expect(request?.headers["authorization"]).toBe("Bearer sesame");
});

test("a list of metadata asks for nothing else", async () => {
  await client.api.list({ ...list, metadataOnly: true });
  expect(server.seen.at(-1)?.headers.accept).toBe("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
});

const status = (code: number, reason: string, details: object = {}) => ({
  kind: "Status",
  status: "Failure",
  code,
  reason,
  message: `about ${reason}`,
  details,
});
const here = { name: "10.0.0.1", kind: "overlappingrangeipreservations" };
const read: Asked = (api) => api.read(one);
const create: Asked = (api) => api.create(reservations, object);
const remove: Asked = (api) => api.remove(one, { uid: "u" });
const refused = (code: number, reason: string) => ({
  kind: "refused",
  status: code,
  reason,
  message: `about ${reason}`,
});
const leaving = { metadata: { name: "10.0.0.1", deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: ["a/b"] } };

const answers: readonly { name: string; ask: Asked; code: number; body: object | string; want: object }[] = [
  { name: "an object", ask: read, code: 200, body: object, want: { kind: "object", object } },
  { name: "an object made", ask: create, code: 201, body: object, want: { kind: "object", object } },
  { name: "no such object", ask: read, code: 404, body: status(404, "NotFound", here), want: { kind: "absent" } },
  {
    name: "no such object to remove",
    ask: remove,
    code: 404,
    body: status(404, "NotFound", here),
    want: { kind: "absent" },
  },
  {
    name: "no such namespace to read in, should a server say so",
    ask: read,
    code: 404,
    body: status(404, "NotFound", { name: "ns" }),
    want: refused(404, "NotFound"),
  },
  {
    name: "no such kind",
    ask: read,
    code: 404,
    body: "404 page not found\n",
    want: { kind: "refused", status: 404, reason: "", message: "404 page not found" },
  },
  {
    name: "no such namespace to create in",
    ask: create,
    code: 404,
    body: status(404, "NotFound", { name: "ns" }),
    want: refused(404, "NotFound"),
  },
  {
    name: "there already",
    ask: create,
    code: 409,
    body: status(409, "AlreadyExists"),
    want: refused(409, "AlreadyExists"),
  },
  {
    name: "a precondition that does not hold",
    ask: remove,
    code: 409,
    body: status(409, "Conflict"),
    want: refused(409, "Conflict"),
  },
  { name: "not allowed", ask: read, code: 403, body: status(403, "Forbidden"), want: refused(403, "Forbidden") },
  { name: "removed", ask: remove, code: 200, body: { kind: "Status", status: "Success" }, want: { kind: "removed" } },
  { name: "kept by a finalizer", ask: remove, code: 200, body: leaving, want: { kind: "leaving", object: leaving } },
  {
    name: "too large for etcd",
    ask: create,
    code: 500,
    body: { ...status(500, ""), message: "etcdserver: request is too large" },
    want: { kind: "refused", status: 500 },
  },
  {
    name: "an error inside",
    ask: create,
    code: 500,
    body: status(500, "InternalError"),
    want: { kind: "unknown", mayLand: true },
  },
  {
    name: "a time-out inside",
    ask: create,
    code: 504,
    body: status(504, "Timeout"),
    want: { kind: "unknown", mayLand: true },
  },
  { name: "no backend", ask: read, code: 503, body: "<html>", want: { kind: "unknown", mayLand: true } },
  { name: "no JSON", ask: create, code: 201, body: "<html>made", want: { kind: "unknown", mayLand: true } },
  { name: "half of the JSON", ask: create, code: 201, body: '{"metadata":{"name":"10.0', want: { kind: "unknown" } },
  { name: "no name", ask: read, code: 200, body: { metadata: {} }, want: { kind: "unknown" } },
  { name: "a list where an object was asked for", ask: read, code: 200, body: "[1]", want: { kind: "unknown" } },
  {
    name: "labels that are none",
    ask: read,
    code: 200,
    body: { metadata: { name: "a", labels: { b: 1 } } },
    want: { kind: "unknown" },
  },
  {
    name: "a uid that is none",
    ask: read,
    code: 200,
    body: { metadata: { name: "a", uid: 5 } },
    want: { kind: "unknown" },
  },
  { name: "a redirect", ask: read, code: 302, body: "", want: { kind: "unknown" } },
];

describe("answers", () => {
  test.each(answers)("$name", async ({ ask, code, body, want }) => {
    server.answer(({ stream }) => {
      if (typeof body === "string") replyText(stream, code, body);
      else replyJson(stream, code, body);
    });
    expect(await ask(client.api)).toMatchObject(want);
  });

  test("a page of a list with the place of the next", async () => {
    server.answer(({ stream }) =>
      replyJson(stream, 200, { metadata: { resourceVersion: "9", continue: "more" }, items: [object] }),
    );
    expect(await client.api.list(list)).toEqual({ kind: "page", items: [object], next: "more", resourceVersion: "9" });
    // As the server writes an empty list of metadata.
    server.answer(({ stream }) => replyJson(stream, 200, { metadata: { resourceVersion: "9" }, items: null }));
    expect(await client.api.list(list)).toMatchObject({ kind: "page", items: [], next: undefined });
    server.answer(({ stream }) => replyJson(stream, 200, { metadata: { resourceVersion: "9" }, items: [{}] }));
    expect(await client.api.list(list)).toMatchObject({ kind: "unknown" });
  });

  test("the version, the clock of the server, and how long it took", async () => {
    const date = "Sat, 21 Nov 2026 14:00:00 GMT";
    server.answer(({ stream }) => replyJson(stream, 200, { gitVersion: "v1.34.4" }, { date }));
    const probe = await client.api.probe();
    expect(probe).toMatchObject({ kind: "up", version: "v1.34.4", serverMs: Date.parse(date) });
  });

  test("a name that is no path is refused without a request", async () => {
    const before = server.seen.length;
    for (const name of ["", ".", ".."]) {
      expect(await client.api.read({ ...one, name })).toMatchObject({ kind: "refused", status: 400 });
      expect(await client.api.remove({ ...one, name }, { uid: "u" })).toMatchObject({ kind: "refused", status: 400 });
    }
    expect(server.seen).toHaveLength(before);
  });

  test("a patch with a hole is a defect, and never sent", async () => {
    const before = server.seen.length;
    // @ts-expect-error: what TypeScript refuses, a caller in JavaScript can still do
    const steps: never = [{ op: "test", path: "/spec/a", value: undefined }];
    await expect(client.api.patch(one, steps)).rejects.toThrow("plain JSON at value");
    expect(server.seen).toHaveLength(before);
  });
});
