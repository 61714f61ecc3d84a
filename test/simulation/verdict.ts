/**
 * Whether what stands is what is held, once everything is quiet (invariant 4).
 *
 * @module
 */
import { annotations, labels } from "../../core/kube/labels.ts";
import { reservations } from "../../core/kube/resources.ts";
import type { KubeObject } from "../../core/ports/kube-api.ts";
import type { World } from "./world.ts";

/** "" when what stands is what is held. */
export async function difference(world: World): Promise<string> {
  const { history } = world;
  const held = history.names();
  const standing = world.server.all(reservations);
  const names = new Set(standing.map(({ metadata }) => metadata.name));
  const parts = [
    ...held
      .filter((name) => !names.has(name))
      .map((name) => `${name} is held by ${history.holderOf(name)} and not reserved`),
    ...standing
      .filter((object) => !held.includes(object.metadata.name) && !mayStand(world, object))
      .map(({ metadata }) => `${metadata.name} is reserved and nobody holds it`),
  ];
  for (const { id, journal } of world.machines) {
    for (const state of ["intent", "freeing"] as const) {
      const left = await journal.count(state);
      if (left > 0) parts.push(`node ${id} has ${left} rows that are ${state}`);
    }
  }
  return parts.join("; ");
}

/** Withheld ones that a restored copy of etcd brought back; what a lost journal imported for a container that lives (P14). */
function mayStand(world: World, object: KubeObject): boolean {
  const { metadata } = object;
  const kind = metadata.labels?.[labels.kind];
  if (kind === "withheld" && world.wasRestored) return true;
  // A further reservation of a static address stands with its first (P21).
  const first = metadata.annotations?.[annotations.twinOf];
  if (first !== undefined) return world.history.holderOf(first) !== undefined;
  const machine = world.machines.find(({ name }) => name === metadata.annotations?.[annotations.node]);
  const { containerid } = object["spec"] as { readonly containerid: string };
  return machine?.lostJournal === true && world.history.isContainerHolding(containerid);
}
