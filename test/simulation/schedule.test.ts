/**
 * Virtual time.
 *
 * @module
 */
import { expect, test } from "vitest";
import { createCanceller } from "../../core/flow/canceller.ts";
import { Schedule } from "./schedule.ts";

test("events come at their moments, those of one moment in the order of their making", async () => {
  const schedule = new Schedule();
  const seen: string[] = [];
  for (const ms of [30, 10, 20, 10]) schedule.after(ms, () => seen.push(`${ms} at ${schedule.nowMs}`));
  expect(await schedule.run(25, () => false)).toBe(true);
  expect(seen).toEqual(["10 at 10", "10 at 10", "20 at 20"]);
  expect(schedule.nowMs).toBe(25);
});

test("between two events everything goes on that can", async () => {
  const schedule = new Schedule();
  const seen: string[] = [];
  const walk = async (name: string) => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    seen.push(name);
  };
  schedule.after(1, () => void walk("first"));
  schedule.after(1, () => seen.push("second"));
  await schedule.run(2, () => false);
  expect(seen).toEqual(["first", "second"]);
});

test("a wait ends early when its signal aborts", async () => {
  const schedule = new Schedule();
  const { signal, cancel } = createCanceller();
  let endedMs = -1;
  void schedule.wait(1000, signal).then(() => (endedMs = schedule.nowMs));
  schedule.after(10, cancel);
  await schedule.run(2000, () => false);
  expect(endedMs).toBe(10);
});
