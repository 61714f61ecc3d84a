/**
 * Asking the store for one address until its answer is known (P9).
 *
 * @module
 */
import type { Claim, ClaimAnswer } from "../ports/store.ts";
import type { HoldNeeds } from "./asking.ts";
import type { Deadline } from "./canceller.ts";
import { inTime } from "./in-time.ts";

/** What is known when the call's time is up: nothing. */
export const leftBehind: Unknown = {
  kind: "unknown",
  reason: "it did not answer in time",
  hopeless: false,
  mayLand: true,
};

type Unknown = Extract<ClaimAnswer, { kind: "unknown" }>;

/**
 * An unknown outcome is settled by repeating the same claim; no other address is tried meanwhile (P9). What never left this
 * node, and what the store turned away, is as if it had not been asked.
 */
export async function claimUntilKnown(
  { ports, keeper }: HoldNeeds,
  claim: Claim,
  { signal }: Deadline,
): Promise<ClaimAnswer> {
  const { store, clock, metrics, limits } = ports;
  const sinceNs = clock.bootNs();
  let mayHaveLanded = false;
  for (let pauseMs = limits.retryMs; ; pauseMs = Math.min(pauseMs * 2, 1000)) {
    // Past the deadline nobody waits for the answer: the claim goes on, and is owed.
    const answer = (await inTime(ports, store.claim(claim, mayHaveLanded, signal), signal)) ?? leftBehind;
    metrics.count("berth_claims_total", { answer: answer.kind });
    if (answer.kind === "unknown" && answer.mayLand) {
      mayHaveLanded = true;
      // Whatever becomes of it: a create that was repeated is looked at once more, when none can land any longer.
      keeper?.lookLater();
    }
    const isLast = signal.aborted || !mayPass(answer, clock.bootNs() - sinceNs);
    if (!isLast) await clock.wait(pauseMs, signal);
    if (isLast || signal.aborted) return mayHaveLanded ? notSettled(answer) : answer;
  }
}

/** Whether the same claim may be answered otherwise when it is repeated. */
function mayPass(answer: ClaimAnswer, passedNs: bigint): boolean {
  if (answer.kind === "refused") return passedNs < BigInt(answer.passesMs) * 1_000_000n;
  return answer.kind === "unknown" && !answer.hopeless;
}

/** A refusal does not settle an earlier try that may still land. */
function notSettled(answer: ClaimAnswer): ClaimAnswer {
  if (answer.kind === "refused") return { ...leftBehind, reason: answer.reason };
  return answer.kind === "unknown" ? { ...answer, mayLand: true } : answer;
}
