/**
 * A cluster of many nodes and pods, whose leases are mostly in use: what a reconciler looks at. Written by bare requests, as kubelets,
 * agents and Whereabouts would have.
 *
 * @module
 */
import { nodes, pods, pools, reservations } from "../../../core/kube/resources.ts";
import { formatReservation } from "../../../core/kube/reservation.ts";
import { addressOf } from "../../../core/ip/address.ts";
import { formatAddress } from "../../../core/ip/address-text.ts";
import type { NewObject } from "../../../core/ports/kube-api.ts";
import { pathOf } from "../../support/api-server-client.ts";
import type { Cluster } from "../../support/api-server-cluster.ts";
import { type Write, writeAll } from "./fill.ts";

export type ClusterPlan = {
  readonly nodes: number;
  /** Of these, so many are gone, and with them the pods of their leases. */
  readonly lostNodes: number;
  readonly leases: number;
  /** Living pods whose status would mislead who trusts it, of each kind. */
  readonly misleading: number;
};

/** 200 nodes, 10,000 leases, 1,000 of them stale. */
export const clusterPlan: ClusterPlan = { nodes: 200, lostNodes: 20, leases: 10_000, misleading: 10 };

export type LeaseOfPlan = {
  readonly at: number;
  readonly node: string;
  readonly isLost: boolean;
  readonly pod: string;
  /** Of a living pod: what its status says. */
  readonly status: "plain" | "pending" | "broken" | "missing";
};

const firstAddress = 0x0a_14_00_00n;
const poolSize = 4_096;
export const network = "quay";

export function leasesOf({ nodes: count, lostNodes, leases, misleading }: ClusterPlan): readonly LeaseOfPlan[] {
  return Array.from({ length: leases }, (_, at): LeaseOfPlan => {
    const node = at % count;
    const turn = Math.floor(at / misleading);
    const status = turn === 1 ? "pending" : turn === 2 ? "broken" : turn === 3 ? "missing" : "plain";
    return { at, node: `node-${node}`, isLost: node < lostNodes, pod: `pod-${at}`, status };
  });
}

/** Addresses of three pools: a pool of Whereabouts with 10,000 entries is refused by etcd's limit. */
export function addressAt({ at }: Pick<LeaseOfPlan, "at">): string {
  const address = addressOf(4, firstAddress + BigInt(at + 1 + Math.floor(at / (poolSize - 2)) * 2));
  return address === undefined ? "" : formatAddress(address);
}

function poolOf({ at }: Pick<LeaseOfPlan, "at">): string {
  const base = addressOf(4, firstAddress + BigInt(Math.floor(at / (poolSize - 2)) * poolSize));
  return `${base === undefined ? "" : formatAddress(base)}/20`;
}

/** Nodes, their agents, and pods with what Multus wrote on them. */
export async function fillNodesAndPods(cluster: Cluster, namespace: string, plan: ClusterPlan): Promise<void> {
  const names = Array.from({ length: plan.nodes - plan.lostNodes }, (_, at) => `node-${at + plan.lostNodes}`);
  const ready = { conditions: [{ type: "Ready", status: "True" }] };
  const labels = { "app.kubernetes.io/name": "berth", "app.kubernetes.io/component": "agent" };
  const living = leasesOf(plan).filter(({ isLost }) => !isLost);
  // As many pods as leases: those of the lost nodes are gone, and others have no secondary interface.
  const others = Array.from({ length: plan.leases - living.length }, (_, at) => ({
    pod: `other-${at}`,
    node: names[at % names.length] ?? "",
  }));
  await writeAll(
    cluster,
    names.map((name) => post(pathOf(nodes), { metadata: { name } })),
  );
  await writeAll(
    cluster,
    names.map((name) => status(pathOf(nodes, undefined, name), ready)),
  );
  const podOf = (name: string, node: string, metadata: object = {}) =>
    post(pathOf(pods, namespace), {
      metadata: { name, ...metadata },
      spec: { nodeName: node, containers: [{ name: "main", image: "none" }] },
    });
  await writeAll(cluster, [
    ...names.map((name) => podOf(`berth-agent-${name}`, name, { labels })),
    ...living.map((lease) => podOf(lease.pod, lease.node, { annotations: annotationsOf(lease) })),
    ...others.map(({ pod, node }) => podOf(pod, node)),
  ]);
  await writeAll(cluster, [
    ...names.map((name) => status(pathOf(pods, namespace, `berth-agent-${name}`), { phase: "Running", ...ready })),
    ...living
      .filter((lease) => lease.status !== "pending")
      .map(({ pod }) => status(pathOf(pods, namespace, pod), { phase: "Running" })),
    ...others.map(({ pod }) => status(pathOf(pods, namespace, pod), { phase: "Running" })),
  ]);
}

function annotationsOf(lease: LeaseOfPlan): { [key: string]: string } {
  const networks = { "k8s.v1.cni.cncf.io/networks": "quay" };
  const key = "k8s.v1.cni.cncf.io/network-status";
  const said = [{ name: "default/quay", interface: "net1", ips: [addressAt(lease)], default: false }];
  switch (lease.status) {
    case "plain":
      return { ...networks, [key]: JSON.stringify(said) };
    case "broken":
      return { ...networks, [key]: "this-wont-fly" };
    case "pending":
    case "missing":
      return networks;
    default:
      return lease.status satisfies never;
  }
}

/** One reservation for each lease, as agents write them. */
export async function fillBerth(
  cluster: Cluster,
  podNamespace: string,
  home: string,
  plan: ClusterPlan,
): Promise<void> {
  const objects = leasesOf(plan).map((lease) => reservationOf(lease, podNamespace, home));
  await writeAll(
    cluster,
    objects.map((object) => post(pathOf(reservations, home), object)),
  );
}

function reservationOf(lease: LeaseOfPlan, podNamespace: string, home: string): NewObject {
  const address = addressOf(4, firstAddress + BigInt(lease.at + 1 + Math.floor(lease.at / (poolSize - 2)) * 2));
  const bootId = "3f0e3b7c-6a58-4d1e-9f0a-2b7f5f1c9d10";
  const object =
    address === undefined
      ? undefined
      : formatReservation(
          {
            place: { network, pool: poolOf(lease), overlapping: true, address },
            kind: "dynamic",
            attempt: `0b9c8a52-${lease.at.toString(16).padStart(12, "0")}`,
            holder: {
              attachment: { definition: network, containerId: lease.at.toString(16).padStart(64, "0"), ifName: "net1" },
              pod: { namespace: podNamespace, name: lease.pod, uid: undefined },
              node: lease.node,
              started: { bootId, bootNs: 1_000_000_000n },
              evidence: { kind: "seen", path: `/run/netns/berth-bench-${lease.at}`, device: "4", inode: "1", bootId },
            },
            sinceMs: 1_700_000_000_000,
            reason: "",
          },
          { namespace: home, journal: "0d8f2c1e-55aa-4c7d-8f55-0c2f7b1a9e77" },
        );
  if (object === undefined) throw new Error(`Cannot make lease "${lease.at}": expected an address`);
  return object;
}

/** The same leases as Whereabouts has them: entries of pools, and reservations without marks. */
export async function fillWhereaboutsCluster(
  cluster: Cluster,
  podNamespace: string,
  home: string,
  plan: ClusterPlan,
): Promise<void> {
  const leases = leasesOf(plan);
  const byPool = Map.groupBy(leases, poolOf);
  const podref = ({ pod }: LeaseOfPlan) => `${podNamespace}/${pod}`;
  const poolObjects = [...byPool].map(([range, held]) => ({
    apiVersion: `${pools.group}/${pools.version}`,
    kind: pools.kind,
    metadata: { name: `${network}-${range.replace("/", "-")}` },
    spec: {
      range,
      allocations: Object.fromEntries(
        held.map((lease) => [
          String((lease.at % (poolSize - 2)) + 1),
          { id: lease.at.toString(16).padStart(64, "0"), podref: podref(lease), ifname: "net1" },
        ]),
      ),
    },
  }));
  await writeAll(
    cluster,
    poolObjects.map((object) => post(pathOf(pools, home), object)),
  );
  const objects = leases.map((lease) => ({
    apiVersion: `${reservations.group}/${reservations.version}`,
    kind: reservations.kind,
    metadata: { name: `${network}-${addressAt(lease)}` },
    spec: { podref: podref(lease), containerid: "", ifname: "net1" },
  }));
  await writeAll(
    cluster,
    objects.map((object) => post(pathOf(reservations, home), object)),
  );
}

function post(path: string, body: object): Write {
  return { method: "POST", path, body, contentType: "application/json" };
}

function status(path: string, body: object): Write {
  return {
    method: "PATCH",
    path: `${path}/status`,
    body: { status: body },
    contentType: "application/merge-patch+json",
  };
}
