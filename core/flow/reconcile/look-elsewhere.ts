/**
 * What the elected member judges: leases of nodes that are lost or silent or without Berth, and what Whereabouts wrote (P18, rule 2).
 *
 * @module
 */
import type { Reservation, Unread } from "../../ports/cluster.ts";
import type { Pod } from "../../ports/holder.ts";
import type { NodeState, Reader, Reading, Scene } from "../../ports/scene.ts";
import type { LeaseSight, NodeSight, PodSight } from "../../reconcile/sight.ts";
import { inGroups } from "./in-groups.ts";
import type { ReconcileNeeds, RunOptions } from "./needs.ts";
import { PodList } from "./pod-list.ts";
import { podSight } from "./pod-sight.ts";

export type NodesSeen = {
  readonly nodes: ReadonlyMap<string, NodeState>;
  /** Nodes with a Ready pod of Berth, of any kind. */
  readonly served: ReadonlySet<string>;
};

type Told = Pick<RunOptions, "failed" | "unreadable">;

/** Undefined: nothing elsewhere can be judged. */
export async function seeNodes({ scene }: ReconcileNeeds, { failed }: Told): Promise<NodesSeen | undefined> {
  const nodes = await scene.nodes();
  const berth = await scene.berthPods();
  if (nodes.kind === "unknown") failed("nodes", nodes.reason);
  // Whoever asks runs on one.
  else if (nodes.nodes.size === 0) failed("nodes", "the list of nodes is empty, which cannot be");
  else if (berth.kind === "unknown") failed("pods of Berth", berth.reason);
  else return { nodes: nodes.nodes, served: new Set([...berth.agents, ...berth.members]) };
  return undefined;
}

/** @param name not "" */
export function nodeSight({ nodes, served }: NodesSeen, name: string): NodeSight {
  const state = nodes.get(name);
  if (state === undefined) return { kind: "lost", why: "absent" };
  if (state.isOutOfService) return { kind: "lost", why: "out of service" };
  if (!state.isReady) return { kind: "silent" };
  return { kind: served.has(name) ? "served" : "unserved" };
}

/** @param before the nodes at the first look; left out: this is the first */
export function nodelessSight(
  { seen }: Pick<ReconcileNeeds, "seen">,
  lease: Reservation,
  { nodes, before = nodes }: { readonly nodes: NodesSeen["nodes"]; readonly before?: NodesSeen["nodes"] | undefined },
): NodeSight {
  const pod = lease.holder?.pod;
  return {
    kind: "none",
    silent: silentOf(nodes),
    isSteady: isSteady(before, nodes),
    isMarked: lease.attempt !== "",
    wasSeen: pod !== undefined && seen?.has(nameOf(pod)) === true,
  };
}

/** None has gone, or was away in between; of one that is out of service a person has said that it is off. */
function isSteady(before: NodesSeen["nodes"], now: NodesSeen["nodes"]): boolean {
  return [...before].every(([name, state]) => {
    const later = now.get(name);
    return state.isOutOfService || (later !== undefined && later.since === state.since);
  });
}

/** Nodes that may run what Kubernetes does not know of; of one that is out of service a person has said that it is off. */
function silentOf(nodes: NodesSeen["nodes"]): readonly string[] {
  return [...nodes].flatMap(([name, { isReady, isOutOfService }]) => (isReady || isOutOfService ? [] : [name]));
}

/** The leases of one node. Leases before pods (P17). */
export async function lookAtNode(
  { scene }: ReconcileNeeds,
  { name, node }: { readonly name: string; readonly node: NodeSight },
  { failed, unreadable }: Told,
): Promise<readonly LeaseSight[]> {
  const leases = await collect<Reservation>((reader) => scene.leasesOf(name, { ...reader, unreadable }));
  if (leases.kind === "unknown") {
    failed(`leases of node ${name}`, leases.reason);
    return [];
  }
  const pods = await PodList.read(scene, name, node.kind === "lost");
  const seen: LeaseSight[] = [];
  for (const lease of leases.items) seen.push({ lease, pod: await pods.sight(lease.holder?.pod), node });
  return seen;
}

/** What names no node, of Whereabouts mostly. */
export async function lookAtNodeless(
  needs: ReconcileNeeds,
  nodes: NodesSeen,
  { failed, unreadable }: Told,
): Promise<readonly LeaseSight[]> {
  const { scene } = needs;
  const leases = await collect<Reservation>((reader) => scene.withoutNode({ ...reader, unreadable }));
  if (leases.kind === "unknown") {
    failed("leases without a node", leases.reason);
    return [];
  }
  const names = new Set(leases.items.flatMap(({ holder }) => (holder?.pod === undefined ? [] : [nameOf(holder.pod)])));
  const living = names.size === 0 ? undefined : await scene.living(names);
  const listed = living?.kind === "living" ? living.names : undefined;
  const seen: LeaseSight[] = [];
  await inGroups(leases.items, async (lease) => {
    const pod = lease.holder?.pod;
    const name = lease.holder?.node ?? "";
    const node = name === "" ? nodelessSight(needs, lease, nodes) : nodeSight(nodes, name);
    seen.push({ lease, pod: await sightOf(scene, pod, listed), node });
  });
  const live = seen.flatMap(({ lease, pod }) => {
    const isLive = pod.kind === "lives" || pod.kind === "pending";
    return isLive && lease.holder?.pod !== undefined ? [nameOf(lease.holder.pod)] : [];
  });
  needs.seen?.note(live, names);
  return seen;
}

/** By name alone where no uid is known; else, and without a list that can be right, each is asked for. */
async function sightOf(scene: Scene, pod: Pod | undefined, listed: ReadonlySet<string> | undefined): Promise<PodSight> {
  if (pod === undefined || pod.name === "") return { kind: "unnamed" };
  if (listed === undefined || pod.uid !== undefined) return podSight(pod, await scene.pod(pod));
  return listed.has(nameOf(pod)) ? { kind: "lives" } : { kind: "gone", why: "absent" };
}

function nameOf({ namespace, name }: Pod): string {
  return `${namespace}/${name}`;
}

type Collected<Item> = { readonly kind: "all"; readonly items: readonly Item[] } | Unread;

async function collect<Item>(read: (reader: Reader<Item>) => Reading): Promise<Collected<Item>> {
  let items: Item[] = [];
  const unread = await read({ begin: () => void (items = []), take: (item) => void items.push(item) });
  return unread ?? { kind: "all", items };
}
