/**
 * When a run that failed in part is due again.
 *
 * @module
 */
import { expect, test } from "vitest";
import { Retry } from "../../../core/reconcile/retry.ts";

const minuteNs = 60_000_000_000n;

test("ten minutes after its end, and no earlier", () => {
  const retry = new Retry();
  expect(retry.leftMs(0n)).toBeUndefined();
  retry.begin(true);
  retry.end(2, 7n * minuteNs);
  expect(retry.leftMs(7n * minuteNs)).toBe(600_000);
  expect(retry.leftMs(17n * minuteNs - 1n)).toBe(1);
  expect(retry.leftMs(17n * minuteNs)).toBe(0);
  expect(retry.leftMs(90n * minuteNs)).toBe(0);
});

test("not while it goes on, nor once it ended without a failure", () => {
  const retry = new Retry();
  retry.begin(true);
  retry.end(1, 0n);
  retry.begin(false);
  expect(retry.leftMs(90n * minuteNs)).toBeUndefined();
  retry.end(0, 11n * minuteNs);
  expect(retry.leftMs(90n * minuteNs)).toBeUndefined();
});

test("three times, and three times again after the next one of the schedule", () => {
  const retry = new Retry();
  const tries = () => {
    let count = 0;
    for (retry.begin(true), retry.end(1, 0n); retry.leftMs(10n * minuteNs) === 0; retry.end(1, 0n)) {
      count += 1;
      retry.begin(false);
    }
    return count;
  };
  expect([tries(), tries()]).toEqual([3, 3]);
});
