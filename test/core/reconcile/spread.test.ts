/**
 * How a cluster's starts are spread.
 *
 * @module
 */
import { expect, test } from "vitest";
import { spreadMs } from "../../../core/reconcile/spread.ts";

const nodes = Array.from({ length: 1000 }, (_, at) => `node-${at}`);

test("a thousand nodes with like names begin all over the five minutes, each at a time of its own", () => {
  const tenths = new Map<number, number>();
  for (const node of nodes) {
    const ms = spreadMs(node, 24 * 3_600_000);
    expect(ms).toBeGreaterThanOrEqual(0);
    expect(ms).toBeLessThan(300_000);
    expect(spreadMs(node, 24 * 3_600_000)).toBe(ms);
    tenths.set(Math.floor(ms / 30_000), (tenths.get(Math.floor(ms / 30_000)) ?? 0) + 1);
  }
  expect(tenths.size).toBe(10);
  for (const count of tenths.values()) expect(count).toBeGreaterThan(60);
});

test("no node is later than a tenth of the pause", () => {
  for (const node of nodes) expect(spreadMs(node, 60_000)).toBeLessThan(6_000);
  expect(spreadMs("node-1", 0)).toBe(0);
});
