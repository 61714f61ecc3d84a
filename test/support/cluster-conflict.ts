/**
 * Two living leases of one address: the reservation was removed by hand, and another node was first (P15).
 *
 * @module
 */
import type { ClusterNode } from "./cluster-node.ts";
import { type ClusterWorld, createClusterWorld } from "./cluster-world.ts";
import { given } from "./world.ts";

export type Conflicted = { readonly world: ClusterWorld; readonly first: ClusterNode; readonly second: ClusterNode };

/** Pod `c1` of the first node lost its reservation to `c2` of the second; the first has seen it since. */
export async function createConflict(): Promise<Conflicted> {
  const world = createClusterWorld();
  const [first, second] = [await world.node(), await world.node()];
  given(await world.until(first.add("c1")));
  world.remove("blue-10.0.0.1");
  given(await world.until(second.add("c2")));
  await world.advance(601_000);
  return { world, first, second };
}
