/**
 * A run's figures as metrics and as one line of the log.
 *
 * @module
 */
import type { LogFields } from "../../ports/log.ts";
import type { Metrics } from "../../ports/metrics.ts";
import type { RunSummary } from "../../reconcile/summary.ts";

/** What is a state is set, what happened is counted. @param nowMs wall clock */
export function measureRun(metrics: Metrics, summary: RunSummary, nowMs: number): void {
  const { lookedAt, suspects, conflicts, repaired, failed, seconds, requests } = summary;
  metrics.observe("berth_reconcile_run_seconds", seconds);
  metrics.count("berth_reconcile_runs_total", { outcome: failed === 0 ? "ok" : "failed" });
  metrics.set("berth_reconcile_looked_at", lookedAt);
  metrics.set("berth_reconcile_suspects", suspects);
  metrics.set("berth_reconcile_conflicts", conflicts);
  metrics.set("berth_reconcile_requests", requests);
  for (const [reason, count] of Object.entries(summary.kept)) metrics.set("berth_reconcile_kept", count, { reason });
  for (const [rule, count] of Object.entries(summary.freed))
    times(count, () => metrics.count("berth_reconcile_freed_total", { rule }));
  times(repaired, () => metrics.count("berth_reconcile_repaired_total"));
  times(failed, () => metrics.count("berth_reconcile_failed_total"));
  if (failed === 0) metrics.set("berth_reconcile_last_success_timestamp", Math.floor(nowMs / 1000));
}

function times(count: number, deed: () => void): void {
  for (let done = 0; done < count; done += 1) deed();
}

/** Reasons that kept nothing are left out. */
export function summaryFields({ kept, freed, ...figures }: RunSummary): LogFields {
  const some = (name: string, counts: object) =>
    Object.entries(counts).flatMap(([key, count]) => (count === 0 ? [] : [[`${name}-${key}`, Number(count)] as const]));
  return Object.fromEntries([...Object.entries(figures), ...some("freed-rule", freed), ...some("kept", kept)]);
}
