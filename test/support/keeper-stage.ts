/**
 * What the keeper's parts need, on a node of a cluster in memory whose answers a test may change.
 *
 * @module
 */
import { createCanceller } from "../../core/flow/canceller.ts";
import { Conflicts } from "../../core/flow/conflicts.ts";
import { Freer } from "../../core/flow/freer.ts";
import type { KeeperNeeds } from "../../core/flow/keeper-needs.ts";
import { Pools } from "../../core/flow/pools.ts";
import type { FlowPorts } from "../../core/flow/ports.ts";
import type { Cluster } from "../../core/ports/cluster.ts";
import type { Row } from "../../core/ports/journal.ts";
import type { ClusterNode } from "./cluster-node.ts";
import { type ClusterMode, type ClusterWorld, createClusterWorld } from "./cluster-world.ts";

export type KeeperStage = {
  readonly world: ClusterWorld;
  readonly node: ClusterNode;
  readonly needs: KeeperNeeds;
  readonly conflicts: Conflicts;
  /** The only row of the node. */
  readonly row: () => Promise<Row>;
};

/** @param changes of what the node is told by its cluster and its journal */
export async function createKeeperStage(
  mode: ClusterMode,
  changes: { readonly cluster?: Partial<Cluster>; readonly journal?: Partial<FlowPorts["journal"]> } = {},
): Promise<KeeperStage> {
  const world = createClusterWorld(mode);
  const node = await world.node();
  const own = node.ports;
  if (own.cluster === undefined) throw new Error("the node has no cluster");
  const cluster = { ...own.cluster, ...changes.cluster };
  const ports = { ...own, cluster, journal: { ...own.journal, ...changes.journal } };
  const freer = new Freer(ports, new Pools(ports), createCanceller().signal);
  const needs = { ports, cluster, freer, running: new Set<string>() };
  const row = async () => {
    const [first] = await node.rows();
    if (first === undefined) throw new Error("the node has no row");
    return first;
  };
  return { world, node, needs, conflicts: new Conflicts(needs), row };
}
