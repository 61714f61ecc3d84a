/**
 * Addresses that Whereabouts gave to pods of this node: found by their entries, and taken on record (P14), so that the pod keeps
 * its address and this agent frees it.
 *
 * @module
 */
import type { KubeObject } from "../ports/kube-api.ts";
import type { Reservation, Stray, Unread } from "../ports/cluster.ts";
import type { Claim, ClaimAnswer, Place } from "../ports/store.ts";
import { readPool } from "./pool-sight.ts";
import { formatPrefix } from "../ip/prefix.ts";
import { annotations } from "./labels.ts";
import { listAll } from "./list-all.ts";
import { memberOf } from "./member-of.ts";
import { poolName, reservationName } from "./names.ts";
import { poolSettings } from "./pool-settings.ts";
import { isMixed, type KubeStoreNeeds } from "./needs.ts";
import { claimOne, renewOne } from "./one.ts";
import type { PoolEntry } from "./pool-entries.ts";
import { readReservation } from "./reservation.ts";
import { nodeSlicePools, pods, pools, reservations } from "./resources.ts";
import { readNodeSlices } from "./slices.ts";

export type StrayNeeds = KubeStoreNeeds & {
  /** This node's name. */
  readonly node: string;
  /** Wall clock, ms. */
  readonly nowMs: () => number;
  readonly bootId: string;
  readonly newAttempt: () => string;
};

type PodOfNode = { readonly namespace: string; readonly name: string; readonly uid: string };

export async function strays(
  needs: StrayNeeds,
  containers: ReadonlySet<string>,
): Promise<{ readonly kind: "strays"; readonly strays: readonly Stray[] } | Unread> {
  if (!isMixed(needs)) return { kind: "strays", strays: [] };
  const here = await listAll(needs.api, { resource: pods, fields: `spec.nodeName=${needs.node}`, cached: true });
  if (typeof here === "string") return { kind: "unknown", reason: here };
  const living = new Map(here.filter(isLiving).map((pod) => [refOf(pod), podOf(pod)]));
  const objects = await listAll(needs.api, { resource: pools, namespace: needs.namespace, cached: false });
  if (typeof objects === "string") return { kind: "unknown", reason: objects };
  const nodes = await sliceNodes(needs);
  if (typeof nodes === "string") return { kind: "unknown", reason: nodes };
  const isMarked = ({ metadata }: KubeObject) => metadata.annotations?.[annotations.overlapping] !== undefined;
  const settings = objects.every(isMarked) ? new Map<string, boolean>() : await poolSettings(needs.api);
  const found: Stray[] = [];
  for (const { place, entry, isKnown } of objects.flatMap((object) => entriesIn(object, nodes, settings))) {
    const pod = living.get(entry.podref);
    const isEnded = containers.has(entry.id);
    if (pod === undefined && !isEnded) continue;
    const stray = await strayAt(needs, place, { entry, pod, isKnown, isEnded });
    if (stray === "unreadable") return { kind: "unknown", reason: `reservation ${reservationName(place)}` };
    if (stray !== undefined) found.push(stray);
  }
  return { kind: "strays", strays: found };
}

/** Nodes that have slices of a range: their names stand in the names of pools. */
async function sliceNodes({ api, namespace }: StrayNeeds): Promise<ReadonlySet<string> | string> {
  const objects = await listAll(api, { resource: nodeSlicePools, namespace, cached: false });
  if (typeof objects === "string") return objects;
  const read = objects.map(readNodeSlices).flatMap((one) => (one.kind === "slices" ? one.slices : []));
  return new Set(read.map(({ node }) => node).filter((node) => node !== ""));
}

type EntryHere = {
  readonly place: Place;
  readonly entry: PoolEntry;
  /** Whether it is known with which setting of overlapping ranges the pool is used: by its mark, or by definitions (P2). */
  readonly isKnown: boolean;
};

/**
 * With overlapping ranges on, unless the pool says otherwise: Whereabouts' default. In a slice's pool the entry stays where it
 * is: the place names that pool, `<node>-<cidr>`, and the reservation the network, as Whereabouts has it.
 */
function entriesIn(
  object: KubeObject,
  nodes: ReadonlySet<string>,
  settings: ReadonlyMap<string, boolean>,
): readonly EntryHere[] {
  const { text: read, network, node, isAmbiguous } = readPool(object, nodes);
  if (read.kind === "unreadable" || isAmbiguous) return [];
  const cidr = formatPrefix(read.prefix);
  const pool = node === undefined ? cidr : `${node}-${cidr}`;
  // A name that is not made of these is no pool of ours: its entry could not be written.
  if (poolName(network, pool) !== object.metadata.name) return [];
  const marked = object.metadata.annotations?.[annotations.overlapping];
  const setting = marked === undefined ? settings.get(poolName(network, cidr)) : marked !== "false";
  const overlapping = setting ?? true;
  const { family } = read.base;
  return [...read.entries].map(([value, entry]) => ({
    place: { network, pool, overlapping, address: { family, value } },
    entry,
    isKnown: setting !== undefined,
  }));
}

type Given = Omit<EntryHere, "place"> & {
  readonly pod: PodOfNode | undefined;
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
  if (!isOf(standing, given.entry)) return undefined;
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
  const slash = entry.podref.indexOf("/");
  const named = {
    namespace: entry.podref.slice(0, Math.max(0, slash)),
    name: entry.podref.slice(slash + 1),
    uid: undefined,
  };
  return {
    place,
    kind: "dynamic",
    attempt: needs.newAttempt(),
    holder: {
      attachment: { definition: "", containerId: entry.id, ifName: entry.ifname ?? "" },
      pod: pod ?? named,
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

function isLiving(pod: KubeObject): boolean {
  const phase = memberOf(pod["status"], "phase");
  return phase !== "Succeeded" && phase !== "Failed";
}

function podOf({ metadata }: KubeObject): PodOfNode {
  return { namespace: metadata.namespace ?? "", name: metadata.name, uid: metadata.uid ?? "" };
}

function refOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
