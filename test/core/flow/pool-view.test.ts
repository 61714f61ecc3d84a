/**
 * What is remembered of a pool that was found full (P7).
 *
 * @module
 */
import { expect, test } from "vitest";
import { PoolView } from "../../../core/flow/pool-view.ts";
import { defaultLimits } from "../../../core/flow/ports.ts";
import { intervalsOf } from "../../../core/ip/interval-set.ts";
import { parsePrefix } from "../../../core/ip/prefix.ts";
import { makeRange } from "../../../core/ip/range.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

const query = { network: "blue", pool: "10.0.0.0/29", overlapping: true };

function createView() {
  const clock = createVirtualClock();
  const random = { below: () => 0n, id: () => "" };
  const limits = { ...defaultLimits, fullKeptMs: 5_000 };
  const prefix = parsePrefix(query.pool);
  if (prefix.kind !== "prefix") throw new Error(prefix.kind);
  const made = makeRange({ prefix: prefix.prefix, excluded: intervalsOf([]), gateways: [] });
  if (made.kind !== "range") throw new Error(made.kind);
  return { clock, view: new PoolView(query, made.range, { clock, random, choice: "random", limits }) };
}

test("P7: full is remembered since the list that showed it was asked for, not since somebody waited for more", async () => {
  const { clock, view } = createView();
  view.readNs = clock.bootNs();
  await clock.advance(3_000);
  view.foundFull();
  expect(view.isFull()).toBe(true);
  await clock.advance(1_999);
  expect(view.isFull()).toBe(true);
  await clock.advance(1);
  expect(view.isFull()).toBe(false);
});

test("P7: one that no list showed is remembered since it was found, until an address comes free here", async () => {
  const { clock, view } = createView();
  view.foundFull();
  await clock.advance(4_999);
  expect(view.isFull()).toBe(true);
  view.freed(view.range.first.value, 0);
  expect(view.isFull()).toBe(false);
});
