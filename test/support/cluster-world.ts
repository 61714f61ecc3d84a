/**
 * A cluster in memory: agents of several nodes over one API server, in time that moves only when it is told to; and what
 * Whereabouts and people do beside them.
 *
 * @module
 */
import type { Reservation } from "../../core/ports/cluster.ts";
import type { KubeObject, NewObject, Resource } from "../../core/ports/kube-api.ts";
import { formatAddress } from "../../core/ip/address-text.ts";
import { configMaps, definitions, events, pods, pools, reservations } from "../../core/kube/resources.ts";
import { readReservation } from "../../core/kube/reservation.ts";
import { type FakeServer, createFakeServer } from "./fake-api-server.ts";
import { type ClusterNode, createClusterNode, namespace, type NodeOptions } from "./cluster-node.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

export type Entry = { readonly id: string; readonly podref: string; readonly ifname?: string };

/** `missing`: there is no such ConfigMap. */
export type ClusterMode = "present" | "absent" | "missing";

export type ClusterWorld = {
  readonly server: FakeServer;
  readonly clock: VirtualClock;
  /** Waits for `work`; time moves when nothing else can. */
  readonly until: <Result>(work: Promise<Result>) => Promise<Result>;
  readonly advance: (ms: number) => Promise<void>;
  /** A node whose agent runs and has imported what it has. */
  readonly node: (options?: Partial<NodeOptions>) => Promise<ClusterNode>;
  /** A node whose agent was not started yet. */
  readonly nodeAtRest: (options?: Partial<NodeOptions>) => ClusterNode;
  /** Key `whereabouts` of the ConfigMap. */
  readonly setMode: (mode: ClusterMode) => void;
  /** As it was set last. */
  readonly mode: () => ClusterMode;
  readonly pod: (name: string, node: string, phase?: string) => void;
  /** Objects as they stand, by name. */
  readonly standing: () => ReadonlyMap<string, Reservation>;
  /** `<address> <pod>` of each reservation, or `<name> <podref>` where nothing but the name tells its address; sorted. */
  readonly held: () => readonly string[];
  readonly entries: (pool?: string) => { readonly [key: string]: Entry };
  /** Whereabouts, or somebody, writes or removes an entry. */
  readonly writeEntry: (key: string, entry: Entry | undefined, pool?: string) => void;
  /** Makes the pool as Whereabouts does. */
  /** As Whereabouts makes it, with the definition that it is made for. */
  readonly makePool: (range: string, network?: string) => void;
  /** A reservation as Whereabouts makes it. */
  readonly reserve: (name: string, podref: string) => void;
  readonly remove: (name: string) => void;
  readonly change: (resource: Resource, name: string, change: (object: KubeObject) => KubeObject) => void;
  /** Messages of all Events. */
  readonly told: () => readonly string[];
};

/** In exclusive mode, unless `mode` says otherwise. */
export function createClusterWorld(mode: ClusterMode = "absent"): ClusterWorld {
  const clock = createVirtualClock();
  const server = createFakeServer({ nowMs: clock.nowMs });
  let nodes = 0;
  let current = mode;
  const find = (resource: Resource, name: string) => {
    const found = server.read({ resource, namespace, name });
    if (found.kind !== "object") throw new Error(`there is no ${resource.kind} ${name}`);
    return found.object;
  };
  const make = (resource: Resource, object: NewObject) => {
    const answer = server.create(resource, { ...object, metadata: { namespace, ...object.metadata } });
    if (answer.kind !== "object") throw new Error(JSON.stringify(answer));
  };
  const change: ClusterWorld["change"] = (resource, name, deed) => server.plant(resource, deed(find(resource, name)));
  const allocationsOf = (pool: string): { readonly [key: string]: Entry } =>
    Object(find(pools, pool)["spec"]).allocations;
  const nodeAtRest: ClusterWorld["nodeAtRest"] = (options = {}) => {
    nodes += 1;
    return createClusterNode(server, clock, { name: `node-${nodes}`, mark: `n${nodes}`, ...options });
  };
  const world: ClusterWorld = {
    server,
    clock,
    until: clock.until,
    advance: clock.advance,
    nodeAtRest,
    node: async (options) => {
      const node = nodeAtRest(options);
      await node.start();
      // Not a long time: what it does at its start.
      await clock.advance(1);
      return node;
    },
    mode: () => current,
    setMode: (value) => {
      current = value;
      server.uproot({ resource: configMaps, namespace, name: "berth" });
      if (value !== "missing") make(configMaps, { metadata: { name: "berth" }, data: { whereabouts: value } });
    },
    pod: (name, node, phase = "Running") => {
      const metadata = { name, namespace: "default", uid: `uid-${name}` };
      server.plant(pods, { metadata, spec: { nodeName: node }, status: { phase } });
    },
    standing: () =>
      new Map(
        server.all(reservations).flatMap((object) => {
          const read = readReservation(object);
          return read === undefined ? [] : [[object.metadata.name, read] as const];
        }),
      ),
    held: () =>
      server
        .all(reservations)
        .map((object) => {
          const { place, holder } = readReservation(object) ?? {};
          const at = place === undefined ? object.metadata.name : formatAddress(place.address);
          return `${at} ${holder?.pod?.name ?? String(Object(object["spec"]).podref)}`;
        })
        .sort(),
    entries: (pool = "blue-10.0.0.0-29") => allocationsOf(pool),
    writeEntry: (key, entry, pool = "blue-10.0.0.0-29") =>
      change(pools, pool, (object) => {
        const { [key]: _old, ...rest } = allocationsOf(pool);
        const allocations = entry === undefined ? rest : { ...rest, [key]: entry };
        return { ...object, spec: { ...Object(object["spec"]), allocations } };
      }),
    makePool: (range, network = "blue") => {
      const name = `${network === "" ? "" : `${network}-`}${range.replaceAll(/[:/]/g, "-")}`;
      make(pools, { metadata: { name }, spec: { range, allocations: {} } });
      const ipam = { type: "whereabouts", range, ...(network === "" ? {} : { network_name: network }) };
      const config = JSON.stringify({ cniVersion: "1.0.0", name, type: "bridge", ipam });
      make(definitions, { metadata: { name }, spec: { config } });
    },
    reserve: (name, podref) => make(reservations, { metadata: { name }, spec: { podref, ifname: "net1" } }),
    remove: (name) => server.uproot({ resource: reservations, namespace, name }),
    change,
    told: () => server.all(events).map((event) => String(event["message"])),
  };
  world.setMode(mode);
  return world;
}
