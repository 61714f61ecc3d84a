/**
 * A withheld address as the store holds it: reservations, and beside Whereabouts an entry in every pool that contains it, for with
 * overlapping ranges off it looks at nothing else (P6, P21).
 *
 * @module
 */
import type { Claim, ClaimAnswer, Held, Place, ReleaseAnswer } from "../ports/store.ts";
import { type EntryValue, sameValue } from "./entry-order.ts";
import type { EntryAnswer } from "./entry-answer.ts";
import { look } from "./look.ts";
import { isMixed, type KubeStoreNeeds } from "./needs.ts";
import { poolsWith, type PoolWith } from "./pools-with.ts";
import { withheldRef } from "./reservation.ts";
import { claimEverywhere, releaseEverywhere } from "./twins.ts";

/**
 * Reservations first: they exclude Berth everywhere, and Whereabouts where ranges overlap. An order that was cut off half-way is
 * taken up by the next one of the same reason: what stands goes on under its own attempt, and what is missing is made.
 */
export async function claimWithheld(needs: KubeStoreNeeds, claim: Claim, again: boolean): Promise<ClaimAnswer> {
  const first = await claimEverywhere(needs, claim, again);
  if (first.kind === "held") return claimEntries(needs, { ...claim, version: first.version }, true);
  if (first.kind !== "taken") return first;
  const by = first.by ?? (await standing(needs, claim.place));
  if (by === "unknown")
    return { kind: "unknown", reason: "whose it is could not be read", hopeless: false, mayLand: again };
  if (by === undefined || !isSameOrder(by, claim)) return { kind: "taken", by };
  const old = { ...claim, attempt: by.attempt, sinceMs: by.sinceMs };
  const taken = await claimEverywhere(needs, old, true);
  return taken.kind === "held" ? claimEntries(needs, { ...old, version: taken.version }, false) : taken;
}

async function standing(needs: KubeStoreNeeds, place: Place): Promise<Held | undefined | "unknown"> {
  return look(needs, place).catch(() => "unknown" as const);
}

function isSameOrder({ kind, reason, attempt, place }: Held, claim: Claim): boolean {
  return kind === "withheld" && reason === claim.reason && attempt !== "" && place.pool === "";
}

/** @param isNew whether this order made the reservation: what it did not make it does not take back */
async function claimEntries(needs: KubeStoreNeeds, held: Held, isNew: boolean): Promise<ClaimAnswer> {
  if (!isMixed(needs)) return { kind: "held", version: held.version };
  const found = await poolsWith(needs, held.place);
  if (typeof found === "string") return { kind: "unknown", reason: found, hopeless: false, mayLand: true };
  for (const pool of found) {
    const entry = await write(pool, held);
    if (entry.kind === "done") continue;
    if (entry.kind === "unknown") return { ...entry, hopeless: false, mayLand: true };
    const back = isNew ? await releaseWithheld(needs, held) : undefined;
    if (back?.kind === "unknown") return { ...back, hopeless: false, mayLand: true };
    return entry.kind === "refused" ? { ...entry, passesMs: 0 } : { kind: "taken", by: undefined };
  }
  return { kind: "held", version: held.version };
}

/** An entry that an order of before left there is written over. */
async function write({ writer, entry }: PoolWith, { place, attempt }: Held): Promise<EntryAnswer> {
  const value = entryOf(attempt);
  const { address } = place;
  return entry?.podref === withheldRef && !sameValue(entry, value)
    ? writer.order({ kind: "replace", address, value: entry, to: value })
    : writer.order({ kind: "add", address, value });
}

function entryOf(id: string): EntryValue {
  return { id, podref: withheldRef, ifname: "" };
}

/** Entries first, reservations last (P12). */
export async function releaseWithheld(
  needs: KubeStoreNeeds,
  held: Pick<Held, "place" | "version" | "attempt">,
): Promise<ReleaseAnswer> {
  const removed = await removeWithheldEntries(needs, held.place);
  return removed.kind === "done" ? releaseEverywhere(needs, { ...held, holder: undefined }) : removed;
}

/** Whatever order wrote them. Cost beside Whereabouts: a list of all pools. */
export async function removeWithheldEntries(
  needs: KubeStoreNeeds,
  place: Place,
): Promise<{ readonly kind: "done"; readonly count: number } | { readonly kind: "unknown"; readonly reason: string }> {
  if (!isMixed(needs)) return { kind: "done", count: 0 };
  const found = await poolsWith(needs, place);
  if (typeof found === "string") return { kind: "unknown", reason: found };
  let count = 0;
  for (const { writer, entry } of found) {
    if (entry?.podref !== withheldRef) continue;
    const answer = await writer.order({ kind: "remove", address: place.address, value: entry });
    if (answer.kind === "unknown" || answer.kind === "refused") return { kind: "unknown", reason: answer.reason };
    count += 1;
  }
  return { kind: "done", count };
}
