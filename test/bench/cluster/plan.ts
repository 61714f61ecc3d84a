/**
 * What all cases of the cluster's benchmark have in common.
 *
 * @module
 */
import type { Cost } from "./cost.ts";
import type { Peer } from "./peers.ts";

/** Pods, nodes and calls in flight of a burst. */
export const burst = 500;
export const nodes = 50;
export const wide = { ipam: { range: "10.0.0.0/16", network_name: "wide" }, name: "wide-net" };
/** Just four times as many addresses as pods: the first guess is taken more often. */
export const tight = { ipam: { range: "10.8.0.0/21", network_name: "tight" }, name: "tight-net" };
export const rounds = 3;
/** A case of Whereabouts begins no call after this. */
export const patienceMs = 120_000;

export type Peers = { readonly berth: Peer; readonly whereabouts: Peer };

/** Every agent has answered from this pool before. */
export async function warmUp({ berth, whereabouts }: Peers): Promise<void> {
  for (const verb of ["ADD", "DEL"] as const)
    for (const pool of [wide, tight]) await berth.call({ ...pool, verb, count: 20 * nodes, atOnce: nodes, first: 0 });
  for (const verb of ["ADD", "DEL"] as const) await whereabouts.call({ ...wide, verb, count: 1, atOnce: 1, first: 0 });
  await berth.settle();
}

export const verbsOf = ({ byVerb }: Cost<unknown>) =>
  Object.entries(byVerb)
    .map(([verb, count]) => `${verb} ${count}`)
    .join(", ");
