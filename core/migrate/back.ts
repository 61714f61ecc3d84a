/**
 * `migrate back`: lets Whereabouts write again, after every agent has written its own leases' entries (P22). Every step may be the
 * last one: whoever runs it again goes on from there.
 *
 * @module
 */
import { writeKeptEntries } from "./kept-entries.ts";
import { type LeaseRow, missingEntries, readLedger } from "./ledger.ts";
import { changeRecord } from "./mode-record.ts";
import type { MigrateNeeds, Unreachable } from "./needs.ts";
import { type BackOptions, backReasons, backSteps, missingReasons } from "./plan-back.ts";
import { waitLeft } from "./plan-finish.ts";
import { type NotDone, waitTold, type Watch } from "./progress.ts";
import type { Reason } from "./reasons.ts";
import { lookAround, serverTime, type Sight } from "./sight.ts";
import { bindAgain } from "./unbind.ts";

export type BackJudged = { readonly kind: "judged"; readonly sight: Sight; readonly reasons: readonly Reason[] };

/** No account is accepted by its name alone. */
const strict: BackOptions = { acceptAccounts: [] };

export async function judgeBack(needs: MigrateNeeds, options = strict): Promise<BackJudged | Unreachable> {
  const looked = await lookAround(needs, "reservations");
  if (looked.kind !== "sight") return looked;
  return { kind: "judged", sight: looked.sight, reasons: backReasons(looked.sight, needs.limits, options) };
}

/** `bound`: how many bindings were made again; `nothing`: nothing had been changed over. */
export type WentBack = { readonly kind: "back"; readonly bound: number } | { readonly kind: "nothing" };

export async function goBack(needs: MigrateNeeds, watch: Watch, options = strict): Promise<WentBack | NotDone> {
  const first = await judgeBack(needs, options);
  if (first.kind !== "judged") return first;
  if (first.reasons.length > 0) return { kind: "refused", reasons: first.reasons };
  const steps = backSteps(first.sight, needs.limits);
  if (steps.length === 0) return { kind: "nothing" };
  if (first.sight.record.mode === "absent") {
    const failed = await setPresent(needs, watch);
    if (failed !== undefined) return failed;
  }
  const last = await waitPresent(needs, watch, options);
  if (last.kind !== "judged") return last;
  // As it was judged last: anybody may have written to the record meanwhile.
  const { unbound } = last.sight.record;
  const failed = await bindAgain(needs, unbound, watch);
  return failed ?? { kind: "back", bound: unbound.length };
}

async function setPresent(needs: MigrateNeeds, { say }: Watch): Promise<Unreachable | undefined> {
  const time = await serverTime(needs);
  if (time.kind !== "time") return time;
  const set = await changeRecord(needs, ({ mode }) =>
    mode === "present" ? undefined : { mode: { mode: "present", sinceMs: time.nowMs } },
  );
  if (set.kind === "unreachable") return set;
  await say({ kind: "mode", mode: "present" });
  return undefined;
}

/** Until every agent knows the mode; then nothing stands in the way of Whereabouts. */
async function waitPresent(needs: MigrateNeeds, watch: Watch, options: BackOptions): Promise<BackJudged | NotDone> {
  const before = await lookAround(needs, "reservations");
  if (before.kind !== "sight") return before;
  const { record } = before.sight;
  if (record.mode !== "present") return { kind: "overtaken", mode: record.mode };
  // Without a time the mode never was another.
  const waitMs = record.sinceMs === undefined ? 0 : waitLeft(before.sight, needs.limits);
  const isWhole = await waitTold(needs, waitMs, watch);
  if (!isWhole) return { kind: "interrupted" };
  await watch.say({ kind: "checking" });
  const kept = await writeKeptEntries(needs);
  if (kept.kind === "unreachable") return kept;
  const checked = await checkEntries(needs);
  if (checked.kind === "unreachable") return checked;
  const { sight, missing } = checked;
  if (sight.record.mode !== "present") return { kind: "overtaken", mode: sight.record.mode };
  if (sight.record.sinceMs !== record.sinceMs) return waitPresent(needs, watch, options);
  const reasons = [...backReasons(sight, needs.limits, options), ...missingReasons(missing, sight)];
  return reasons.length === 0 ? { kind: "judged", sight, reasons } : { kind: "refused", reasons };
}

type Checked = { readonly kind: "checked"; readonly sight: Sight; readonly missing: readonly LeaseRow[] } | Unreachable;

/** Missing is what is missing twice, as the same lease: of a free that is on its way the reservation goes last. */
async function checkEntries(needs: MigrateNeeds): Promise<Checked> {
  const looked = await lookAround(needs, "reservations");
  if (looked.kind !== "sight") return looked;
  const { sight } = looked;
  const first = missingEntries(sight.ledger);
  if (first.length === 0) return { kind: "checked", sight, missing: [] };
  await needs.clock.wait(needs.limits.againMs);
  const again = await readLedger(needs, "reservations");
  if (again.kind !== "ledger") return again;
  const known = new Set(first.map(({ name, attempt }) => JSON.stringify([name, attempt])));
  const missing = missingEntries(again.ledger).filter(({ name, attempt }) =>
    known.has(JSON.stringify([name, attempt])),
  );
  return { kind: "checked", sight, missing };
}
