/**
 * `migrate finish`: takes Whereabouts' rights away, makes Berth the only writer, and removes the entries (P22). Every step may be
 * the last one: whoever runs it again goes on from there.
 *
 * @module
 */
import { changeRecord } from "./mode-record.ts";
import type { MigrateNeeds, Unreachable } from "./needs.ts";
import { findOrphans, type Orphan } from "./orphans.ts";
import { type FinishOptions, finishReasons, type Stage, stageOf, vouchedNodes, waitLeft } from "./plan-finish.ts";
import { type NotDone, waitTold, type Watch } from "./progress.ts";
import type { Reason } from "./reasons.ts";
import { type Removed, removeEntries } from "./remove-entries.ts";
import { lookAround, serverTime, type Sight } from "./sight.ts";
import { unbind } from "./unbind.ts";

export type Judged = {
  readonly kind: "judged";
  readonly sight: Sight;
  readonly orphans: readonly Orphan[];
  readonly stage: Stage;
  /** Empty: nothing stands in the way. */
  readonly reasons: readonly Reason[];
};

/** @param stage undefined: where an earlier run ended */
export async function judgeFinish(
  needs: MigrateNeeds,
  options: FinishOptions,
  stage?: Stage,
): Promise<Judged | Unreachable> {
  const looked = await lookAround(needs, "pools");
  if (looked.kind !== "sight") return looked;
  const { sight } = looked;
  const found = await findOrphans(needs, sight.ledger);
  if (found.kind !== "orphans") return found;
  const { orphans } = found;
  const at = stage ?? stageOf(sight);
  const reasons = finishReasons(sight, orphans, { limits: needs.limits, stage: at, options });
  return { kind: "judged", sight, orphans, stage: at, reasons };
}

export async function finish(needs: MigrateNeeds, options: FinishOptions, watch: Watch): Promise<Removed | NotDone> {
  const first = await clear(needs, options);
  if (first.kind !== "judged") return first;
  const vouched = vouchedNodes(first.sight, options);
  if (vouched.length > 0) await watch.say({ kind: "vouched", nodes: vouched });
  const failed = await unbind(needs, first.sight.bindings.whereabouts, watch);
  if (failed !== undefined) return failed;
  if (watch.signal.aborted) return { kind: "interrupted" };
  if (first.stage === "begin") {
    const set = await setAbsent(needs, options, watch);
    if (set !== undefined) return set;
  }
  const last = await fence(needs, options, watch);
  return last.kind === "judged" ? removeEntries(needs, last.sight.ledger, watch) : last;
}

/** Once more, for what was written up to the end of Whereabouts' rights. */
async function setAbsent(needs: MigrateNeeds, options: FinishOptions, { say }: Watch): Promise<NotDone | undefined> {
  await say({ kind: "checking" });
  const judged = await clear(needs, options, "unbound");
  if (judged.kind !== "judged") return judged;
  const time = await serverTime(needs);
  if (time.kind !== "time") return time;
  const set = await changeRecord(needs, ({ mode, sinceMs }) =>
    mode === "absent" && sinceMs !== undefined ? undefined : { mode: { mode: "absent", sinceMs: time.nowMs } },
  );
  if (set.kind === "unreachable") return set;
  await say({ kind: "mode", mode: "absent" });
  return undefined;
}

/** Until every agent knows the mode, or is fenced; then everything is looked at again. */
async function fence(needs: MigrateNeeds, options: FinishOptions, watch: Watch): Promise<Judged | NotDone> {
  const before = await lookAround(needs, "pools");
  if (before.kind !== "sight") return before;
  const { record } = before.sight;
  if (record.mode !== "absent") return { kind: "overtaken", mode: record.mode };
  const isWhole = await waitTold(needs, waitLeft(before.sight, needs.limits), watch);
  if (!isWhole) return { kind: "interrupted" };
  await watch.say({ kind: "checking" });
  const judged = await clear(needs, options, "fenced");
  if (judged.kind !== "judged") return judged;
  const now = judged.sight.record;
  if (now.mode !== "absent") return { kind: "overtaken", mode: now.mode };
  // There and back again in between: the wait was for another mode.
  return now.sinceMs === record.sinceMs ? judged : fence(needs, options, watch);
}

async function clear(
  needs: MigrateNeeds,
  options: FinishOptions,
  stage?: Stage,
): Promise<Judged | Exclude<NotDone, { kind: "interrupted" }>> {
  const judged = await judgeFinish(needs, options, stage);
  if (judged.kind !== "judged" || judged.reasons.length === 0) return judged;
  return { kind: "refused", reasons: judged.reasons };
}
