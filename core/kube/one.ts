/**
 * One reservation: made, given a new holder, removed; each by what the API server decides (P5, P11, P12).
 *
 * @module
 */
import type { KubeObject, NewObject, Refused, Unanswered } from "../ports/kube-api.ts";
import type { Claim, ClaimAnswer, Held, Place, ReleaseAnswer, RenewAnswer } from "../ports/store.ts";
import { patchJudged } from "./judged-patch.ts";
import { reservationName } from "./names.ts";
import { type KubeStoreNeeds, nameOf } from "./needs.ts";
import { reasonOf } from "./reason.ts";
import { renewalSteps } from "./renewal.ts";
import { formatReservation, readReservation } from "./reservation.ts";
import { reservations } from "./resources.ts";
import { formatVersion, parseVersion } from "./version.ts";

/** P5: 201 is held, 409 is taken; whose it is matters only where an earlier try of this attempt may have landed (P9). */
export async function claimOne(needs: KubeStoreNeeds, claim: Claim, again: boolean): Promise<ClaimAnswer> {
  const object = formatReservation(claim, needs);
  if (object === undefined)
    return {
      kind: "refused",
      reason: `an address whose object can be named, not "${reservationName(claim.place)}"`,
      passesMs: 0,
    };
  const sentAt = needs.tide.high;
  const answer = await claimAs(needs, claim, object, again);
  // One that may have been sent before may stand since before now: only its first sending tells what it must not be older than.
  if (answer.kind === "unknown") {
    if (!again) needs.tide.unsettled(requestOf(claim), sentAt);
  } else needs.tide.settled(requestOf(claim));
  return answer;
}

/** The reservations of one static address share their attempt, and are sent one after the other. */
function requestOf({ attempt, place }: Claim): string {
  return `${attempt} ${reservationName(place)}`;
}

async function claimAs(needs: KubeStoreNeeds, claim: Claim, object: NewObject, again: boolean): Promise<ClaimAnswer> {
  const sentAt = needs.tide.high;
  const answer = await needs.api.create(reservations, object);
  if (answer.kind === "object") return confirmed(needs, sentAt, answer.object);
  if (answer.kind === "unknown") return unknownClaim(answer);
  if (answer.reason !== "AlreadyExists") return refusedClaim(answer);
  if (!again) return { kind: "taken", by: undefined };
  return whose(needs, claim);
}

/**
 * A store that fell behind what was seen may hold addresses it has forgotten: a claim whose own answer shows it is given back
 * (P16). The caller finds it as one that is not held.
 */
function confirmed({ tide }: KubeStoreNeeds, sentAt: bigint, object: KubeObject): ClaimAnswer {
  const version = formatVersion(object.metadata);
  return tide.saw(sentAt, object.metadata.resourceVersion)
    ? { kind: "unknown", reason: "the API server went back in time", hopeless: true, mayLand: true }
    : { kind: "held", version };
}

async function whose(needs: KubeStoreNeeds, claim: Claim): Promise<ClaimAnswer> {
  const found = await needs.api.read(nameOf(needs, claim.place));
  switch (found.kind) {
    case "object": {
      const by = readReservation(found.object, claim.place);
      if (by?.attempt !== claim.attempt || by.contested !== undefined) return { kind: "taken", by };
      return found.object.metadata.deletionTimestamp === undefined
        ? confirmed(needs, needs.tide.sentAt(requestOf(claim)) ?? -1n, found.object)
        : { kind: "unknown", reason: "our own reservation is being deleted", hopeless: false, mayLand: false };
    }
    case "absent":
      return { kind: "unknown", reason: "the address came free this moment", hopeless: false, mayLand: true };
    case "refused":
      return { kind: "unknown", reason: found.message, hopeless: true, mayLand: true };
    case "unknown":
      return { ...unknownClaim(found), mayLand: true };
    default:
      return found satisfies never;
  }
}

/** Rewrites the holder in place, by a compare-and-set on uid and resourceVersion (P11, P12). */
export function renewOne(
  needs: KubeStoreNeeds,
  held: Pick<Held, "place" | "version" | "contested">,
  next: Claim,
): Promise<RenewAnswer> {
  // What is handed over to a contesting lease (P15) is its own agent's, whose journal is not known here.
  const journal = held.contested?.attempt === next.attempt ? "" : needs.journal;
  return patchJudged(needs, held, {
    steps: (gaps) => renewalSteps(next, journal, gaps),
    isDone: (now) => now.attempt === next.attempt && now.contested === undefined,
  });
}

export async function releaseOne(
  needs: KubeStoreNeeds,
  held: Pick<Held, "place" | "version" | "attempt">,
): Promise<ReleaseAnswer> {
  const { uid, resourceVersion } = parseVersion(held.version);
  const answer = await needs.api.remove(nameOf(needs, held.place), { uid, resourceVersion });
  switch (answer.kind) {
    case "removed":
    case "absent":
      return { kind: "freed" };
    case "leaving":
      return { kind: "unknown", reason: "a finalizer keeps the reservation" };
    case "unknown":
      return { kind: "unknown", reason: answer.reason };
    case "refused":
      return answer.status === 409 ? judgeAgain(needs, held.place) : { kind: "unknown", reason: answer.message };
    default:
      return answer satisfies never;
  }
}

/** Freed is what is absent; one with another uid is another's, as its attempt tells (F36). */
async function judgeAgain(needs: KubeStoreNeeds, place: Place): Promise<ReleaseAnswer> {
  const found = await needs.api.read(nameOf(needs, place));
  if (found.kind === "absent") return { kind: "freed" };
  if (found.kind !== "object") return { kind: "unknown", reason: reasonOf(found) };
  const now = readReservation(found.object, place);
  return now === undefined ? { kind: "unknown", reason: "the reservation cannot be read" } : { kind: "changed", now };
}

/** So long an API server that was just started may not know its rules. */
const forbiddenMs = 5_000;

function refusedClaim({ status, message }: Refused): ClaimAnswer {
  // Expired credentials are renewed on disk: that passes. A missing permission or kind does not, within one call.
  return status === 401
    ? { kind: "unknown", reason: message, hopeless: false, mayLand: false }
    : { kind: "refused", reason: message, passesMs: status === 403 ? forbiddenMs : 0 };
}

function unknownClaim({ reason, mayLand }: Unanswered): Extract<ClaimAnswer, { kind: "unknown" }> {
  return { kind: "unknown", reason, hopeless: false, mayLand };
}
