/**
 * Whether the cluster answers: what is thrown on the way counts as no answer, and never ends a loop.
 *
 * @module
 */
import { expect, test } from "vitest";
import { Reach } from "../../../core/flow/reach.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

test("what throws is told, and counts as no answer until one comes", async () => {
  const reach = new Reach(createVirtualClock("boot-1"));
  const told: object[] = [];
  const ignore = () => undefined;
  const log = {
    debug: ignore,
    info: ignore,
    error: ignore,
    warn: (words: string, why?: object) => told.push({ words, ...why }),
  };
  const attempt = (work: () => Promise<void>) => reach.attempt(work, { log, words: "Cannot look" });
  await attempt(() => Promise.reject(new Error("the disk is gone")));
  expect(told).toEqual([{ words: "Cannot look", reason: "the disk is gone" }]);
  expect([reach.lastError, reach.isAway(0)]).toEqual(["the disk is gone", true]);
  await attempt(() => Promise.resolve());
  expect([told.length, reach.isAway(0)]).toEqual([1, true]);
  reach.answered();
  expect(reach.isAway(0)).toBe(false);
});
