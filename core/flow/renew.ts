/**
 * Taking a lease again for a repeated ADD or a new sandbox of the same pod (P11): the journal first, then the store by
 * compare-and-set. Whatever dies between, every attempt id of the row stays ours.
 *
 * @module
 */
import type { Wanted } from "../allocate/wanted.ts";
import { failure } from "../failure/failure.ts";
import { formatAddress } from "../ip/address-text.ts";
import type { Row } from "../ports/journal.ts";
import type { Claim, Held, RenewAnswer } from "../ports/store.ts";
import { aboutHolder } from "./about.ts";
import type { Asking, HoldNeeds } from "./asking.ts";
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
  const ours = [...row.attempts, attempt];
  const next: Claim = { place: row.place, kind: row.kind, attempt, holder, sinceMs: row.sinceMs, reason: "" };
  const answer = await renewUntilKnown(needs, asking, {
    held: { ...next, holder: row.holder, attempt: row.attempts.at(-1) ?? "", version: row.version },
    next,
    ours,
  });
  switch (answer.kind) {
    case "held":
      return { kind: "held", id: row.id, attempt, address: row.place.address, version: answer.version };
    case "lost":
      await ports.journal.commit([{ kind: "end", id: row.id, restUntilMs: 0, whileAttempt: attempt }], {
        urgent: true,
      });
      return undefined;
    case "unknown":
      // The row stays a lease without an answer: a repeated ADD, a DEL or the sweep goes on with it.
      return {
        kind: "refused",
        failure: failure(
          "OutcomeUnknown",
          formatAddress(row.place.address),
          `an answer of the store: ${answer.reason}`,
          aboutHolder(holder, asking.network),
        ),
        owed: [],
      };
    default:
      return answer satisfies never;
  }
}

/** The row stays a lease without an answer: it is settled by whoever comes next. */
const leftBehind: RenewAnswer = { kind: "unknown", reason: "it did not answer in time" };

async function renewUntilKnown(
  { ports }: HoldNeeds,
  { deadline }: Asking,
  { held, next, ours }: { readonly held: Held; readonly next: Claim; readonly ours: readonly string[] },
): Promise<RenewAnswer> {
  const { store, clock, limits } = ports;
  let judged = held;
  for (let pauseMs = limits.retryMs; ; pauseMs = Math.min(pauseMs * 2, 1000)) {
    const answer = (await inTime(ports, store.renew(judged, next), deadline.signal)) ?? leftBehind;
    // A contested one is no longer ours to use (P15).
    const isOursStill =
      answer.kind === "lost" &&
      answer.now !== undefined &&
      answer.now.contested === undefined &&
      ours.includes(answer.now.attempt);
    if (answer.kind === "held" || (answer.kind === "lost" && !isOursStill) || deadline.signal.aborted) return answer;
    // An earlier renewal of ours landed although its answer was lost: judge again on what stands now.
    if (answer.kind === "lost" && answer.now !== undefined) judged = answer.now;
    else await clock.wait(pauseMs, deadline.signal);
  }
}
