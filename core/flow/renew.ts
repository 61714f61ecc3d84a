/**
 * Taking a lease again for a repeated ADD or a new sandbox of the same pod (P11): the journal first, then the store by
 * compare-and-set. Whatever dies between, every attempt id of the row stays ours.
 *
 * @module
 */
import type { Wanted } from "../allocate/wanted.ts";
import { failure } from "../failure/failure.ts";
import { formatAddress } from "../ip/address-text.ts";
import { freeing, newestAttempt, type Row } from "../ports/journal.ts";
import type { Claim, ClaimAnswer, Held, RenewAnswer } from "../ports/store.ts";
import { aboutHolder } from "./about.ts";
import type { Asking, HoldNeeds } from "./asking.ts";
import { claimUntilKnown } from "./claim.ts";
import type { HoldAnswer } from "./hold.ts";
import { inTime } from "./in-time.ts";
import { notRecorded } from "./not-recorded.ts";

/** @returns undefined when the address is no longer ours: a new one is to be chosen. */
export async function renewLease(
  needs: HoldNeeds,
  asking: Asking,
  row: Row,
  want: Wanted,
): Promise<HoldAnswer | undefined> {
  const { ports, freer } = needs;
  // What was read may be old: another ADD may have found its sandbox gone and be giving it back.
  const isQueued = freer.has(row) || (await ports.journal.row(row.id))?.state !== "lease";
  if (isQueued && !(await freer.cancel(row, asking.deadline.signal))) return undefined;
  const attempt = ports.random.id();
  // Its reservation is being changed: nobody else judges it meanwhile.
  needs.running.add(attempt);
  asking.attempts.push(attempt);
  const { holder } = asking;
  const noted = await ports.journal.commit([{ kind: "renew", id: row.id, holder, attempt, index: want.index }], {
    unless: holder,
  });
  if (noted.kind !== "committed") {
    // Put back into the queue what was taken out of it.
    if (isQueued) await freer.addFreeing([row.id]);
    const why = notRecorded(holder, noted, aboutHolder(holder, asking.network));
    return { kind: "refused", failure: why, owed: [] };
  }
  // Its free may have ended it a moment before: then there is nothing to renew.
  const renewed = await ports.journal.row(row.id);
  if (renewed === undefined || newestAttempt(renewed) !== attempt) return undefined;
  const next: Claim = { place: row.place, kind: row.kind, attempt, holder, sinceMs: row.sinceMs, reason: "" };
  return settle(needs, asking, row, next);
}

async function settle(needs: HoldNeeds, asking: Asking, row: Row, next: Claim): Promise<HoldAnswer | undefined> {
  const { attempt } = next;
  const held = { ...next, attempt: newestAttempt(row), version: row.version, holder: row.holder };
  const answer = await renewUntilKnown(needs, asking, { held, next, ours: [...row.attempts, attempt] });
  // Somebody removed it, or the store went back in time: it is claimed anew before another address is chosen (P15).
  const isGone = answer.kind === "lost" && answer.now === undefined && row.version !== "";
  const settled = isGone ? await claimAnew(needs, asking, { held, next, ours: [...row.attempts, attempt] }) : answer;
  switch (settled.kind) {
    case "held":
      return { kind: "held", id: row.id, attempt, address: row.place.address, version: settled.version };
    case "lost":
    case "taken":
      return lose(needs, asking, { row, attempt, isContested: isContestedStill(settled) });
    case "unknown":
    case "refused":
      return notSettled(asking, row, settled.reason);
    case "disagrees":
      return notSettled(asking, row, "its pool is used with the other setting of overlapping ranges");
    default:
      return settled satisfies never;
  }
}

type Renewing = { readonly held: Held; readonly next: Claim; readonly ours: readonly string[] };

/** Whoever restores what is missing (P15) may be first, under an earlier attempt of this very lease: that one is renewed. */
async function claimAnew(needs: HoldNeeds, asking: Asking, { held, next, ours }: Renewing) {
  const claimed = await claimUntilKnown(needs, next, asking.deadline);
  if (claimed.kind !== "taken") return claimed;
  let by = claimed.by;
  try {
    by ??= await needs.ports.store.look(held.place);
  } catch (error) {
    return { ...leftBehind, reason: String(error) };
  }
  const still = oursStill(by, ours);
  return still === undefined ? claimed : renewUntilKnown(needs, asking, { held: still, next, ours });
}

/** The row stays a lease without an answer: a repeated ADD, a DEL or the sweep goes on with it. */
function notSettled({ holder, network }: Asking, { place }: Row, reason: string): HoldAnswer {
  const expected = `an answer of the store: ${reason}`;
  const why = failure("OutcomeUnknown", formatAddress(place.address), expected, aboutHolder(holder, network));
  return { kind: "refused", failure: why, owed: [] };
}

/** Our own reservation, which another living lease waits for: it goes to that one, and a new address is chosen (P15). */
function isContestedStill(answer: RenewAnswer | ClaimAnswer): boolean {
  return answer.kind === "lost" && answer.now?.contested !== undefined;
}

type Lost = { readonly row: Row; readonly attempt: string; readonly isContested: boolean };

/**
 * Another holds the address. While the attachment may still use it, the row stays, in conflict, until another address is
 * answered; a row of a sandbox that has gone ends now.
 */
async function lose(needs: HoldNeeds, asking: Asking, { row, attempt, isContested }: Lost): Promise<undefined> {
  const { freer } = needs;
  const { journal } = needs.ports;
  const isOwn = row.holder.attachment.containerId === asking.holder.attachment.containerId;
  if (isOwn && row.state === "lease" && row.version !== "") {
    const words = isContested
      ? "another lease of this address, which waits for it"
      : "another attachment, as a repeated ADD found";
    await journal.commit([{ kind: "conflict", id: row.id, with: words, whileAttempt: attempt }], { urgent: true });
    asking.replaced.push({ id: row.id, attempt });
    return undefined;
  }
  const ended = { kind: "end", id: row.id, restUntilMs: 0, whileAttempt: attempt } as const;
  // A contested one still stands under our name: who gives it back hands it over.
  const contested = freeing({ id: row.id, attempts: [attempt] }, "another lease waits for it");
  await journal.commit([isContested ? contested : ended], { urgent: true });
  await freer.addFreeing([row.id]);
  return undefined;
}

/** The row stays a lease without an answer: it is settled by whoever comes next. */
const leftBehind: Extract<RenewAnswer, { kind: "unknown" }> = { kind: "unknown", reason: "it did not answer in time" };

async function renewUntilKnown(
  { ports }: HoldNeeds,
  { deadline }: Asking,
  { held, next, ours }: Renewing,
): Promise<RenewAnswer> {
  const { store, clock, limits } = ports;
  let judged = held;
  for (let pauseMs = limits.retryMs; ; pauseMs = Math.min(pauseMs * 2, 1000)) {
    const answer = (await inTime(ports, store.renew(judged, next), deadline.signal)) ?? leftBehind;
    const still = answer.kind === "lost" ? oursStill(answer.now, ours) : undefined;
    if (answer.kind === "held" || (answer.kind === "lost" && still === undefined)) return answer;
    if (deadline.signal.aborted) return answer.kind === "lost" ? leftBehind : answer;
    // An earlier renewal of ours landed although its answer was lost: judge again on what stands now.
    if (still === undefined) await clock.wait(pauseMs, deadline.signal);
    else judged = still;
  }
}

/** A contested one is no longer ours to use (P15). */
function oursStill(now: Held | undefined, ours: readonly string[]): Held | undefined {
  return now !== undefined && now.contested === undefined && ours.includes(now.attempt) ? now : undefined;
}
