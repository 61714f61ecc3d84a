/**
 * Beside Whereabouts an address is held by two halves: the pool's entry first, then the reservation (P6). Given back in the same
 * order, so that whoever sees the address free sees both halves gone (P12).
 *
 * @module
 */
import type { AddressValue } from "../ip/address.ts";
import type { Signal } from "../ports/clock.ts";
import { podRef, readPodRef } from "../ports/holder.ts";
import type { Claim, ClaimAnswer, Held, ReleaseAnswer, RenewAnswer, TidyAnswer } from "../ports/store.ts";
import { type EntryValue, sameValue } from "./entry-order.ts";
import type { EntryAnswer } from "./entry-answer.ts";
import { type KubeStoreNeeds, type Mixed, nameOf } from "./needs.ts";
import { reasonOf } from "./reason.ts";
import { claimOne, releaseOne, renewOne } from "./one.ts";
import { readReservation, withheldRef } from "./reservation.ts";
import { apartFromSlices } from "./slice-entries.ts";

export type MixedNeeds = KubeStoreNeeds & { readonly mixed: Mixed };

/** What the entry of a claim says. */
export function entryOf({ holder, attempt }: Pick<Claim, "holder" | "attempt">): EntryValue {
  return holder === undefined
    ? { id: attempt, podref: withheldRef, ifname: "" }
    : { id: holder.attachment.containerId, podref: podRef(holder), ...ifNameOf(holder.attachment.ifName) };
}

/** Old versions of Whereabouts wrote none (A24). */
function ifNameOf(ifname: string): Pick<EntryValue, "ifname"> {
  return ifname === "" ? {} : { ifname };
}

export type Trying = {
  /** See `Store.claim`. */
  readonly again: boolean;
  readonly until: Signal | undefined;
};

/** Held when both halves stand. Repeating it settles whichever is unknown. */
export async function claimMixed(needs: MixedNeeds, claim: Claim, { again, until }: Trying): Promise<ClaimAnswer> {
  const { address, overlapping } = claim.place;
  // Opened while Berth was alone: Whereabouts may write again, and looks at its slices only.
  if (!overlapping && needs.mixed.entries.sliceLength(claim.place) !== undefined)
    return { kind: "refused", reason: apartFromSlices, passesMs: 0 };
  const value = entryOf(claim);
  const writer = needs.mixed.entries.of(claim.place);
  const entry = await writer.order({ kind: "add", address, value }, until);
  if (entry.kind !== "done") return claimAnswer(entry, writer.held);
  // Its ADD has ended while the entry waited for its turn: what is owed of it is looked for from then on, not from now.
  const answer = until?.aborted === true ? tooLate : await claimOne(needs, claim, again);
  if (answer.kind === "held") return { ...answer, held: writer.held, beside: writer.beside(address, value) };
  if (answer.kind === "unknown" && answer !== tooLate) return { ...answer, mayLand: true };
  return refusedByReservation(needs, claim, { answer, stood: entry.stood === true });
}

type Refused = { readonly answer: Exclude<ClaimAnswer, { kind: "held" }>; readonly stood: boolean };

async function refusedByReservation(needs: MixedNeeds, claim: Claim, { answer, stood }: Refused): Promise<ClaimAnswer> {
  if (answer.kind !== "taken") return takeEntryBack(needs, claim, answer);
  const given = stood && answer.by === undefined ? await readNow(needs, claim) : undefined;
  if (given?.kind === "unknown") return { ...given, hopeless: false, mayLand: true };
  const by = answer.by ?? given?.now;
  if (!isGivenTo(claim, by)) return takeEntryBack(needs, claim, answer);
  needs.mixed.entries.of(claim.place).disown(claim.place.address, entryOf(claim));
  return { ...answer, by };
}

/** Whereabouts gave just this address to the very same interface: both halves are its own, and stay. */
function isGivenTo({ holder }: Claim, now: Held | undefined): boolean {
  return (
    holder !== undefined &&
    now?.attempt === "" &&
    now.holder?.attachment.ifName === holder.attachment.ifName &&
    podRef(now.holder) === podRef(holder)
  );
}

/** Refused by the reservation: the own entry goes back before another address is tried. */
async function takeEntryBack(
  needs: MixedNeeds,
  claim: Claim,
  answer: Exclude<ClaimAnswer, { kind: "held" }>,
): Promise<ClaimAnswer> {
  const { entries } = needs.mixed;
  const { address } = claim.place;
  const back = await entries.of(claim.place).order({ kind: "remove", address, value: entryOf(claim) });
  if (back.kind === "unknown" || back.kind === "refused")
    return { kind: "unknown", reason: back.reason, hopeless: false, mayLand: true };
  if (answer.kind === "unknown" || entries.mayReturnMs(address) === 0) return answer;
  // An earlier try of the same entry may land after this: it is owed.
  return answer.kind === "taken"
    ? { ...answer, mayLand: true }
    : { kind: "unknown", reason: reasonIn(answer), hopeless: true, mayLand: true };
}

function reasonIn(answer: Extract<ClaimAnswer, { kind: "refused" | "disagrees" }>): string {
  return answer.kind === "refused" ? answer.reason : `overlapping ranges as definition ${answer.definition} sets them`;
}

const tooLate: ClaimAnswer = { kind: "unknown", reason: "the ADD has ended", hopeless: true, mayLand: true };

function claimAnswer(answer: Exclude<EntryAnswer, { kind: "done" }>, held: ReadonlySet<AddressValue>): ClaimAnswer {
  switch (answer.kind) {
    case "other":
      return { kind: "taken", by: undefined, held };
    case "refused":
      return { ...answer, passesMs: 0 };
    case "unknown":
      return { ...answer, hopeless: false };
    default:
      return answer satisfies never;
  }
}

/**
 * The entry first, then the reservation: whatever dies between, the entry says what the journal or the reservation says. Answered
 * when both say it.
 */
export async function renewMixed(needs: MixedNeeds, held: Held, next: Claim): Promise<RenewAnswer> {
  const before = await readNow(needs, held);
  if (before.kind === "unknown") return before;
  const { now } = before;
  if (now === undefined) return lostToNobody(needs, held, next);
  if (now.version !== held.version && now.attempt !== next.attempt) return { kind: "lost", now };
  const entry = await moveEntry(needs, next, [entryOf(held), entryOf(now)]);
  if (entry.kind === "unknown" || entry.kind === "refused") return { kind: "unknown", reason: entry.reason };
  if (entry.kind === "other") return { kind: "lost", now: named(now, entry.now) };
  const answer = await renewOne(needs, held, next);
  // Another was faster at the reservation: the entry that was just moved is nobody's. Where there is none any more, it is all that says
  // that this one lives there until the claim anew stands.
  const winner = answer.kind === "lost" ? answer.now : undefined;
  if (winner !== undefined && winner.attempt !== held.attempt) await tidyMixed(needs, next);
  return answer;
}

/** The address is claimed anew, and the entry of its last holder, which may still stand, must not be in the way. */
async function lostToNobody(needs: MixedNeeds, held: Held, next: Claim): Promise<RenewAnswer> {
  const entry = held.version === "" ? undefined : await moveEntry(needs, next, [entryOf(held)]);
  return entry?.kind === "unknown" ? { kind: "unknown", reason: entry.reason } : { kind: "lost", now: undefined };
}

/** To the new holder's entry, from whichever of the known old ones stands there; one that is gone is made anew. */
async function moveEntry(needs: MixedNeeds, next: Claim, olds: readonly EntryValue[]): Promise<EntryAnswer> {
  const writer = needs.mixed.entries.of(next.place);
  const { address } = next.place;
  const to = entryOf(next);
  const [first = to] = olds.filter((old) => !sameValue(old, to));
  let answer = await writer.order({ kind: "replace", address, value: first, to });
  const now = answer.kind === "other" ? answer.now : undefined;
  const known = olds.find((old) => now !== undefined && sameValue(old, now));
  if (known !== undefined) answer = await writer.order({ kind: "replace", address, value: known, to });
  return answer.kind === "other" && answer.now === undefined
    ? writer.order({ kind: "add", address, value: to })
    : answer;
}

type Now =
  | { readonly kind: "now"; readonly now: Held | undefined }
  | { readonly kind: "unknown"; readonly reason: string };

async function readNow(needs: MixedNeeds, { place }: Pick<Held, "place">): Promise<Now> {
  const found = await needs.api.read(nameOf(needs, place));
  if (found.kind === "absent") return { kind: "now", now: undefined };
  if (found.kind !== "object") return { kind: "unknown", reason: reasonOf(found) };
  return { kind: "now", now: readReservation(found.object, place) };
}

/** The entry goes first, the reservation last. */
export async function releaseMixed(
  needs: MixedNeeds,
  held: Pick<Held, "place" | "version" | "attempt" | "holder">,
): Promise<ReleaseAnswer> {
  const { address } = held.place;
  const writer = needs.mixed.entries.of(held.place);
  const value = entryOf(held);
  const first = await writer.order({ kind: "remove", address, value });
  if (first.kind === "done") return releaseOne(needs, held);
  if (first.kind !== "other") return { kind: "unknown", reason: first.reason };
  const found = await readNow(needs, held);
  if (found.kind === "unknown") return found;
  const { now } = found;
  if (now === undefined) return { kind: "freed" };
  return isStill(now, held) && first.now !== undefined
    ? releaseBeside(needs, now, { value, entry: first.now, isOwn: first.isOwn === true })
    : { kind: "changed", now };
}

/** What Whereabouts wrote bears no attempt: there only the very state that was judged is still the same. */
function isStill(now: Held, held: Pick<Held, "attempt" | "version">): boolean {
  return held.attempt === "" ? now.version === held.version : now.attempt === held.attempt;
}

type Beside = { readonly value: EntryValue; readonly entry: EntryValue; readonly isOwn: boolean };

/** The reservation is still ours, but its entry says something else. */
async function releaseBeside(needs: MixedNeeds, now: Held, { value, entry, isOwn }: Beside): Promise<ReleaseAnswer> {
  const { address } = now.place;
  const writer = needs.mixed.entries.of(now.place);
  // An earlier renewal of ours died between the halves: the entry says what the reservation said before.
  const before = entryOf(now);
  if (sameValue(before, entry) && !sameValue(before, value)) {
    const second = await writer.order({ kind: "remove", address, value: before });
    return second.kind === "done" ? releaseOne(needs, now) : { kind: "unknown", reason: "its entry changes" };
  }
  // Whereabouts takes over by the pod's name, and its reservations are of the network. Everybody else claims anew: with an entry
  // of his own, like the next ADD of this node, and a reservation that only waits for this one to go.
  const isTakenOver = entry.podref === value.podref && now.place.overlapping && !isOwn;
  return isTakenOver ? adopted(needs, now, entry) : releaseOne(needs, now);
}

/** Whereabouts gave the address to another sandbox of a pod of that name: the reservation says so from now on (F3 d). */
async function adopted(needs: MixedNeeds, now: Held, entry: EntryValue): Promise<ReleaseAnswer> {
  const next = named(now, entry);
  const answer = await renewOne(needs, now, next);
  switch (answer.kind) {
    case "held":
      return { kind: "changed", now: { ...next, version: answer.version } };
    case "lost":
      return answer.now === undefined ? { kind: "freed" } : { kind: "changed", now: answer.now };
    case "unknown":
      return answer;
    default:
      return answer satisfies never;
  }
}

/** The address as the entry tells of it: of no node, and under no attempt of ours. */
function named(now: Held, entry: EntryValue | undefined): Held {
  const { podref = "", id = "", ifname = "" } = entry ?? {};
  return {
    ...now,
    attempt: "",
    holder: {
      attachment: { definition: "", containerId: id, ifName: ifname },
      pod: readPodRef(podref),
      node: "",
      started: { bootId: "", bootNs: 0n },
      evidence: { kind: "void", path: "", bootId: "", reason: "Whereabouts gave it" },
    },
  };
}

/** Takes back the half that an ADD may have left: its entry, where it is still as that ADD wrote it. */
export async function tidyMixed(
  needs: MixedNeeds,
  row: Pick<Held, "place" | "holder" | "attempt">,
): Promise<TidyAnswer> {
  const answer = await needs.mixed.entries
    .of(row.place)
    .order({ kind: "remove", address: row.place.address, value: entryOf(row) });
  return answer.kind === "unknown" || answer.kind === "refused"
    ? { kind: "unknown", reason: answer.reason }
    : { kind: "done" };
}
