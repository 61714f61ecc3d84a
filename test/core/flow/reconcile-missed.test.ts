/**
 * Runs of a member that make up for those that nobody was there for.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { createMemberStage as stage, hourMs, spreadMs } from "../../support/member-stage.ts";

describe("what may have been missed while no member was there", () => {
  const daily = { text: "30 4 * * *" };

  test("of its own node is made up once after the start, within the node's delay, as soon as the schedule is known", async () => {
    const made = stage(daily);
    await made.clock.advance(2 * spreadMs);
    expect(made.starts).toEqual([]);
    const reachedMs = made.clock.nowMs();
    await made.reach();
    await made.clock.advance(3 * spreadMs);
    expect(made.starts).toEqual([{ scope: { own: "node-1", elected: false }, atMs: expect.any(Number) }]);
    expect((made.starts[0]?.atMs ?? 0) - reachedMs).toBeLessThanOrEqual(spreadMs);
    expect(made.lines.some((line) => line.startsWith("A run may have been missed"))).toBe(true);
  });

  test("of the elected part is made up soon after the election, once, and known from then on", async () => {
    const made = stage(daily);
    await made.begin();
    made.election.lastRunMs = made.clock.nowMs() - 25 * hourMs;
    made.elect(true);
    const electedMs = made.clock.nowMs();
    await made.clock.advance(3 * spreadMs);
    expect(made.runs.map(({ scope }) => scope)).toEqual([{ own: "node-1", elected: true }]);
    expect((made.runs[0]?.atMs ?? 0) - electedMs).toBeLessThanOrEqual(spreadMs + 60_000);
    expect(made.election.lastRunMs).toBe(made.runs[0]?.atMs);
  });

  test("of the elected part is nothing where another one ran since", async () => {
    const made = stage(daily);
    made.election.lastRunMs = made.clock.nowMs() - 60_000;
    made.elect(true);
    await made.begin();
    await made.clock.advance(3 * spreadMs);
    expect(made.starts.map(({ scope }) => scope.elected)).toEqual([false]);
    expect(made.runs).toEqual([]);
  });

  test("an elected run that was cut short is not told as one that was", async () => {
    const made = stage({ ...daily, runMs: 10 * hourMs });
    await made.begin();
    made.elect(true);
    await made.clock.advance(3 * spreadMs);
    expect(made.runs).toHaveLength(1);
    await made.stop();
    expect(made.election.lastRunMs).toBeUndefined();
  });
});
