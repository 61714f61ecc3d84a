/**
 * Whether what stands is what is held, once everything is quiet (invariant 4).
 *
 * @module
 */
import { annotations, labels } from "../../core/kube/labels.ts";
import { reservations } from "../../core/kube/resources.ts";
import type { KubeObject } from "../../core/ports/kube-api.ts";
import { statusesOf } from "./shown.ts";
import type { Entry, World } from "./world.ts";

/** "" when what stands is what is held. */
export async function difference(world: World): Promise<string> {
  const parts = [...missing(world), ...leaked(world)];
  for (const { id, journal, plugin, isOn } of world.machines) {
    // Of one that is lost for good nobody reads the journal again.
    if (plugin !== "berth" || !isOn) continue;
    for (const state of ["intent", "freeing"] as const) {
      const left = await journal.count(state);
      if (left > 0) parts.push(`node ${id} has ${left} rows that are ${state}`);
    }
  }
  return parts.join("; ");
}

/** What Whereabouts gave, and nobody has taken on record, is not asked for. */
function missing(world: World): readonly string[] {
  const { history } = world;
  const reserved = world.reserved();
  const entered = world.mode === "present" ? world.entryNames() : undefined;
  const ours = history.names().filter(
    (name) =>
      !history.isRenounced(name) &&
      history.leasesOf(name).every(({ attachment: { node, isProven } }) => {
        const machine = world.machines.find(({ id }) => id === node);
        return machine?.plugin === "berth" && isProven;
      }),
  );
  return ours.flatMap((name) => [
    ...(reserved.includes(name) ? [] : [`${name} is held by ${history.holderOf(name)} and not reserved`]),
    ...(entered === undefined || entered.includes(name) || isStatic(world, name)
      ? []
      : [`${name} is held by ${history.holderOf(name)} and has no entry`]),
  ]);
}

function isStatic(world: World, name: string): boolean {
  return world.history
    .leasesOf(name)
    .some(({ attachment, address }) => attachment.definition.statics.includes(address));
}

function leaked(world: World): readonly string[] {
  const held = world.history.names();
  const { excused } = world.whereabouts;
  // What an agent had on its way back when its node changed to Whereabouts, that one's reconciler cleans up.
  const isExcused = (podref: string) => {
    const pod = podref.slice(podref.indexOf("/") + 1);
    return excused.has(pod) || world.kubelet.machines.get(pod)?.plugin === "whereabouts";
  };
  const standing = world.server.all(reservations);
  // And what it gave to a pod that went before any agent came.
  const foreign = standing
    .filter(({ metadata }) => metadata.annotations?.[annotations.attempt] === undefined)
    .map(({ metadata }) => metadata.name);
  const isLeft = (name: string, podref: string) =>
    !held.includes(name) && !isExcused(podref) && !foreign.includes(name);
  const left = standing.filter(
    (object) => !mayStand(world, object) && isLeft(object.metadata.name, specOf(object["spec"]).podref),
  );
  const waiting = standing.filter((object) => world.waitsForPod(object)).map(({ metadata }) => metadata.name);
  const entries = world.mode === "present" ? world.entries() : [];
  const names = world.entryNames();
  const reserved = standing.map(({ metadata }) => metadata.name);
  // Of a pod that went without a DEL, before any agent took it on record: its reconciler cleans up.
  const isAbandoned = (name: string, { id, podref }: Entry) =>
    !reserved.includes(name) && world.whereabouts.given.has(id) && !statusesOf(world).has(podref);
  const leftEntries = names.filter((name, at) => {
    const entry = entries[at];
    if (entry === undefined || waiting.includes(name) || isAbandoned(name, entry)) return false;
    return isLeft(name, entry.podref);
  });
  return [
    ...left.map(({ metadata }) => `${metadata.name} is reserved and nobody holds it`),
    ...(entries.length > 0 ? leftEntries : []).map((name) => `${name} has an entry and nobody holds it`),
  ];
}

/** Withheld ones that a restored copy of etcd brought back; what waits for a pod (P17, P18); what a lost journal imported for a container that lives (P14). */
function mayStand(world: World, object: KubeObject): boolean {
  const { metadata } = object;
  const kind = metadata.labels?.[labels.kind];
  if (kind === "withheld" && world.wasRestored) return true;
  // A further reservation of a static address stands with its first (P21).
  const first = metadata.annotations?.[annotations.twinOf];
  if (first !== undefined) return world.history.holderOf(first) !== undefined || mayFirstStand(world, first);
  if (world.isKept(object) || world.waitsForPod(object)) return true;
  const machine = world.machines.find(({ name }) => name === metadata.annotations?.[annotations.node]);
  return machine?.lostJournal === true && world.history.isContainerHolding(specOf(object["spec"]).containerid);
}

function mayFirstStand(world: World, name: string): boolean {
  const first = world.server.all(reservations).find(({ metadata }) => metadata.name === name);
  return first !== undefined && mayStand(world, first);
}

function specOf(spec: unknown): { readonly podref: string; readonly containerid: string } {
  return spec as { readonly podref: string; readonly containerid: string };
}
