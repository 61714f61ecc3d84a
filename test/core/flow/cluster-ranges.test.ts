/**
 * Several ranges, several ways to fail: what Whereabouts gets wrong with them (A1 to A3, A7 to A9, A12, A19, A20), and P10.
 *
 * @module
 */
import { expect, test } from "vitest";
import type { Refused } from "../../../core/ports/kube-api.ts";
import { whereaboutsConfig } from "../../support/cluster-node.ts";
import { createClusterWorld } from "../../support/cluster-world.ts";
import { given, refusedWith } from "../../support/world.ts";

const create = "create overlappingrangeipreservations";
const dual = whereaboutsConfig({ range: undefined, ipRanges: [{ range: "10.0.0.0/29" }, { range: "10.1.0.0/29" }] });

test("P10, A7: several ranges are all or nothing: what was taken first goes back when a later one is full", async () => {
  const world = createClusterWorld();
  const [first, second] = [await world.node(), await world.node()];
  const config = whereaboutsConfig({
    range: undefined,
    ipRanges: [{ range: "10.0.0.0/29" }, { range: "10.1.0.1/32" }],
  });
  given(await world.until(first.add("c1", { config })));
  expect(refusedWith(await world.until(second.add("c2", { config })))).toBe("PoolFull");
  await world.advance(1_000);
  expect(world.held()).toEqual(["10.0.0.1 c1", "10.1.0.1 c1"]);
});

test("A8, A9: a DEL frees every range, also when the reservation of one has gone already", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1", { config: dual })));
  world.remove("blue-10.0.0.1");
  await world.until(node.del("c1"));
  await world.advance(1_000);
  expect(world.held()).toEqual([]);
  expect(await node.rows()).toEqual([]);
});

test("A1: a write that fails in any way is never an answer: nothing is given that no object holds", async () => {
  const statuses = [400, 409, 413, 422, 500, 503];
  for (const status of statuses) {
    const world = createClusterWorld();
    const node = await world.node();
    const refused: Refused = { kind: "refused", status, reason: "Webhook", message: `no (${status})` };
    node.link.always(create, { refused });
    expect((await world.until(node.add("c1"))).kind, String(status)).toBe("failure");
    await world.advance(130_000);
    expect(world.held()).toEqual([]);
    expect(await node.rows()).toEqual([]);
  }
});

test("A2: two ranges of one CIDR get two addresses", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  const config = whereaboutsConfig({
    range: undefined,
    ipRanges: [{ range: "10.0.0.0/29" }, { range: "10.0.0.0/29" }],
  });
  expect(given(await world.until(node.add("c1", { config })))).toEqual(["10.0.0.1/29", "10.0.0.2/29"]);
});

test("A3: every range of every ADD has its reservation", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1", { config: dual })));
  expect([...world.standing().keys()].sort()).toEqual(["blue-10.0.0.1", "blue-10.1.0.1"]);
});

test("A12: exclusions and the range's bounds are honoured where node slices are asked for", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  const config = whereaboutsConfig({
    range: "10.0.0.0/24",
    range_start: "10.0.0.10",
    range_end: "10.0.0.12",
    exclude: ["10.0.0.10/32"],
    node_slice_size: "/28",
  });
  expect(given(await world.until(node.add("c1", { config })))).toEqual(["10.0.0.11/24"]);
  expect(given(await world.until(node.add("c2", { config })))).toEqual(["10.0.0.12/24"]);
  expect(refusedWith(await world.until(node.add("c3", { config })))).toBe("PoolFull");
});

test("A19, P11: an address that the definition no longer allows is given back before a new one is asked for", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1")));
  const config = whereaboutsConfig({ exclude: ["10.0.0.0/30"] });
  expect(given(await world.until(node.add("c1", { config })))).toEqual(["10.0.0.4/29"]);
  await world.advance(1_000);
  expect(world.held()).toEqual(["10.0.0.4 c1"]);
});

test("A20: a DEL creates no pool, and asks nobody when it is known that nothing was given", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  node.link.calls.splice(0);
  await world.until(node.del("never"));
  await world.advance(1_000);
  expect(node.link.calls.filter((call) => call.includes("ippools"))).toEqual([]);
});
