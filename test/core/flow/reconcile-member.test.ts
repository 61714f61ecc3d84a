/**
 * One member over a clock that jumps: when it runs, what it follows, what it tells, and how it ends.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import type { Signal } from "../../../core/ports/clock.ts";
import { createMemberStage as stage, hourMs, spreadMs, untilEnd } from "../../support/member-stage.ts";

describe("a member", () => {
  test("runs at each time of its schedule, and says beforehand what that is and when", async () => {
    const made = stage();
    await made.begin();
    expect(made.lines.find((line) => line.startsWith("Runs"))).toMatch(/^Runs every 1 h .*"next":"2023-11-1\dT/);
    await made.clock.advance(5 * hourMs + spreadMs);
    expect(made.runs).toHaveLength(5);
    expect(made.runs.map(({ scope }) => scope)).toEqual(made.runs.map(() => ({ own: "node-1", elected: false })));
    expect(made.gauges.get("berth_reconcile_next_run_timestamp")).toBeGreaterThan(made.clock.nowMs() / 1000);
  });

  test("does not begin a run while one goes on, and makes up for the times it missed by one", async () => {
    const made = stage({ runMs: 3.5 * hourMs });
    await made.begin();
    await made.clock.advance(9 * hourMs);
    const [first, second] = made.runs;
    expect(second?.atMs).toBeGreaterThanOrEqual(first?.endedMs ?? Number.POSITIVE_INFINITY);
    expect(made.runs.length).toBeLessThanOrEqual(3);
  });

  test("follows another schedule at once, also in the middle of a run", async () => {
    const made = stage({ text: "0 0 1 1 *" });
    await made.begin();
    await made.clock.advance(2 * hourMs);
    expect(made.runs).toHaveLength(0);
    made.say("@every 10m");
    await made.clock.advance(hourMs);
    expect(made.runs.length).toBeGreaterThanOrEqual(5);
  });

  test("tells a wrong expression in three places, and keeps to the last good one", async () => {
    const made = stage();
    await made.begin();
    made.say("every full moon");
    expect(made.gauges.get("berth_reconcile_schedule_valid")).toBe(0);
    expect(made.troubles).toEqual([expect.stringContaining('Cannot read schedule "every full moon"')]);
    expect(made.lines.at(-1)).toMatch(
      /Cannot read schedule "every full moon".*"in-force":"every 1 h, from the configmap"/,
    );
    await made.clock.advance(2 * hourMs + spreadMs);
    expect(made.runs).toHaveLength(2);
    made.say("@every 2h");
    expect(made.gauges.get("berth_reconcile_schedule_valid")).toBe(1);
  });

  test("is not ready until the API server was read, and says why", async () => {
    const made = stage();
    expect(made.member.notReady).toEqual(["the API server has not been read yet: it has not answered"]);
    made.unreachable("configmaps is forbidden");
    expect(made.member.notReady).toEqual(["the API server has not been read yet: configmaps is forbidden"]);
    await made.begin();
    expect(made.member.notReady).toEqual([]);
    made.unreachable("away");
    expect(made.member.notReady).toEqual([]);
  });

  test("ends a run that is going when it is told to end", async () => {
    const made = stage({ runMs: 10 * hourMs });
    await made.begin();
    await made.clock.advance(2 * hourMs);
    await made.stop();
    expect(made.runs).toEqual([expect.objectContaining({ cut: true })]);
  });
});

describe("a run of which something failed", () => {
  const daily = "30 4 * * *";

  test("is run again ten minutes later, which the log and the metric say beforehand; then the schedule counts", async () => {
    const made = stage({ text: daily, failures: [1] });
    await made.begin();
    while (made.runs.length === 0) await made.clock.advance(60_000);
    const [first] = made.runs;
    const againMs = (first?.endedMs ?? 0) + 600_000;
    const at = new Date(againMs).toISOString().slice(0, -5);
    expect(made.lines.at(-1)).toContain(`Runs again because something failed`);
    expect(made.lines.at(-1)).toContain(`"next":"${at}`);
    expect(made.gauges.get("berth_reconcile_next_run_timestamp")).toBe(Math.floor(againMs / 1000));
    await made.clock.advance(2 * hourMs);
    expect(made.runs.map(({ atMs }) => atMs)).toEqual([first?.atMs, againMs]);
    expect(made.lines.some((line) => line.startsWith("A run begins again"))).toBe(true);
    expect(made.lines.at(-1)).toMatch(/^Runs every day at 04:30/);
    expect(made.gauges.get("berth_reconcile_next_run_timestamp")).toBeGreaterThan((againMs + 20 * hourMs) / 1000);
  });

  test("is run again three times at most, and anew after the schedule's next one", async () => {
    const made = stage({ text: daily, failures: Array.from({ length: 20 }, () => 3) });
    await made.begin();
    await made.clock.advance(24 * hourMs + spreadMs);
    expect(made.runs).toHaveLength(4);
    await made.clock.advance(24 * hourMs);
    expect(made.runs).toHaveLength(8);
  });

  test("is not waited for where the schedule's next run comes first", async () => {
    const made = stage({ text: "@every 6m", failures: [1] });
    await made.begin();
    await made.clock.advance(hourMs);
    const pauses = made.runs.slice(1).map(({ atMs }, at) => Math.round((atMs - (made.runs[at]?.atMs ?? 0)) / 1000));
    expect(new Set(pauses)).toEqual(new Set([360]));
  });
});

describe("the elected member", () => {
  test("judges what no other one does, and carries its duties out for as long as it is elected", async () => {
    const began: Signal[] = [];
    const made = stage({
      duty: (signal) => {
        began.push(signal);
        return untilEnd(signal);
      },
    });
    await made.begin();
    made.elect(true);
    await made.clock.advance(hourMs + spreadMs);
    expect(made.runs[0]?.scope).toEqual({ own: "node-1", elected: true });
    expect(began.map(({ aborted }) => aborted)).toEqual([false]);
    expect(made.gauges.get("berth_reconcile_elected")).toBe(1);
    made.elect(false);
    expect(began[0]?.aborted).toBe(true);
    expect(made.gauges.get("berth_reconcile_elected")).toBe(0);
    made.elect(true);
    await made.clock.advance(1);
    expect(began).toHaveLength(2);
    await made.stop();
    expect(began[1]?.aborted).toBe(true);
  });

  test("begins a duty again that threw, a minute later, and says so", async () => {
    let begun = 0;
    const made = stage({
      duty: async () => {
        begun += 1;
        throw new Error("a defect");
      },
    });
    await made.begin();
    made.elect(true);
    await made.clock.advance(150_000);
    expect(begun).toBe(3);
    expect(made.lines.some((line) => line.startsWith("Cannot go on with a duty"))).toBe(true);
  });
});
