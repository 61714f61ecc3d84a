/**
 * What an agent watches of the cluster, asked of the API server: mode, fitness, own reservations, pods, marks (P2, P4, P14, P15, F5, F29).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { createKubeCluster } from "../../../core/kube/cluster.ts";
import { Entries } from "../../../core/kube/entries.ts";
import { createKubeStore } from "../../../core/kube/store.ts";
import { configMaps, pods, pools, reservations } from "../../../core/kube/resources.ts";
import { Tide } from "../../../core/kube/tide.ts";
import type { ListQuery, Refused } from "../../../core/ports/kube-api.ts";
import { createLink } from "../../support/cluster-link.ts";
import { createFakeApi } from "../../support/fake-api.ts";
import { createFakeServer } from "../../support/fake-api-server.ts";
import { claim, holder } from "../../support/samples.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

const namespace = "kube-system";
const pod = { namespace: "default", name: "web-0", uid: "uid-1" };
const refused = (status: number): Refused => ({ kind: "refused", status, reason: "R", message: `refused ${status}` });

function stage() {
  const clock = createVirtualClock();
  const server = createFakeServer();
  const link = createLink(clock, (answer) => answer);
  const listed: ListQuery[] = [];
  const plain = createFakeApi(server, { namespace, transport: link.transport });
  const api: typeof plain = { ...plain, list: (query) => (listed.push(query), plain.list(query)) };
  const random = { below: () => 0n, id: () => "" };
  const mixed = { entries: new Entries({ api, namespace, clock, random }), mode: undefined };
  const needs = { api, namespace, journal: "journal-1", tide: new Tide(), mixed };
  const own = { node: "node-1", bootId: "boot-1", newAttempt: () => "new", nowMs: () => 5, timestamp: () => "T" };
  const cluster = createKubeCluster({ ...needs, ...own });
  return {
    clock,
    server,
    link,
    listed,
    cluster,
    store: createKubeStore({ ...needs, mixed: { ...mixed, mode: "absent" } }),
  };
}

describe("P4: the mode", () => {
  test.each([
    { name: "no ConfigMap", data: undefined, mode: "present" },
    { name: "no data", data: null, mode: "present" },
    { name: "another word", data: { whereabouts: "no" }, mode: "present" },
    { name: "absent", data: { whereabouts: "absent" }, mode: "absent" },
  ])("$name: $mode", async ({ data, mode }) => {
    const { server, cluster } = stage();
    if (data !== undefined) server.create(configMaps, { metadata: { name: "berth", namespace }, data });
    expect(await cluster.mode()).toEqual({ kind: "mode", mode });
  });

  test("that cannot be read is unknown", async () => {
    const { link, cluster } = stage();
    link.next("configmaps", "away");
    expect(await cluster.mode()).toEqual({ kind: "unknown", reason: "connection refused" });
  });
});

test.each([
  {
    name: "a missing kind is named, and what to run",
    answer: refused(404),
    is: { kind: "unfit", reason: expect.stringContaining("kubectl apply") },
  },
  {
    name: "a missing permission is said in the server's words",
    answer: refused(403),
    is: { kind: "unfit", reason: "refused 403" },
  },
  { name: "expired credentials pass", answer: refused(401), is: { kind: "unknown" } },
])("the setting: $name", async ({ answer, is }) => {
  const { link, cluster } = stage();
  link.next("list ippools", { refused: answer });
  expect(await cluster.setting()).toMatchObject(is);
});

test("P2: who may not look into other namespaces is not kept from working in this one", async () => {
  const { link, cluster } = stage();
  link.next("list ippools", { before: () => undefined }, { refused: refused(403) });
  expect(await cluster.setting()).toEqual({ kind: "fine" });
  link.next("list ippools", "away");
  expect(await cluster.setting()).toEqual({ kind: "unknown", reason: "connection refused" });
});

test.each([
  { name: "is not answered", fate: "away" as const },
  { name: "is refused for a moment", fate: { refused: refused(429) } },
  { name: "is asked with credentials that have expired", fate: { refused: refused(401) } },
])("P2, F13: whether pools are in another namespace is not known while the look there $name", async ({ fate }) => {
  const { link, server, cluster } = stage();
  server.create(pools, {
    metadata: { name: "10.0.0.0-24", namespace: "other" },
    spec: { range: "10.0.0.0/24", allocations: {} },
  });
  link.next("list ippools", { before: () => undefined }, fate);
  expect((await cluster.setting()).kind).toBe("unknown");
  expect(await cluster.setting()).toMatchObject({ kind: "elsewhere", other: "other" });
});

test("P14: own reservations are those whose annotation has the whole name of the node, page by page", async () => {
  const { server, cluster, store, link } = stage();
  server.create(pools, {
    metadata: { name: "blue-10.0.0.0-16", namespace },
    spec: { range: "10.0.0.0/16", allocations: {} },
  });
  for (let at = 0; at < 501; at += 1) await store.claim(claim(`10.0.${at >> 8}.${at & 255}`, { attempt: `a${at}` }));
  await store.claim(claim("10.0.9.1", { holder: holder({ node: "node-2" }) }));
  const answer = await cluster.own();
  expect(answer.kind === "own" && answer.reservations.length).toBe(501);
  link.next("list overlapping", { before: () => undefined }, "away");
  expect(await cluster.own()).toMatchObject({ kind: "unknown" });
});

test("P14: two nodes whose long names share a label are told apart", async () => {
  const { server, cluster, store } = stage();
  await store.claim(claim("10.0.0.5"));
  await store.claim(claim("10.0.0.6", { holder: holder({ node: "node-2" }) }));
  const found = server.read({ resource: reservations, namespace, name: "blue-10.0.0.6" });
  if (found.kind !== "object") throw new Error(found.kind);
  const { labels, ...metadata } = found.object.metadata;
  const shared = { ...labels, "ipam.berth.io/node": "node-1" };
  server.plant(reservations, { ...found.object, metadata: { ...metadata, labels: shared } });
  const own = await cluster.own();
  expect(own.kind === "own" && own.reservations.map(({ name }) => name)).toEqual(["blue-10.0.0.5"]);
});

describe("P15: a reservation that lost its labels", () => {
  const name = { resource: reservations, namespace, name: "blue-10.0.0.5" };

  test.each([
    { what: "finalizers that others put on it", metadata: { finalizers: ["example.org/keep"] } },
    { what: "labels and annotations that others put on it", metadata: { labels: { theirs: "1" } } },
  ])("gets them back, and keeps $what", async ({ metadata }) => {
    const { server, cluster, store } = stage();
    const lease = claim("10.0.0.5");
    await store.claim(lease);
    const found = server.read(name);
    if (found.kind !== "object") throw new Error(found.kind);
    const { labels: _labels, ...rest } = found.object.metadata;
    server.plant(reservations, { ...found.object, metadata: { ...rest, ...metadata } });
    const standing = await cluster.look(lease.place);
    if (standing === undefined) throw new Error("nothing stands");
    expect(standing.isLabelled).toBe(false);
    expect(await cluster.relabel(standing)).toMatchObject({ kind: "held" });
    expect(await cluster.look(lease.place)).toMatchObject({ isLabelled: true, holder: lease.holder });
    expect(server.all(reservations)[0]?.metadata).toMatchObject(metadata);
  });
});

describe("whether a pod lives", () => {
  const write = (server: ReturnType<typeof stage>["server"], uid: string, mirror?: string, phase?: string) =>
    server.plant(pods, {
      metadata: {
        name: "web-0",
        namespace: "default",
        uid,
        ...(mirror === undefined ? {} : { annotations: { "kubernetes.io/config.mirror": mirror } }),
      },
      ...(phase === undefined ? {} : { status: { phase } }),
    });
  test.each([
    { name: "it is there", uid: "uid-1", lives: true },
    { name: "its uid is another", uid: "uid-2", lives: false },
    { name: "it has failed", uid: "uid-1", phase: "Failed", lives: false },
    { name: "F5: a static pod has the uid that its annotation says", uid: "uid-of-api", mirror: "uid-1", lives: true },
  ])("$name: $lives", async ({ uid, mirror, phase, lives }) => {
    const { server, cluster } = stage();
    write(server, uid, mirror, phase);
    expect(await cluster.podLives(pod)).toBe(lives);
  });

  test("nobody knows while the API server is away, and a pod that is not there does not", async () => {
    const { link, cluster } = stage();
    expect(await cluster.podLives(pod)).toBe(false);
    link.next("read pods", "away");
    expect(await cluster.podLives(pod)).toBeUndefined();
  });
});

test("F29: pods are listed from the cache, reservations are not", async () => {
  const { cluster, listed } = stage();
  await cluster.own();
  await cluster.pulse();
  await cluster.strays(new Set());
  const cached = (plural: string) =>
    listed.filter(({ resource }) => resource.plural === plural).map((query) => query.cached);
  expect(new Set(cached("pods"))).toEqual(new Set([true]));
  expect(new Set(cached("overlappingrangeipreservations"))).toEqual(new Set([false]));
});

describe("P15: marks on a reservation are a compare-and-set", () => {
  async function standing() {
    const here = stage();
    await here.store.claim(claim("10.0.0.5"));
    const found = await here.cluster.look(claim("10.0.0.5").place);
    if (found === undefined) throw new Error("nothing stands");
    return { ...here, found };
  }
  const other = claim("10.0.0.5", { attempt: "other" });

  test("they are written where the judged state stands", async () => {
    const { cluster, found } = await standing();
    expect(await cluster.contest(found, other)).toMatchObject({ kind: "held" });
    expect((await cluster.look(found.place))?.contested).toMatchObject({ attempt: "other" });
    expect(await cluster.contest(found, other), "an old judgement").toMatchObject({
      kind: "lost",
      now: { contested: {} },
    });
  });

  test.each([
    { name: "gone before it is written", call: "patch", change: "remove", answer: { kind: "lost", now: undefined } },
    { name: "changed before it is written", call: "patch", change: "touch", answer: { kind: "lost" } },
    { name: "not written", call: "patch", change: "away", answer: { kind: "unknown" } },
    { name: "forbidden", call: "patch", change: "forbid", answer: { kind: "unknown", reason: "refused 403" } },
  ])("$name", async ({ call, change, answer }) => {
    const { cluster, server, link, found } = await standing();
    const name = { resource: reservations, namespace, name: "blue-10.0.0.5" };
    const touch = () => {
      const now = server.read(name);
      if (now.kind === "object") server.plant(reservations, now.object);
    };
    if (change === "away") link.next(call, "away");
    else if (change === "forbid") link.next(call, { refused: refused(403) });
    else link.next(call, { before: change === "remove" ? () => server.uproot(name) : touch });
    expect(await cluster.contest(found, other)).toMatchObject(answer);
  });

  test.each([
    { name: "gone", change: "remove", answer: { kind: "lost", now: undefined } },
    { name: "not read", change: "away", answer: { kind: "unknown", reason: "connection refused" } },
  ])("refused, and then $name", async ({ change, answer }) => {
    const { cluster, server, link, found } = await standing();
    const name = { resource: reservations, namespace, name: "blue-10.0.0.5" };
    link.next("patch overlapping", { refused: refused(422) });
    link.next("read overlapping", change === "away" ? "away" : { before: () => server.uproot(name) });
    expect(await cluster.contest(found, other)).toMatchObject(answer);
  });

  test("refused for another reason while the judged state stands: nobody knows", async () => {
    const { cluster, link, found } = await standing();
    link.next("patch overlapping", { refused: refused(422) });
    expect(await cluster.contest(found, other)).toEqual({ kind: "unknown", reason: "refused 422" });
  });

  test("P16: an answer from before what was seen shows that the API server went back in time", async () => {
    const { cluster, server, found } = await standing();
    const backup = server.backup();
    server.advance(1_000);
    await cluster.pulse();
    server.restore(backup);
    expect(await cluster.contest(found, other)).toEqual({
      kind: "unknown",
      reason: "the API server went back in time",
    });
    expect(cluster.falls()).toBe(1);
  });

  test("what others keep on the object stays: whom it belongs to, above all", async () => {
    const { cluster, server, found } = await standing();
    const owner = { apiVersion: "v1", kind: "Pod", name: "web-0", uid: "uid-1" };
    const name = { resource: reservations, namespace, name: "blue-10.0.0.5" };
    const now = server.read(name);
    if (now.kind !== "object") throw new Error(now.kind);
    const kept = { ownerReferences: [owner], finalizers: ["example.org/keep"] };
    server.plant(reservations, { ...now.object, metadata: { ...now.object.metadata, ...kept } });
    const standsNow = await cluster.look(found.place);
    if (standsNow === undefined) throw new Error("nothing stands");
    expect(await cluster.contest(standsNow, other)).toMatchObject({ kind: "held" });
    expect(server.all(reservations)[0]?.metadata).toMatchObject(kept);
  });
});

test("what is there already is one request", async () => {
  const { cluster, link, store } = stage();
  await store.claim(claim("10.0.0.5"));
  const found = await cluster.look(claim("10.0.0.5").place);
  if (found === undefined) throw new Error("nothing stands");
  link.calls.splice(0);
  await cluster.relabel(found);
  expect(link.calls).toEqual(["patch overlappingrangeipreservations blue-10.0.0.5"]);
});

test("a reservation that cannot be read is an error, one that is not there is none", async () => {
  const { cluster, link } = stage();
  expect(await cluster.look(claim("10.0.0.5").place)).toBeUndefined();
  link.next("read overlapping", "away");
  await expect(cluster.look(claim("10.0.0.5").place)).rejects.toThrow("connection refused");
});
