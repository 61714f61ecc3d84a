/**
 * One run of a member: what it does is logged, measured and told by Events.
 *
 * @module
 */
import { formatAddress } from "../../ip/address-text.ts";
import type { Signal } from "../../ports/clock.ts";
import { podRef } from "../../ports/holder.ts";
import type { LogFields } from "../../ports/log.ts";
import type { Metrics } from "../../ports/metrics.ts";
import type { Reservation } from "../../ports/cluster.ts";
import type { Repaired } from "../../ports/scene.ts";
import type { JudgedLease, ReconcileNeeds, Scope } from "./needs.ts";
import { reconcile } from "./reconcile.ts";
import { measureRun, summaryFields } from "./run-metrics.ts";

export type ToldRunNeeds = {
  readonly needs: ReconcileNeeds;
  readonly metrics: Metrics;
  /** News for people; kept small by whoever takes it. */
  readonly news: {
    readonly judged: (judged: JudgedLease) => void;
    readonly repaired: (repaired: Repaired) => void;
    readonly send: () => Promise<unknown>;
  };
};

/** Never throws: a defect ends this run, and counts as a failure of it. */
export async function toldRun(
  { needs, metrics, news }: ToldRunNeeds,
  scope: Scope,
  signal: Signal,
): Promise<{ readonly failed: number }> {
  const { log, clock } = needs;
  try {
    const summary = await reconcile(needs, scope, {
      isDry: false,
      signal,
      told: (judged) => {
        tell(needs, judged);
        news.judged(judged);
      },
      repaired: (repaired) => {
        log.info("Repaired a reservation", { ...aboutLease(repaired.lease), what: repaired.what });
        news.repaired(repaired);
      },
      unreadable: ({ name, why, command }) =>
        log.warn("A reservation is kept until a person decides", { reservation: name, why, run: command }),
      failed: (what, reason) => log.warn(`Cannot finish ${what}: expected an answer`, { reason }),
    });
    measureRun(metrics, summary, clock.nowMs());
    log.info(signal.aborted ? "A run ended early" : "A run ended", { ...summaryFields(summary), ...scope });
    await news.send();
    return { failed: summary.failed };
  } catch (error) {
    metrics.count("berth_reconcile_runs_total", { outcome: "failed" });
    log.error("A run ended in a defect of this program", { error: String(error) });
    return { failed: 1 };
  }
}

/** What is done or needs a person is a line of its own; what is kept is in the summary. */
function tell({ log }: ReconcileNeeds, { lease, verdict, done }: JudgedLease): void {
  const about: LogFields = { ...aboutLease(lease), why: verdict.why };
  switch (verdict.kind) {
    case "free":
      if (done === "freed") return log.info("Freed a lease", { ...about, rule: verdict.rule });
      return log.info("A lease was not freed", { ...about, rule: verdict.rule, because: done });
    case "conflict":
      return log.error("Two living leases have one address", about);
    case "report":
      return log.warn("A lease is kept until a person decides", { ...about, run: verdict.command });
    case "keep":
    case "suspect":
      return log.debug("A lease is kept", { ...about, verdict: verdict.kind });
    default:
      return verdict satisfies never;
  }
}

function aboutLease({ place, holder }: Reservation): LogFields {
  return {
    address: formatAddress(place.address),
    network: place.network,
    pod: holder === undefined ? undefined : podRef(holder),
    node: holder?.node,
  };
}
