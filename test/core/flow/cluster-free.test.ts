/**
 * Giving back in a cluster: only what was judged, in the background, in the order of each address, and never late for who holds it
 * next (P12, P13).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { reservations } from "../../../core/kube/resources.ts";
import type { Refused } from "../../../core/ports/kube-api.ts";
import { type ClusterNode, whereaboutsConfig } from "../../support/cluster-node.ts";
import { type ClusterWorld, createClusterWorld } from "../../support/cluster-world.ts";
import { given } from "../../support/world.ts";

const create = "create overlappingrangeipreservations";
const remove = "remove overlappingrangeipreservations";
const one = { config: whereaboutsConfig({ range: "10.0.0.1/32" }) };

async function pair(): Promise<{ world: ClusterWorld; first: ClusterNode; second: ClusterNode }> {
  const world = createClusterWorld();
  return { world, first: await world.node(), second: await world.node() };
}

test("P13: a DEL is on record when it is answered; the address goes back afterwards", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1")));
  const away = node.link.always("", "away");
  expect(await world.until(node.del("c1"))).toMatchObject({ kind: "done", freeing: 1 });
  expect(node.flow.freeing).toBe(1);
  await world.advance(600_000);
  expect(world.held()).toEqual(["10.0.0.1 c1"]);
  away();
  await world.advance(31_000);
  expect(world.held()).toEqual([]);
  expect(node.flow.freeing).toBe(0);
});

test("P12: what waits to be given back is tried at once when the connection was made anew", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1")));
  const away = node.link.always("", "away");
  await world.until(node.del("c1"));
  await world.advance(600_000);
  away();
  node.link.connections += 1;
  await world.advance(5_100);
  expect(world.held()).toEqual([]);
});

test("A4, F3 a: a free whose answer was lost does not delete the next holder, of whatever node", async () => {
  const { world, first, second } = await pair();
  given(await world.until(first.add("c1", one)));
  first.link.next(remove, "unheard");
  await world.until(first.del("c1"));
  given(await world.until(second.add("c2", one)));
  await world.advance(60_000);
  expect(world.held()).toEqual(["10.0.0.1 c2"]);
  expect(await first.rows()).toEqual([]);
});

test("A4: a delete that lands late does not remove what was made since", async () => {
  const { world, first, second } = await pair();
  given(await world.until(first.add("c1", one)));
  first.link.next(remove, { lateMs: 20_000 });
  await world.until(first.del("c1"));
  await world.advance(8_000);
  given(await world.until(second.add("c2", one)));
  await world.advance(60_000);
  expect(world.held()).toEqual(["10.0.0.1 c2"]);
});

test("F3 b: a delete judges uid and resourceVersion: a holder that was changed in place is judged again", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1")));
  const change = () =>
    world.change(reservations, "blue-10.0.0.1", (object) => ({
      ...object,
      metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, "ipam.berth.io/attempt": "x" } },
    }));
  node.link.next(remove, { before: change });
  await world.until(node.del("c1"));
  await world.advance(1_000);
  expect(world.held()).toEqual(["10.0.0.1 c1"]);
  expect(await node.rows()).toEqual([]);
});

test("F22, A22: a DEL without a usable definition ends the attachment all the same", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1")));
  expect(await world.until(node.del("c1", { definition: undefined }))).toMatchObject({ kind: "done", freeing: 1 });
  await world.advance(1_000);
  expect(world.held()).toEqual([]);
});

test("F30: frees are ordered per address, not between addresses: one that is forbidden holds up no other", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  for (const id of ["c1", "c2"]) given(await world.until(node.add(id)));
  const refused: Refused = { kind: "refused", status: 403, reason: "Forbidden", message: "no" };
  const allowed = node.link.always(`${remove} blue-10.0.0.1`, { refused });
  for (const id of ["c1", "c2"]) await world.until(node.del(id));
  await world.advance(1_000);
  expect(world.held()).toEqual(["10.0.0.1 c1"]);
  allowed();
  await world.advance(60_000);
  expect(world.held()).toEqual([]);
});

describe("F9: ADD and DEL of one attachment", () => {
  test("a DEL cancels the ADD that still runs, and nothing is kept", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    node.link.next(create, "unheard");
    const added = node.add("c1");
    await world.advance(1_000);
    await world.until(node.del("c1"));
    expect((await world.until(added)).kind).toBe("failure");
    await world.advance(200_000);
    expect(world.held()).toEqual([]);
  });

  test("a DEL that was started before the ADD ends nothing of it, however late it comes", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    const startedNs = node.startedNs();
    given(await world.until(node.add("c1")));
    const launch = { started: { bootId: node.bootId, bootNs: startedNs }, budgetMs: 6_000 };
    expect(await world.until(node.del("c1", { launch }))).toMatchObject({ freeing: 0 });
    await world.advance(1_000);
    expect(world.held()).toEqual(["10.0.0.1 c1"]);
  });
});

test("F26, P12: an address that is on its way back is waited for where just this one will do", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1", one)));
  await world.until(node.del("c1"));
  expect(given(await world.until(node.add("c2", one)))).toEqual(["10.0.0.1/32"]);
  await world.advance(60_000);
  expect(world.held()).toEqual(["10.0.0.1 c2"]);
});
