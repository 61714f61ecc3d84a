/**
 * Addresses that Whereabouts gave to pods of this node: found by their entries, and taken on record (P14), so that the pod keeps
 * its address and this agent frees it.
 *
 * @module
 */
import type { KubeObject } from "../ports/kube-api.ts";
import type { Reservation, Stray, StrayLook, Unread } from "../ports/cluster.ts";
import { readPodRef } from "../ports/holder.ts";
import { type Claim, type ClaimAnswer, everywhere, type Place } from "../ports/store.ts";
import { readPool } from "./pool-sight.ts";
import { formatPrefix } from "../ip/prefix.ts";
import { annotations } from "./labels.ts";
import { hasEnded } from "./has-ended.ts";
import { poolName, reservationName } from "./names.ts";
import { poolSettings } from "./pool-settings.ts";
import { isMixed, type KubeStoreNeeds } from "./needs.ts";
import { claimOne, renewOne } from "./one.ts";
import { type PoolEntry, readEntries } from "./pool-entries.ts";
import { collectPages } from "./read-pages.ts";
import { reasonOf } from "./reason.ts";
import { readReservation } from "./reservation.ts";
import { readPodState } from "./pod-state.ts";
import { pods, pools, reservations } from "./resources.ts";
import { sliceNodes } from "./slice-nodes.ts";

export type StrayNeeds = KubeStoreNeeds & {
  /** This node's name. */
  readonly node: string;
  /** Wall clock, ms. */
  readonly nowMs: () => number;
  readonly bootId: string;
  readonly newAttempt: () => string;
};

type PodOfNode = { readonly namespace: string; readonly name: string; readonly uid: string };

const everything: StrayLook = { isWhole: true, isKnown: async () => false };

export async function strays(
  needs: StrayNeeds,
  containers: ReadonlySet<string>,
  look = everything,
): Promise<{ readonly kind: "strays"; readonly strays: readonly Stray[] } | Unread> {
  if (!isMixed(needs)) return { kind: "strays", strays: [] };
  const meant = await (look.isWhole ? entriesOfNode : entriesOfContainers)(needs, containers);
  if (typeof meant === "string") return { kind: "unknown", reason: meant };
  const { here, living } = meant;
  const found: Stray[] = [];
  const settings = await settingsFor(needs, here);
  if (typeof settings === "string") return { kind: "unknown", reason: settings };
  for (const one of here) {
    const { entry } = one;
    const setting = one.marked ?? settings.get(one.whole);
    const at = { ...one.place, overlapping: setting ?? true };
    if (await isKnownAt(look, at)) continue;
    const isEnded = containers.has(entry.id);
    const given = { entry, pod: living.get(entry.podref), isKnown: setting !== undefined, isEnded };
    const stray = await wantedAt(needs, at, given);
    if (typeof stray === "string") return { kind: "unknown", reason: stray };
    if (stray !== undefined) found.push(stray);
  }
  return { kind: "strays", strays: found };
}

/** The list of pods may be old, and nobody would free what is taken on record for one that has gone. @returns why it is not known */
async function wantedAt(needs: StrayNeeds, at: Place, given: Given): Promise<Stray | string | undefined> {
  const stray = await strayAt(needs, at, given);
  if (stray === "unreadable") return `reservation ${reservationName(at)}`;
  const pod = given.isEnded ? undefined : stray?.claim.holder?.pod;
  if (pod === undefined) return stray;
  const state = await readPodState(needs.api, pod);
  if (state.kind !== "pod") return reasonOf(state);
  return state.lives ? stray : undefined;
}

/** A static address of ours has an entry, too (P21): it is on record by its network alone. */
async function isKnownAt({ isKnown }: StrayLook, at: Place): Promise<boolean> {
  return (await isKnown(at)) || isKnown(everywhere(at.network, at.address));
}

/** Definitions are only read where a pool does not say its setting itself. */
async function settingsFor({ api }: StrayNeeds, here: readonly EntryHere[]) {
  const isMarked = ({ marked }: EntryHere) => marked !== undefined;
  return here.every(isMarked) ? new Map<string, boolean>() : poolSettings(api);
}

type Meant = { readonly here: readonly EntryHere[]; readonly living: ReadonlyMap<string, PodOfNode> };

/** Of what lives on this node, and of these containers. */
async function entriesOfNode(needs: StrayNeeds, containers: ReadonlySet<string>): Promise<Meant | string> {
  const living = await livingPods(needs);
  if (typeof living === "string") return living;
  const nodes = await sliceNodes(needs);
  if (typeof nodes === "string") return nodes;
  const isMeant = ({ entry }: EntryHere) => living.has(entry.podref) || containers.has(entry.id);
  // Of each pool, which may have a megabyte, only these few entries are kept.
  const read = await collectPages(needs.api, poolsOf(needs), (object) => entriesIn(object, nodes).filter(isMeant));
  return read.kind === "all" ? { here: read.items.flat(), living } : reasonOf(read);
}

/** Mostly there are none, and then the pools are all that is read. */
async function entriesOfContainers(needs: StrayNeeds, containers: ReadonlySet<string>): Promise<Meant | string> {
  const read = await collectPages(needs.api, poolsOf(needs), (object) => {
    const text = readEntries(object);
    const entries = text.kind === "entries" ? [...text.entries.values()] : [];
    return entries.some(({ id }) => containers.has(id)) ? object : undefined;
  });
  if (read.kind !== "all") return reasonOf(read);
  if (read.items.length === 0) return { here: [], living: new Map() };
  const nodes = await sliceNodes(needs);
  if (typeof nodes === "string") return nodes;
  const living = await livingPods(needs);
  if (typeof living === "string") return living;
  const all = read.items.flatMap((object) => entriesIn(object, nodes));
  return { here: all.filter(({ entry }) => containers.has(entry.id)), living };
}

function poolsOf({ namespace }: StrayNeeds) {
  return { resource: pools, namespace, metadataOnly: false };
}

/** Of this node, by `namespace/name`. */
async function livingPods({ api, node }: StrayNeeds): Promise<ReadonlyMap<string, PodOfNode> | string> {
  const query = { resource: pods, fields: `spec.nodeName=${node}`, cached: true, metadataOnly: false };
  const read = await collectPages(api, query, (pod) => (hasEnded(pod) ? undefined : podOf(pod)));
  if (read.kind !== "all") return reasonOf(read);
  return new Map(read.items.map((pod) => [`${pod.namespace}/${pod.name}`, pod]));
}

type EntryHere = {
  readonly place: Omit<Place, "overlapping">;
  readonly entry: PoolEntry;
  /** With which setting of overlapping ranges the pool says it is used (P2); undefined: it does not say. */
  readonly marked: boolean | undefined;
  /** The name that the pool has as a whole: by it definitions tell the setting. */
  readonly whole: string;
};

/**
 * With overlapping ranges on, unless the pool says otherwise: Whereabouts' default. In a slice's pool the entry stays where it
 * is: the place names that pool, `<node>-<cidr>`, and the reservation the network, as Whereabouts has it.
 */
function entriesIn(object: KubeObject, nodes: ReadonlySet<string>): readonly EntryHere[] {
  const { text: read, network, node, isAmbiguous } = readPool(object, nodes);
  if (read.kind === "unreadable" || isAmbiguous) return [];
  const cidr = formatPrefix(read.prefix);
  const pool = node === undefined ? cidr : `${node}-${cidr}`;
  // A name that is not made of these is no pool of ours: its entry could not be written.
  if (poolName(network, pool) !== object.metadata.name) return [];
  const mark = object.metadata.annotations?.[annotations.overlapping];
  const marked = mark === undefined ? undefined : mark !== "false";
  const { family } = read.base;
  return [...read.entries].map(([value, entry]) => ({
    place: { network, pool, address: { family, value } },
    entry,
    marked,
    whole: poolName(network, cidr),
  }));
}

type Given = {
  readonly entry: PoolEntry;
  readonly pod: PodOfNode | undefined;
  /** Whether it is known with which setting of overlapping ranges the pool is used: by its mark, or by definitions (P2). */
  readonly isKnown: boolean;
  /** Its DEL has come. */
  readonly isEnded: boolean;
};

/** @returns undefined when Berth has it on record already, or where it would be put on record is not known yet */
async function strayAt(needs: StrayNeeds, place: Place, given: Given): Promise<Stray | "unreadable" | undefined> {
  const { isKnown, isEnded } = given;
  const found = await needs.api.read({
    resource: reservations,
    namespace: needs.namespace,
    name: reservationName(place),
  });
  if (found.kind === "refused" || found.kind === "unknown") return "unreadable";
  const standing = found.kind === "object" ? readReservation(found.object, place) : undefined;
  if (standing !== undefined) return strayOf(needs, standing, given);
  if (isKnown) return { standing, claim: claimOf(needs, place, given) };
  // One that has ended is only taken on record to be freed: under the name that cannot be another pool's.
  return isEnded ? { standing, claim: claimOf(needs, { ...place, overlapping: false }, given) } : undefined;
}

function strayOf(needs: StrayNeeds, standing: Reservation, given: Given): Stray | undefined {
  // Another pod's reservation beside this pod's entry: what P15 and `import --check` tell of.
  if (!isOf(standing, given.entry) || standing.twinOf !== "") return undefined;
  const claim = claimOf(needs, standing.place, given);
  if (standing.attempt === "") return { standing, claim };
  // Adopted by us, with an answer that was lost: the journal may not know it.
  return standing.journal === needs.journal ? { standing, claim: { ...claim, attempt: standing.attempt } } : undefined;
}

function isOf(standing: Reservation, { podref }: PoolEntry): boolean {
  const pod = standing.holder?.pod;
  return `${pod?.namespace}/${pod?.name}` === podref;
}

function claimOf(needs: StrayNeeds, place: Place, { entry, pod }: Given): Claim {
  return {
    place,
    kind: "dynamic",
    attempt: needs.newAttempt(),
    holder: {
      attachment: { definition: "", containerId: entry.id, ifName: entry.ifname ?? "" },
      pod: pod ?? readPodRef(entry.podref),
      node: needs.node,
      // Unknown counts as earlier than any DEL (P13).
      started: { bootId: "", bootNs: 0n },
      evidence: { kind: "void", path: "", bootId: needs.bootId, reason: "Whereabouts gave it" },
    },
    sinceMs: needs.nowMs(),
    reason: "",
  };
}

/** The entry stands: only the reservation is made, or completed. */
export async function adopt(needs: KubeStoreNeeds, { claim, standing }: Stray): Promise<ClaimAnswer> {
  if (standing === undefined) return claimOne(needs, claim, true);
  if (standing.attempt === claim.attempt) return { kind: "held", version: standing.version };
  const answer = await renewOne(needs, standing, claim);
  switch (answer.kind) {
    case "held":
      return answer;
    case "lost":
      return { kind: "taken", by: answer.now };
    case "unknown":
      return { kind: "unknown", reason: answer.reason, hopeless: false, mayLand: true };
    default:
      return answer satisfies never;
  }
}

function podOf({ metadata }: KubeObject): PodOfNode {
  return { namespace: metadata.namespace ?? "", name: metadata.name, uid: metadata.uid ?? "" };
}
