/**
 * Static and withheld addresses: one reservation under the network's name, and one under the name of each pool with
 * overlapping ranges off that contains the address, so that no pool of the network gives it (P21).
 *
 * Who claims one makes the first and then looks for pools; who opens such a pool makes it and then looks for addresses: whichever
 * comes second sees the other.
 *
 * @module
 */
import { parsePrefix, prefixContains } from "../ip/prefix.ts";
import type { Claim, ClaimAnswer, Held, OpenAnswer, Place, ReleaseAnswer, Serving } from "../ports/store.ts";
import { sameValue } from "./entry-order.ts";
import { entryOf, type MixedNeeds } from "./mixed.ts";
import { claimOne, releaseOne } from "./one.ts";
import type { Reservation } from "../ports/cluster.ts";
import { claimTwin, dropTwinEntry, hasEntries, isWrittenDown, renewTwin, writeWithheldEntry } from "./twin-halves.ts";
import { annotations, labels, selector } from "./labels.ts";
import { isLegalName, reservationName } from "./names.ts";
import { isMixed, type KubeStoreNeeds, nameOf } from "./needs.ts";
import { collectPages } from "./read-pages.ts";
import { reasonOf } from "./reason.ts";
import { readReservation } from "./reservation.ts";
import { pools, reservations } from "./resources.ts";

/** What is given back. */
type Given = Pick<Held, "place" | "version" | "attempt" | "holder">;

/** Places of the further reservations of an address; a reason when the pools cannot be read. Cost: the marks of all pools. */
async function twinPlaces(needs: KubeStoreNeeds, { network, address }: Place): Promise<readonly Place[] | string> {
  const { api, namespace } = needs;
  const found = await collectPages(api, { resource: pools, namespace, metadataOnly: true }, ({ metadata }) => metadata);
  if (found.kind !== "all") return reasonOf(found);
  return found.items.flatMap(({ annotations: marks = {} }) => {
    const pool = marks[annotations.pool] ?? "";
    const isOff = marks[annotations.overlapping] === "false" && marks[annotations.network] === network;
    const prefix = parsePrefix(pool);
    const isWithin = isOff && prefix.kind === "prefix" && prefixContains(prefix.prefix, address);
    return isWithin ? [{ network, pool, overlapping: false, address }] : [];
  });
}

/** All or nothing. Repeating it is harmless. */
export async function claimEverywhere(needs: KubeStoreNeeds, claim: Claim, again: boolean): Promise<ClaimAnswer> {
  const first = await claimOne(needs, claim, again);
  if (first.kind !== "held") return first;
  const answer = await claimTwins(needs, claim);
  if (answer === undefined) return first;
  if (answer.kind === "unknown") return { ...answer, mayLand: true };
  const back = await releaseEverywhere(needs, { ...claim, version: first.version });
  return back.kind === "unknown" ? { ...back, hopeless: false, mayLand: true } : answer;
}

/** @returns undefined when all of them are held */
async function claimTwins(needs: KubeStoreNeeds, claim: Claim): Promise<ClaimAnswer | undefined> {
  const isTaken = hasEntries(needs, claim) && (await isWrittenDown(needs, claim));
  if (isTaken === true) return { kind: "taken", by: undefined };
  const places = isTaken === false ? await twinPlaces(needs, claim.place) : isTaken;
  if (typeof places === "string") return { kind: "unknown", reason: places, hopeless: false, mayLand: true };
  for (const place of places) {
    const answer = await claimTwin({ ...needs, twinOf: reservationName(claim.place) }, { ...claim, place });
    if (answer.kind !== "held") return answer;
  }
  return undefined;
}

/**
 * The further reservations go first, so that one who dies in between can do it again. Then once more: who opened a pool meanwhile
 * may have made one for what he saw standing, and looks again only after that.
 */
export async function releaseEverywhere(needs: KubeStoreNeeds, held: Given): Promise<ReleaseAnswer> {
  const before = await releaseTwins(needs, held);
  if (before !== undefined) return { kind: "unknown", reason: before };
  const answer = await releaseOne(needs, held);
  if (answer.kind !== "freed") return answer;
  const after = await releaseTwins(needs, held);
  return after === undefined ? answer : { kind: "unknown", reason: after };
}

/** @returns why not all are gone, when that is not known */
async function releaseTwins(needs: KubeStoreNeeds, held: Given): Promise<string | undefined> {
  const kept = await dropTwinEntries(needs, held);
  if (kept !== undefined) return kept;
  return eachTwin(needs, held, async (twin) => {
    const answer = await releaseOne(needs, twin);
    return answer.kind === "unknown" ? answer.reason : undefined;
  });
}

/** Also where an order was cut off before it made the reservation. */
export async function dropTwinEntries(
  needs: KubeStoreNeeds,
  held: Pick<Held, "place" | "attempt" | "holder">,
): Promise<string | undefined> {
  if (!hasEntries(needs, held)) return undefined;
  const places = await twinPlaces(needs, held.place);
  if (typeof places === "string") return places;
  return places.length === 0 ? undefined : dropEntriesIn(needs, held, places);
}

/** @param held the first */
async function dropEntriesIn(
  needs: MixedNeeds,
  held: Pick<Held, "place" | "attempt" | "holder">,
  places: readonly Place[],
): Promise<string | undefined> {
  const found = await needs.api.read(nameOf(needs, held.place));
  if (found.kind === "refused" || found.kind === "unknown") return reasonOf(found);
  const now = found.kind === "object" ? readReservation(found.object, held.place) : undefined;
  // An entry bears no attempt: a later one of the same sandbox has the same.
  if (now !== undefined && now.attempt !== held.attempt && sameValue(entryOf(now), entryOf(held))) return undefined;
  for (const place of places) {
    const failed = await dropTwinEntry(needs, { ...held, place });
    if (failed !== undefined) return failed;
  }
  return undefined;
}

/**
 * Gives the further reservations the new holder, too.
 *
 * @returns whether all stand: an address whose claim was cut off may lack some, and another may have them by now
 */
export async function renewTwins(
  needs: KubeStoreNeeds,
  held: Held,
  next: Claim,
): Promise<{ readonly kind: "whole" | "gap" } | { readonly kind: "unknown"; readonly reason: string }> {
  let renewed = 0;
  // Whoever has the first has them all: one that an earlier attempt left behind is brought along.
  const reason = await eachTwin(needs, { place: held.place }, async (twin) => {
    const answer = await renewTwin(needs, twin, { ...next, place: twin.place });
    if (answer.kind === "held") renewed += 1;
    return answer.kind === "unknown" ? answer.reason : undefined;
  });
  if (reason !== undefined) return { kind: "unknown", reason };
  const places = await twinPlaces(needs, held.place);
  if (typeof places === "string") return { kind: "unknown", reason: places };
  return { kind: renewed === places.length ? "whole" : "gap" };
}

async function eachTwin(
  needs: KubeStoreNeeds,
  { place, attempt }: Pick<Held, "place"> & { readonly attempt?: string },
  deed: (twin: Held) => Promise<string | undefined>,
): Promise<string | undefined> {
  const places = await twinPlaces(needs, place);
  if (typeof places === "string") return places;
  for (const one of places) {
    const found = await needs.api.read(nameOf(needs, one));
    if (found.kind === "absent") continue;
    if (found.kind !== "object") return reasonOf(found);
    const twin = readReservation(found.object, one);
    const isMeant = twin?.twinOf === reservationName(place) && (attempt ?? twin.attempt) === twin.attempt;
    const failed = isMeant ? await deed(twin) : undefined;
    if (failed !== undefined) return failed;
  }
  return undefined;
}

/** A pool with overlapping ranges off that was just made: what is held everywhere in the network is held in it, too. */
export async function twinsForPool(needs: KubeStoreNeeds, { network }: Serving, pool: string): Promise<OpenAnswer> {
  const { api, namespace } = needs;
  for (const kind of ["static", "withheld"]) {
    const labelled = selector({ [labels.network]: network, [labels.kind]: kind });
    const query = { resource: reservations, namespace, labels: labelled, metadataOnly: false };
    const found = await collectPages(api, query, (object) => readReservation(object));
    if (found.kind !== "all") return { kind: "unknown", reason: reasonOf(found) };
    for (const first of found.items) {
      const made = first.twinOf === "" ? await makeTwin(needs, first, pool) : undefined;
      // Somebody else's is as good: the pool does not give the address.
      if (made?.kind === "unknown" || made?.kind === "refused") return { kind: "unknown", reason: made.reason };
    }
  }
  return { kind: "open" };
}

async function makeTwin(needs: KubeStoreNeeds, first: Reservation, pool: string): Promise<ClaimAnswer | undefined> {
  const prefix = parsePrefix(pool);
  if (prefix.kind !== "prefix" || !prefixContains(prefix.prefix, first.place.address)) return undefined;
  const twin = { ...first, place: { ...first.place, pool, overlapping: false } };
  // What no object can be named for, nobody can be given.
  if (!isLegalName(reservationName(twin.place))) return undefined;
  const answer = await claimTwin({ ...needs, twinOf: first.name }, twin);
  if (answer.kind !== "held") return answer;
  const entry = await writeWithheldEntry(needs, twin);
  if (entry !== undefined) return entry;
  const reason = await dropWithFirst(needs, first, { ...twin, version: answer.version });
  return reason === undefined ? answer : { kind: "unknown", reason, hopeless: false, mayLand: true };
}

/** What it belongs to may have gone while it was made: then it goes, too. @returns why that is not known */
async function dropWithFirst(needs: KubeStoreNeeds, first: Reservation, twin: Held): Promise<string | undefined> {
  const found = await needs.api.read(nameOf(needs, first.place));
  if (found.kind === "object" && found.object.metadata.uid === first.uid) return undefined;
  if (found.kind === "refused" || found.kind === "unknown") return reasonOf(found);
  const kept = isMixed(needs) ? await dropEntriesIn(needs, first, [twin.place]) : undefined;
  if (kept !== undefined) return kept;
  const gone = await releaseOne(needs, twin);
  return gone.kind === "unknown" ? gone.reason : undefined;
}
