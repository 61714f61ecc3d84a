/**
 * One run of a reconciler, with both looks, over the cluster that a row describes: every node Ready, Whereabouts present.
 *
 * @module
 */
import * as z from "zod";
import { reconcile as runOnce } from "../../../core/flow/reconcile/reconcile.ts";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { formatPrefix } from "../../../core/ip/prefix.ts";
import { parseRangeText } from "../../../core/ip/range-text.ts";
import { poolName } from "../../../core/kube/names.ts";
import { readEntries } from "../../../core/kube/pool-entries.ts";
import { createScene } from "../../../core/kube/reconcile/scene.ts";
import { nodes, pods, pools, reservations } from "../../../core/kube/resources.ts";
import type { Resource } from "../../../core/ports/kube-api.ts";
import { reconcileTimes } from "../../../core/reconcile/sight.ts";
import { createFakeApi, type Transport } from "../../support/fake-api.ts";
import { createFakeServer, type FakeServer } from "../../support/fake-api-server.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";
import type { Kind } from "../judge.ts";

const podref = z.object({ podref: z.string() });
const input = z.object({
  pools: z
    .array(z.object({ name: z.string(), range: z.string(), allocations: z.record(z.string(), podref) }))
    .optional(),
  orphans: z.array(z.object({ ip: z.string(), podref: z.string() })).optional(),
  reservations: z.record(z.string(), z.string()).optional(),
  pods: z.array(z.object({ ref: z.string(), phase: z.string().optional(), status: z.unknown() })).optional(),
  podsAlive: z.record(z.string(), z.array(z.string())).optional(),
  podPhase: z.string().optional(),
  getPodFails: z.string().optional(),
  newPod: z.string().optional(),
});
type Input = z.output<typeof input>;

const home = "kube-system";
/** Of the row that only tells of it in words. */
const late = { pod: "default/pod9", address: "10.0.0.9", pool: "10.0.0.0-24" };

export const reconcile: Kind = async (fields) => {
  const row = input.parse(fields);
  const server = createFakeServer();
  const named = plantAll(server, row);
  const before = entriesOf(server);
  const clock = createVirtualClock();
  const random = { id: () => "id", below: (bound: bigint) => bound / 2n };
  const api = createFakeApi(server, { transport: transportOf(server, row) });
  const silent = () => undefined;
  const needs = {
    scene: createScene({ api, namespace: home, clock, random }),
    namespaces: { look: async () => ({ kind: "absent" }) as const, voidReason: async () => undefined },
    clock,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    times: reconcileTimes,
    agentAnswers: async () => undefined,
    requests: () => 0,
    // Their pods lived, and were seen.
    seen: { has: () => true, note: silent },
  };
  const options = { isDry: false, told: silent, failed: silent };
  await clock.until(runOnce(needs, { own: undefined, elected: true }, options));
  const after = entriesOf(server);
  const removed = [...before].filter((text) => !after.has(text)).sort();
  const left = server.all(reservations).map(({ metadata }) => metadata.name);
  const isLateGone = row.newPod !== undefined && !left.includes(late.address);
  return {
    kind: "answer",
    fields: {
      removed,
      removedNotEmpty: removed.length > 0,
      pools: Object.fromEntries([...named].map(([name, object]) => [name, allocationsOf(server, object)])),
      reservationsLeft: left.length,
      reservationDeleted: isLateGone ? late.address : null,
    },
  };
};

/** @returns the names of pools in the row, with those that such pools have */
function plantAll(server: FakeServer, row: Input): ReadonlyMap<string, string> {
  plant(server, nodes, "node-1", { status: { conditions: [{ type: "Ready", status: "True" }] } });
  const named = new Map<string, string>();
  for (const { name, range, allocations } of row.pools ?? [])
    named.set(name, plantPool(server, { name, range, allocations }));
  for (const { ip, podref: ref } of row.orphans ?? [])
    plantPool(server, { name: "", range: `${ip}/24`, allocations: { 0: { podref: ref } } });
  for (const [name, ref] of Object.entries(row.reservations ?? {}))
    plant(server, reservations, name, { spec: { podref: ref, ifname: "net1" } });
  for (const { ref, phase, status } of row.pods ?? []) plantPod(server, ref, phase, status);
  for (const ref of Object.keys(row.podsAlive ?? {})) plantPod(server, ref, row.podPhase);
  if (row.newPod !== undefined) plantPool(server, { name: late.pool, range: "10.0.0.0/24", allocations: {} });
  return named;
}

type Pool = {
  readonly name: string;
  readonly range: string;
  readonly allocations: { readonly [key: string]: { readonly podref: string } };
};

/** Rows call pools as they like; Whereabouts calls them after network and range. */
function plantPool(server: FakeServer, { name, range, allocations }: Pool): string {
  const read = parseRangeText(range);
  if (read.kind !== "range-text") throw new Error(`expected a range, found ${range}`);
  const network = name.startsWith("blue-") ? "blue" : "";
  const object = poolName(network, formatPrefix(read.prefix));
  const entries = Object.entries(allocations).map(([key, value]) => [key, { id: `c${key}`, ...value }]);
  plant(server, pools, object, { spec: { range, allocations: Object.fromEntries(entries) } });
  return object;
}

function plantPod(server: FakeServer, ref: string, phase = "Running", networks?: unknown): void {
  const [namespace = "", name = ""] = ref.split("/");
  const annotations = networks === undefined ? {} : { "k8s.v1.cni.cncf.io/network-status": JSON.stringify(networks) };
  plant(server, pods, name, { metadata: { namespace, annotations }, status: { phase }, spec: { nodeName: "node-1" } });
}

type Planted = { readonly metadata?: object; readonly [field: string]: unknown };

function plant(server: FakeServer, resource: Resource, name: string, rest: Planted): void {
  const where = resource.namespaced ? { namespace: home } : {};
  server.plant(resource, { ...rest, metadata: { name, uid: `uid-${name}`, ...where, ...rest.metadata } });
}

/** A pod that comes while the lists are read; and reads that fail. */
function transportOf(server: FakeServer, { newPod, getPodFails }: Input): Transport {
  let isThere = newPod === undefined;
  return async (call, deed) => {
    if (getPodFails !== undefined && call.resource === pods.plural && call.verb === "read")
      return { kind: "unknown", reason: getPodFails, mayLand: false };
    if (!isThere && call.resource === reservations.plural) {
      isThere = true;
      plantPool(server, { name: late.pool, range: "10.0.0.0/24", allocations: { 9: { podref: late.pod } } });
      plant(server, reservations, late.address, { spec: { podref: late.pod, ifname: "net1" } });
      plantPod(server, late.pod);
    }
    return deed();
  };
}

function entriesOf(server: FakeServer): ReadonlySet<string> {
  return new Set(
    server.all(pools).flatMap((object) => {
      const read = readEntries(object);
      if (read.kind !== "entries") return [];
      return [...read.entries.keys()].map((value) => formatAddress({ family: read.base.family, value }));
    }),
  );
}

function allocationsOf(server: FakeServer, name: string): unknown {
  const found = server.read({ resource: pools, namespace: home, name });
  return found.kind === "object" ? Reflect.get(Object(found.object["spec"]), "allocations") : undefined;
}
