/**
 * How often the store is asked for its revision alone (P16).
 *
 * @module
 */
import { expect, test } from "vitest";
import { createClusterWorld } from "../../support/cluster-world.ts";
import { given } from "../../support/world.ts";

const lists = (calls: readonly string[]) => calls.filter((call) => call.startsWith("list overlapping")).length;

test("P16: an agent that does nothing asks for the store's revision once a minute", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1")));
  // Past the look at what an earlier run may have left (P9).
  await world.advance(100_000);
  node.link.calls.splice(0);
  await world.advance(300_000);
  expect(lists(node.link.calls)).toBe(5);
});

test("P16: one whose writes are answered hears the revision by the way, and asks when they end", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1")));
  // Past the look at what an earlier run may have left (P9).
  await world.advance(100_000);
  node.link.calls.splice(0);
  for (let at = 0; at < 10; at += 1) {
    given(await world.until(node.add(`x${at}`)));
    await world.until(node.del(`x${at}`));
    await world.advance(30_000);
  }
  expect(lists(node.link.calls)).toBe(0);
  await world.advance(31_000);
  expect(lists(node.link.calls)).toBe(1);
});

test("P16: what it heard by the way is on record a minute later, for its next run", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  for (const id of ["c1", "c2", "c3"]) given(await world.until(node.add(id)));
  const noted = async () => BigInt((await node.journal.note("seen")) ?? "-1");
  const before = await noted();
  await world.advance(61_000);
  expect(await noted()).toBeGreaterThan(before);
});

test("P4: a connection that was made anew makes it doubtful whether the cluster is fit: it is looked at again at once", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1")));
  await world.advance(100_000);
  const looks = () => node.link.calls.filter((call) => call.startsWith("list ippools")).length;
  node.link.calls.splice(0);
  await world.advance(60_000);
  expect(looks()).toBe(0);
  node.link.connections += 1;
  await world.advance(6_000);
  expect(looks()).toBe(1);
});
