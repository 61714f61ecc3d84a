/**
 * Metrics as Prometheus reads them.
 *
 * @module
 */
import { expect, test } from "vitest";
import { createMetrics } from "../../../adapters/observe/metrics.ts";

test("counts, sets and observes, by label", async () => {
  const metrics = createMetrics();
  metrics.count("berth_calls_total", { verb: "ADD", outcome: "ok" });
  metrics.count("berth_calls_total", { verb: "ADD", outcome: "ok" });
  metrics.count("berth_calls_total", { verb: "DEL", outcome: "ok" });
  metrics.count("berth_spooled_total");
  metrics.set("berth_leases", 5, { state: "lease" });
  metrics.set("berth_leases", 3, { state: "lease" });
  metrics.set("berth_journal_unwritable", 1);
  metrics.observe("berth_call_seconds", 0.004, { verb: "ADD" });
  const lines = (await metrics.text()).split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      'berth_calls_total{verb="ADD",outcome="ok"} 2',
      'berth_calls_total{verb="DEL",outcome="ok"} 1',
      "berth_spooled_total 1",
      'berth_leases{state="lease"} 3',
      "berth_journal_unwritable 1",
      'berth_call_seconds_bucket{le="0.0025",verb="ADD"} 0',
      'berth_call_seconds_bucket{le="0.005",verb="ADD"} 1',
      'berth_call_seconds_bucket{le="25",verb="ADD"} 1',
      'berth_call_seconds_count{verb="ADD"} 1',
    ]),
  );
});

test("escapes what a label brings", async () => {
  const metrics = createMetrics();
  metrics.set("berth_build_info", 1, { version: 'a"\nberth_forged 1' });
  expect(await metrics.text()).toContain(String.raw`berth_build_info{version="a\"\nberth_forged 1"} 1`);
});

test("two agents in one process have their own", async () => {
  createMetrics().count("berth_spooled_total");
  expect(await createMetrics().text()).toContain("berth_spooled_total 0");
});
