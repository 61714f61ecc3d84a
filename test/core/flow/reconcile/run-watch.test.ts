/**
 * A run that hangs is noticed, one that only waits is not.
 *
 * @module
 */
import { expect, test } from "vitest";
import { RunWatch } from "../../../../core/flow/reconcile/run-watch.ts";
import { createVirtualClock } from "../../../support/virtual-clock.ts";

const hourMs = 3_600_000;

test("a run that goes on for more than an hour is told, and a later one counts anew", async () => {
  const clock = createVirtualClock();
  const watch = new RunWatch(clock);
  let finish = (): void => undefined;
  const ran = watch.over(() => new Promise<void>((resolve) => (finish = resolve)));
  await clock.advance(hourMs);
  expect(watch.unhealthy).toEqual([]);
  await clock.advance(1);
  expect(watch.unhealthy).toEqual(["a run has been going for 60 minutes: it hangs"]);
  finish();
  await ran;
  expect(watch.unhealthy).toEqual([]);
  void watch.over(() => new Promise(() => undefined));
  await clock.advance(hourMs);
  expect(watch.unhealthy).toEqual([]);
});

test("what a run waits for on purpose comes on top of the hour", async () => {
  const clock = createVirtualClock();
  const watch = new RunWatch(clock);
  void watch.over(async () => {
    for (let round = 0; round < 50; round += 1) await watch.clock.wait(300_000);
    return new Promise(() => undefined);
  });
  await clock.advance(50 * 300_000 + hourMs);
  expect(watch.unhealthy).toEqual([]);
  await clock.advance(1);
  expect(watch.unhealthy).toHaveLength(1);
});

test("no run is no reason, nor is one that ended in a defect", async () => {
  const clock = createVirtualClock();
  const watch = new RunWatch(clock);
  await expect(watch.over(() => Promise.reject(new Error("a defect")))).rejects.toThrow("a defect");
  await clock.advance(3 * hourMs);
  expect(watch.unhealthy).toEqual([]);
});
