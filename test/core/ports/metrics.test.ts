/**
 * The one table of metrics: exposed, documented and used as it says, and nothing besides.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createMetrics } from "../../../adapters/observe/metrics.ts";
import { metricTable } from "../../../core/ports/metrics.ts";
import { treeRoot } from "../../tools/places.ts";

const names = Object.keys(metricTable);
const read = (path: string): string => readFileSync(join(treeRoot, path), "utf8");

/** All source of programs, without the table itself. */
const source = execFileSync("git", ["ls-files", "core", "adapters", "cni", "cli", "reconciler"], {
  cwd: treeRoot,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => path.endsWith(".ts") && path !== "core/ports/metrics.ts")
  .map(read)
  .join("\n");

describe("the table of metrics", () => {
  test("has the names that were released", () => {
    expect(names).toEqual([
      "berth_calls_total",
      "berth_call_seconds",
      "berth_calls_in_flight",
      "berth_calls_queued",
      "berth_claims_total",
      "berth_frees_total",
      "berth_frees_queued",
      "berth_leases",
      "berth_sweep_seconds",
      "berth_sweep_looked_at_total",
      "berth_sweep_suspects",
      "berth_sweep_kept",
      "berth_spooled_total",
      "berth_journal_unwritable",
      "berth_api_requests_total",
      "berth_api_request_seconds",
      "berth_api_connections_total",
      "berth_repairs_total",
      "berth_conflicts",
      "berth_reconcile_runs_total",
      "berth_reconcile_run_seconds",
      "berth_reconcile_looked_at",
      "berth_reconcile_freed_total",
      "berth_reconcile_kept",
      "berth_reconcile_suspects",
      "berth_reconcile_repaired_total",
      "berth_reconcile_conflicts",
      "berth_reconcile_failed_total",
      "berth_reconcile_requests",
      "berth_reconcile_last_success_timestamp",
      "berth_reconcile_next_run_timestamp",
      "berth_reconcile_elected",
      "berth_reconcile_schedule_valid",
      "berth_build_info",
    ]);
  });

  test("is what /metrics exposes, and nothing besides", async () => {
    const text = await createMetrics().text();
    const exposed = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]);
    expect(exposed).toEqual(Object.entries(metricTable).map(([name, { type }]) => [name, type]));
  });

  test("is split between the programs: what one cannot know it does not expose", async () => {
    const exposed = async (program: "agent" | "reconciler") =>
      new Set([...(await createMetrics(program).text()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    const [agent, reconciler] = [await exposed("agent"), await exposed("reconciler")];
    expect(new Set([...agent, ...reconciler]).size).toBe(names.length);
    expect([...agent].filter((name) => reconciler.has(name))).toEqual([
      "berth_api_requests_total",
      "berth_api_request_seconds",
      "berth_api_connections_total",
      "berth_build_info",
    ]);
    expect(agent).not.toContain("berth_reconcile_schedule_valid");
    expect(reconciler).not.toContain("berth_journal_unwritable");
  });

  test("is what docs/metrics.md documents, with types, labels and a word on alerts", () => {
    const rows = read("docs/metrics.md")
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .map((line) => line.split("|").map((cell) => cell.trim()));
    expect(rows.map(([, name, type, labels]) => [name, type, labels])).toEqual(
      Object.entries(metricTable).map(([name, { type, labels }]) => [
        `\`${name}\``,
        type,
        labels.map((label) => `\`${label}\``).join(", "),
      ]),
    );
    for (const [, name, , , meaning, alert] of rows) expect(`${meaning}${alert}`.length, name).toBeGreaterThan(20);
  });

  test.each(Object.entries(metricTable))("has %s, which a program sets, by the call for its type", (name, { type }) => {
    const call = { counter: "count", gauge: "set", histogram: "observe" }[type];
    expect(source).toMatch(new RegExp(`\\.${call}\\(\\s*"${name}"`));
  });

  test("gives units in names as Prometheus asks for", () => {
    for (const [name, { type }] of Object.entries(metricTable)) {
      expect(name.endsWith("_total"), name).toBe(type === "counter");
      expect(name.endsWith("_seconds"), name).toBe(type === "histogram");
    }
  });
});
