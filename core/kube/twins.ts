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
import { claimOne, releaseOne, renewOne } from "./one.ts";
import type { Reservation } from "../ports/cluster.ts";
import { annotations, labels, selector } from "./labels.ts";
import { isLegalName, reservationName } from "./names.ts";
import { type KubeStoreNeeds, nameOf } from "./needs.ts";
import { collectPages } from "./read-pages.ts";
import { reasonOf } from "./reason.ts";
import { readReservation } from "./reservation.ts";
import { pools, reservations } from "./resources.ts";

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
  const places = await twinPlaces(needs, claim.place);
  if (typeof places === "string") return { kind: "unknown", reason: places, hopeless: false, mayLand: true };
  for (const place of places) {
    const answer = await claimOne({ ...needs, twinOf: reservationName(claim.place) }, { ...claim, place }, true);
    if (answer.kind === "held") continue;
    if (answer.kind === "unknown") return { ...answer, mayLand: true };
    const back = await releaseEverywhere(needs, { ...claim, version: first.version });
    return back.kind === "unknown" ? { ...back, hopeless: false, mayLand: true } : answer;
  }
  return first;
}

/**
 * The further reservations go first, so that one who dies in between can do it again. Then once more: who opened a pool meanwhile
 * may have made one for what he saw standing, and looks again only after that.
 */
export async function releaseEverywhere(
  needs: KubeStoreNeeds,
  held: Pick<Held, "place" | "version" | "attempt">,
): Promise<ReleaseAnswer> {
  const before = await releaseTwins(needs, held);
  if (before !== undefined) return { kind: "unknown", reason: before };
  const answer = await releaseOne(needs, held);
  if (answer.kind !== "freed") return answer;
  const after = await releaseTwins(needs, held);
  return after === undefined ? answer : { kind: "unknown", reason: after };
}

/** @returns why not all are gone, when that is not known */
async function releaseTwins(needs: KubeStoreNeeds, held: Pick<Held, "place" | "attempt">): Promise<string | undefined> {
  return eachTwin(needs, held, async (twin) => {
    const answer = await releaseOne(needs, twin);
    return answer.kind === "unknown" ? answer.reason : undefined;
  });
}

/** Gives the further reservations the new holder, too. */
export async function renewTwins(needs: KubeStoreNeeds, held: Held, next: Claim): Promise<string | undefined> {
  return eachTwin(needs, held, async (twin) => {
    const answer = await renewOne(needs, twin, { ...next, place: twin.place });
    return answer.kind === "unknown" ? answer.reason : undefined;
  });
}

async function eachTwin(
  needs: KubeStoreNeeds,
  { place, attempt }: Pick<Held, "place" | "attempt">,
  deed: (twin: Held) => Promise<string | undefined>,
): Promise<string | undefined> {
  const places = await twinPlaces(needs, place);
  if (typeof places === "string") return places;
  for (const one of places) {
    const found = await needs.api.read(nameOf(needs, one));
    if (found.kind === "absent") continue;
    if (found.kind !== "object") return reasonOf(found);
    const twin = readReservation(found.object, one);
    const isTwin = twin !== undefined && twin.twinOf === reservationName(place) && twin.attempt === attempt;
    const failed = isTwin ? await deed(twin) : undefined;
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
  const answer = await claimOne({ ...needs, twinOf: first.name }, twin, true);
  if (answer.kind !== "held") return answer;
  // What it belongs to may have gone meanwhile: then it goes, too.
  const found = await needs.api.read(nameOf(needs, first.place));
  if (found.kind === "object" && found.object.metadata.uid === first.uid) return answer;
  if (found.kind === "refused" || found.kind === "unknown")
    return { kind: "unknown", reason: reasonOf(found), hopeless: false, mayLand: true };
  const gone = await releaseOne(needs, { ...twin, version: answer.version });
  return gone.kind === "unknown" ? { ...gone, hopeless: false, mayLand: true } : answer;
}
