/**
 * Every metric of every program, in one table: names never change once released.
 *
 * @module
 */

type Entry = {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
};

export const metricTable = {
  berth_calls_total: {
    type: "counter",
    help: "CNI calls answered, by verb and failure name (ok when none).",
    labels: ["verb", "outcome"],
  },
  berth_call_seconds: { type: "histogram", help: "Time from a whole request to its answer, s.", labels: ["verb"] },
  berth_calls_in_flight: { type: "gauge", help: "CNI calls being worked on.", labels: [] },
  berth_calls_queued: { type: "gauge", help: "CNI calls waiting for their turn.", labels: [] },
  berth_claims_total: { type: "counter", help: "Claims sent to the store, by answer.", labels: ["answer"] },
  berth_frees_total: { type: "counter", help: "Addresses given back to the store, by reason.", labels: ["reason"] },
  berth_frees_queued: { type: "gauge", help: "Addresses on their way back.", labels: [] },
  berth_leases: { type: "gauge", help: "Rows of the journal, by state.", labels: ["state"] },
  berth_sweep_seconds: { type: "histogram", help: "Time of one sweep, s.", labels: [] },
  berth_sweep_looked_at_total: {
    type: "counter",
    help: "Leases the sweep looked at, by verdict.",
    labels: ["verdict"],
  },
  berth_sweep_suspects: {
    type: "gauge",
    help: "Leases whose sandbox and pod seem gone, and are looked at again before they are freed.",
    labels: [],
  },
  berth_sweep_kept: { type: "gauge", help: "Leases that the last sweep kept, by reason.", labels: ["reason"] },
  berth_spooled_total: { type: "counter", help: "DELs taken from the spool.", labels: [] },
  berth_journal_unwritable: {
    type: "gauge",
    help: "1 while the journal cannot be written, whatever the cause.",
    labels: [],
  },
  berth_api_requests_total: {
    type: "counter",
    help: "Requests to the API server, by verb, resource and outcome (HTTP status, or why there was none).",
    labels: ["verb", "resource", "outcome"],
  },
  berth_api_request_seconds: {
    type: "histogram",
    help: "Time from a request to the API server to its answer, s.",
    labels: ["verb"],
  },
  berth_api_connections_total: { type: "counter", help: "Connections made to the API server.", labels: [] },
  berth_repairs_total: {
    type: "counter",
    help: "Reservations of living leases that were missing in the cluster, and were made anew.",
    labels: [],
  },
  berth_conflicts: { type: "gauge", help: "Living leases of this node whose address another one holds.", labels: [] },
  berth_reconcile_runs_total: {
    type: "counter",
    help: "Runs of this reconciler, by outcome (ok, or failed when any part was).",
    labels: ["outcome"],
  },
  berth_reconcile_run_seconds: { type: "histogram", help: "Time of one run, its grace included, s.", labels: [] },
  berth_reconcile_looked_at: { type: "gauge", help: "Leases that the last run looked at.", labels: [] },
  berth_reconcile_freed_total: {
    type: "counter",
    help: "Leases given back because they were proven stale, by rule.",
    labels: ["rule"],
  },
  berth_reconcile_kept: { type: "gauge", help: "Leases that the last run kept, by reason.", labels: ["reason"] },
  berth_reconcile_suspects: { type: "gauge", help: "Suspects that the last run left behind.", labels: [] },
  berth_reconcile_repaired_total: {
    type: "counter",
    help: "Reservations that runs put right: a lost label put back, or a leftover one removed.",
    labels: [],
  },
  berth_reconcile_conflicts: {
    type: "gauge",
    help: "Addresses that two living leases have, by the last run.",
    labels: [],
  },
  berth_reconcile_failed_total: {
    type: "counter",
    help: "What runs could not read or do; they went on without it.",
    labels: [],
  },
  berth_reconcile_requests: {
    type: "gauge",
    help: "Requests to the API server while the last run went on.",
    labels: [],
  },
  berth_reconcile_last_success_timestamp: {
    type: "gauge",
    help: "When the last run without a failure ended, s since 1970; 0 when none has.",
    labels: [],
  },
  berth_reconcile_next_run_timestamp: {
    type: "gauge",
    help: "When the next run begins, s since 1970; 0 while that is not known.",
    labels: [],
  },
  berth_reconcile_elected: { type: "gauge", help: "1 on the member that is elected.", labels: [] },
  berth_reconcile_schedule_valid: {
    type: "gauge",
    help: "0 while what the ConfigMap says is no schedule, and the last good one is in force.",
    labels: [],
  },
  berth_build_info: { type: "gauge", help: "Always 1; the version is in the label.", labels: ["version"] },
} as const satisfies { readonly [name: string]: Entry };

export type MetricName = keyof typeof metricTable;

/** What only one of the programs can know would be a wrong 0 of the other. */
export function isMetricOf(program: "agent" | "reconciler", name: string): boolean {
  const isBoth = name.startsWith("berth_api_") || name === "berth_build_info";
  return isBoth || name.startsWith("berth_reconcile_") === (program === "reconciler");
}

type NameOf<Type extends Entry["type"]> = {
  [Name in MetricName]: (typeof metricTable)[Name]["type"] extends Type ? Name : never;
}[MetricName];

type Labels<Name extends MetricName> = (typeof metricTable)[Name]["labels"] extends readonly []
  ? []
  : [labels: { readonly [Label in (typeof metricTable)[Name]["labels"][number]]: string }];

export type Metrics = {
  readonly count: <Name extends NameOf<"counter">>(name: Name, ...labels: Labels<Name>) => void;
  readonly set: <Name extends NameOf<"gauge">>(name: Name, value: number, ...labels: Labels<Name>) => void;
  /** @param value in the unit the name ends with. */
  readonly observe: <Name extends NameOf<"histogram">>(name: Name, value: number, ...labels: Labels<Name>) => void;
};
