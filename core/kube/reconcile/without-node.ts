/**
 * Leases that name no node: what Whereabouts wrote, by entry and reservation or by one of them, and ours that lost their label.
 *
 * @module
 */
import type { Reservation } from "../../ports/cluster.ts";
import type { KubeObject } from "../../ports/kube-api.ts";
import { podRef, readPodRef } from "../../ports/holder.ts";
import type { FreeAnswer, Reader, Reading } from "../../ports/scene.ts";
import { placedEntries, readPools } from "../inventory-pools.ts";
import { type PlacedEntry, placeKey } from "../inventory-leases.ts";
import { rangesOf } from "../inventory-ranges.ts";
import { labels } from "../labels.ts";
import { poolName, reservationName } from "../names.ts";
import { isMixed } from "../needs.ts";
import { releaseOne } from "../one.ts";
import { addressNamed } from "../network-in-name.ts";
import { entryOf, type MixedNeeds } from "../mixed.ts";
import { readAttachmentDefinition } from "../read-definition.ts";
import { collectPages, readPages } from "../read-pages.ts";
import { reasonOf } from "../reason.ts";
import { readReservation, withheldRef } from "../reservation.ts";
import { definitions, reservations } from "../resources.ts";
import { addressless } from "./unreadable.ts";

/**
 * Entries before reservations, as an ADD writes them. Memory, while Whereabouts may write: the entries of all pools (5,000 a pool at
 * most); else what is found.
 */
export async function readWithoutNode(needs: MixedNeeds, reader: Reader<Reservation>): Reading {
  const read = await readEntriesLeft(needs);
  if (read.kind === "unknown") return read;
  const { networks, entries } = read;
  const left = new Map<string, PlacedEntry>();
  const query = { resource: reservations, namespace: needs.namespace };
  // In the mixed mode each of ours takes its entry out; else only those without a label matter.
  const wanted = isMixed(needs) ? query : { ...query, labels: `!${labels.node}` };
  const unread = await readPages(
    needs.api,
    { ...wanted, metadataOnly: false },
    {
      begin: () => {
        left.clear();
        for (const one of entries) left.set(placeKey(one.place), one);
        reader.begin();
      },
      keep: (object) => {
        const isNodeless = object.metadata.labels?.[labels.node] === undefined;
        const lease = leaseOf(object, networks);
        if (lease === undefined && isNodeless) reader.unreadable?.(addressless(object.metadata, needs.namespace));
        if (lease === undefined) return;
        const key = placeKey(lease.place);
        const entry = left.get(key);
        left.delete(key);
        // One of another pod stands for itself.
        if (entry !== undefined && lease.attempt === "" && !isOfSamePod(lease, entry)) left.set(key, entry);
        if (isNodeless && lease.twinOf === "") reader.take(joined(lease, entry));
      },
    },
  );
  if (unread !== undefined) return { kind: "unknown", reason: reasonOf(unread) };
  for (const one of left.values()) {
    const lease = entryLease(one);
    if (lease !== undefined) reader.take(lease);
  }
  return undefined;
}

type EntriesLeft = {
  readonly kind: "read";
  readonly networks: readonly string[];
  readonly entries: readonly PlacedEntry[];
};

/** Of our namespace, and none while Whereabouts is absent: there an entry is only told of (P4). */
async function readEntriesLeft(
  needs: MixedNeeds,
): Promise<EntriesLeft | { readonly kind: "unknown"; readonly reason: string }> {
  const lacking = { resource: definitions, metadataOnly: false, mayLack: true };
  const read = await collectPages(needs.api, lacking, readAttachmentDefinition);
  if (read.kind !== "all") return { kind: "unknown", reason: reasonOf(read) };
  const served = rangesOf(read.items);
  if (!isMixed(needs))
    return { kind: "read", networks: [...new Set(served.map(({ network }) => network))], entries: [] };
  const found = await readPools(needs);
  if (found.kind !== "all") return { kind: "unknown", reason: reasonOf(found) };
  const own = found.items.filter(({ namespace, isAmbiguous }) => namespace === needs.namespace && !isAmbiguous);
  const networks = [...new Set([...served, ...own].map(({ network }) => network))];
  return { kind: "read", networks, entries: placedEntries(own, served) };
}

/** One without marks is Whereabouts': its name tells the address. */
function leaseOf(object: KubeObject, networks: readonly string[]): Reservation | undefined {
  const marked = readReservation(object);
  if (marked !== undefined) return marked;
  const named = addressNamed(object.metadata.name, networks);
  return named === undefined ? undefined : readReservation(object, { ...named, pool: "", overlapping: true });
}

/** What Whereabouts made lies in the pool of its entry, which goes first, and has its container there. */
function joined(lease: Reservation, entry: PlacedEntry | undefined): Reservation {
  const whole = entry === undefined || lease.attempt !== "" ? undefined : entryLease(entry);
  return whole === undefined || entry === undefined || !isOfSamePod(lease, entry)
    ? lease
    : { ...lease, place: whole.place, holder: whole.holder };
}

function isOfSamePod({ holder }: Reservation, { entry }: PlacedEntry): boolean {
  return holder !== undefined && entry !== undefined && podRef(holder) === entry.podref;
}

/** @returns undefined for one that cannot be read, and for a withheld address */
function entryLease({ place, entry, pool }: PlacedEntry): Reservation | undefined {
  // A slice's pool bears another name than the range: its entries are left to its node's agent.
  if (entry === undefined || entry.podref === withheldRef || !isWholePool({ place, pool })) return undefined;
  const pod = readPodRef(entry.podref);
  return {
    place,
    kind: "dynamic",
    attempt: "",
    holder: {
      attachment: { definition: "", containerId: entry.id, ifName: entry.ifname ?? "" },
      pod: pod.namespace === "" ? undefined : pod,
      node: "",
      started: { bootId: "", bootNs: 0n },
      evidence: { kind: "void", path: "", bootId: "", reason: "Whereabouts gave it" },
    },
    sinceMs: 0,
    reason: "",
    version: "",
    contested: undefined,
    name: reservationName(place),
    uid: "",
    revision: -1n,
    journal: "",
    isLabelled: false,
    twinOf: "",
  };
}

function isWholePool({ place, pool }: Pick<PlacedEntry, "place" | "pool">): boolean {
  return pool.endsWith(`/${poolName(place.network, place.pool)}`);
}

/** No reservation stands for it. */
export function isEntryAlone({ version }: Reservation): boolean {
  return version === "";
}

/** Written by Whereabouts, or by hand: nothing tells one attempt from another. */
export function isForeign({ attempt }: Reservation): boolean {
  return attempt === "";
}

/**
 * The entry first, while it says the very same, then the reservation in the very state that was judged (P12): Whereabouts may have given
 * the address to somebody else meanwhile, and what it writes bears no attempt by which that could be told later.
 */
export async function freeForeign(needs: MixedNeeds, lease: Reservation): Promise<FreeAnswer> {
  if (isMixed(needs) && lease.place.pool !== "") {
    const { address } = lease.place;
    const entry = await needs.mixed.entries.of(lease.place).order({ kind: "remove", address, value: entryOf(lease) });
    if (entry.kind === "refused" || entry.kind === "unknown") return { kind: "unknown", reason: entry.reason };
    if (entry.kind === "other" && entry.now !== undefined) return { kind: "changed" };
  }
  if (isEntryAlone(lease)) return { kind: "freed" };
  const answer = await releaseOne(needs, lease);
  return answer.kind === "changed" ? { kind: "changed" } : answer;
}
