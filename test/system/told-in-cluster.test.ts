/**
 * What Berth writes for people, on a real API server with its own rules: Events, and counts on pools.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openKubeApi } from "../../adapters/kube/open.ts";
import { createClock } from "../../adapters/system/clock.ts";
import { createRandom } from "../../adapters/system/random.ts";
import { aboutNode, aboutPod, formatEvent, type Involved } from "../../core/kube/event.ts";
import { definitionWatch } from "../../core/kube/reconcile/definition-watch.ts";
import { countPools } from "../../core/kube/reconcile/pool-counts.ts";
import { RunEvents } from "../../core/kube/reconcile/run-events.ts";
import { formatReservation } from "../../core/kube/reservation.ts";
import { definitions, events, pools, reservations } from "../../core/kube/resources.ts";
import type { KubeObject } from "../../core/ports/kube-api.ts";
import { pathOf } from "../support/api-server-client.ts";
import type { Cluster } from "../support/api-server-cluster.ts";
import { sharedApiServer } from "../support/api-server-shared.ts";
import { quietLog, quietMetrics } from "../support/kube-client.ts";
import { claim, holder, place } from "../support/samples.ts";
import { ensureTools } from "../tools/install.ts";

let cluster: Cluster;
let namespace: string;
let opened: Extract<Awaited<ReturnType<typeof openKubeApi>>, { kind: "api" }>;

const clock = createClock();
const random = createRandom();
const timestamp = (ms: number) => new Date(ms).toISOString();
const teller = { component: "berth-reconciler", node: "node-1", nowMs: () => Date.now(), timestamp } as const;

beforeAll(async () => {
  const outcome = await ensureTools("test", (line) => console.log(line));
  if (outcome.kind !== "ready") throw new Error(outcome.message);
  cluster = await sharedApiServer();
  namespace = await cluster.namespace();
  const { kubeconfig } = cluster.admin;
  const api = await openKubeApi({ kubeconfig, clock, random, log: quietLog, metrics: quietMetrics, userAgent: "told" });
  if (api.kind !== "api") throw new Error(api.message);
  opened = api;
}, 1_200_000);
afterAll(() => opened.api.close());

async function all(path: string): Promise<readonly KubeObject[]> {
  const { items } = (await cluster.client.ask({ method: "GET", path })) as unknown as { items: readonly KubeObject[] };
  return items;
}

describe("an Event", () => {
  function event(about: Involved) {
    return formatEvent(
      { type: "Warning", reason: "BerthKept", message: "ü".repeat(2_000), about, key: "0123456789abcdef" },
      teller,
    );
  }

  test.for([
    {
      name: "a pod that is gone",
      about: () => aboutPod({ namespace, name: "gone", uid: undefined }),
      where: undefined,
    },
    { name: "a node that is gone", about: () => aboutNode(`gone-${namespace}`), where: "default" },
  ])("about $name is taken, whatever it says", async ({ about, where = namespace }) => {
    const made = event(about());
    expect(made.metadata.namespace).toBe(where);
    const body = { ...made, metadata: { ...made.metadata, name: `${made.metadata.name}-${namespace}` } };
    const answer = await cluster.client.request({ method: "POST", path: pathOf(events, where), body });
    expect(answer).toMatchObject({ status: 201, object: { message: expect.stringMatching(/ü…$/) } });
  });

  test("about a node is taken in namespace default only", async () => {
    const made = event(aboutNode("gone"));
    const body = { ...made, metadata: { ...made.metadata, namespace } };
    const answer = await cluster.client.request({ method: "POST", path: pathOf(events, namespace), body });
    expect(answer).toMatchObject({ status: 422, message: expect.stringContaining("does not match event.namespace") });
  });

  test("of a pod whose namespace is gone is turned away, and its node's is made", async () => {
    const news = new RunEvents({ api: opened.api, teller });
    const pod = { namespace: `gone-${namespace}`, name: "web-0", uid: "u" };
    const lease = { ...claim("10.0.0.5", { holder: holder({ pod, node: `node-of-${namespace}` }) }), version: "v" };
    const rest = { name: "r", uid: namespace, revision: 1n, journal: "j", isLabelled: true, twinOf: "" };
    news.judged({ lease: { ...lease, ...rest }, verdict: { kind: "free", rule: 1, why: "w" }, done: "freed" });
    expect(await news.send()).toEqual({ sent: 1, turnedAway: 1, failed: 0 });
  });
});

test("a definition that cannot work is told on it within seconds, and counted by the next elected member", async () => {
  const config = { cniVersion: "1.0.0", type: "macvlan", ipam: { type: "berth", range: "10.0.0.0/33" } };
  const ends = [new AbortController(), new AbortController()];
  const seen = async () => {
    const mine = (await all(pathOf(events, namespace))).filter(({ reason }) => reason === "BerthRefused");
    return mine.map(({ count, message, involvedObject }) => [
      count,
      String(message).slice(0, 60),
      Reflect.get(Object(involvedObject), "kind"),
    ]);
  };
  const run = (end = new AbortController()) =>
    definitionWatch({ api: opened.api, clock, random, log: quietLog, teller }).run(end.signal);
  const told = `Cannot use network definition "${namespace}/late"`.slice(0, 60);
  const first = run(ends[0]);
  await cluster.nad(namespace, "late", config);
  await expect
    .poll(seen, { timeout: 20_000 })
    .toEqual([[1, expect.stringContaining(told.slice(0, 40)), definitions.kind]]);
  ends[0]?.abort();
  await first;
  const second = run(ends[1]);
  await expect.poll(async () => (await seen())[0]?.[0], { timeout: 20_000 }).toBe(2);
  ends[1]?.abort();
  await second;
});

test("counts stand on a pool, as kubectl shows them, and its entries stay", async () => {
  const marks = { "ipam.berth.io/network": "blue", "ipam.berth.io/pool": "10.0.0.0/24" };
  const allocations = { 9: { id: "c9", podref: "apps/wb-9", ifname: "net1" } };
  const plural = `${pools.group}/${pools.version}`;
  const made = { apiVersion: plural, kind: pools.kind, spec: { range: "10.0.0.0/24", allocations } };
  await cluster.client.ask({
    method: "POST",
    path: pathOf(pools, namespace),
    body: { ...made, metadata: { name: "blue-10.0.0.0-24", namespace, annotations: marks } },
  });
  await cluster.client.ask({
    method: "POST",
    path: pathOf(pools, namespace),
    body: { ...made, metadata: { name: "10.1.0.0-16", namespace }, spec: { range: "10.1.0.0/16", allocations: {} } },
  });
  for (const text of ["10.0.0.5", "10.0.0.6"]) {
    const body = formatReservation(claim(text, { place: place(text) }), { namespace, journal: "j" });
    await cluster.client.ask({ method: "POST", path: pathOf(reservations, namespace), body: body ?? {} });
  }
  const needs = { api: opened.api, namespace, nowMs: () => Date.now(), timestamp, readTimestamp: Date.parse };
  const rows = async () => {
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const { text } = await cluster.client.request({ method: "GET", path: pathOf(pools, namespace), accept });
    const table = JSON.parse(text) as { rows: { cells: unknown[] }[] };
    return table.rows.map(({ cells }) => cells.slice(0, 4).join(" "));
  };
  const { signal } = new AbortController();
  for (const { mode, blue } of [
    { mode: "absent", blue: "10.0.0.0/24 2 252" },
    { mode: "present", blue: "10.0.0.0/24 1 253" },
  ] as const) {
    expect(await countPools(needs, mode, signal)).toMatchObject({ kind: "counted", pools: 2, failures: [] });
    expect(await rows()).toEqual(["10.1.0.0-16 10.1.0.0/16 0 65534", `blue-10.0.0.0-24 ${blue}`]);
    expect(await countPools(needs, mode, signal)).toMatchObject({ written: 0 });
  }
  const found = await cluster.client.ask({ method: "GET", path: pathOf(pools, namespace, "blue-10.0.0.0-24") });
  expect(found).toMatchObject({ spec: { range: "10.0.0.0/24", allocations }, metadata: { annotations: marks } });
});
