/**
 * What was seen in the last ten minutes, of the latest ten thousand.
 *
 * @module
 */
import { expect, test } from "vitest";
import { Lately } from "../../../core/flow/lately.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

test("is remembered for ten minutes since it was last seen", async () => {
  const clock = createVirtualClock();
  const lately = new Lately(clock);
  expect(lately.has("a")).toBe(false);
  lately.note("a");
  await clock.advance(500_000);
  lately.note("a");
  await clock.advance(500_000);
  expect(lately.has("a")).toBe(true);
  await clock.advance(100_000);
  expect(lately.has("a")).toBe(false);
});

test("of too many the oldest is forgotten", () => {
  const lately = new Lately(createVirtualClock());
  for (let at = 0; at < 10_001; at += 1) lately.note(String(at));
  expect([lately.has("0"), lately.has("1"), lately.has("10000")]).toEqual([false, true, true]);
});
