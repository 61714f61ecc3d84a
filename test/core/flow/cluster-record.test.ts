/**
 * What is on record, and whether it still stands: import, lost and old journals, missing reservations (P14, P15, F2, F8, F12).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { reservations } from "../../../core/kube/resources.ts";
import { createClusterWorld } from "../../support/cluster-world.ts";
import { given } from "../../support/world.ts";

const create = "create overlappingrangeipreservations";

describe("P14, F12: a lost journal", () => {
  test("is filled again by import before the first ADD, and what it imported is freed by its DEL", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    given(await world.until(node.add("c1")));
    node.kill();
    node.replaceJournal();
    await node.start();
    expect(given(await world.until(node.add("c2")))).toEqual(["10.0.0.2/29"]);
    expect((await node.rows()).length).toBe(2);
    await world.until(node.del("c1"));
    await world.advance(1_000);
    expect(world.held()).toEqual(["10.0.0.2 c2"]);
  });

  test("gives an imported attachment its address again", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    given(await world.until(node.add("c1")));
    node.kill();
    node.replaceJournal();
    await node.start();
    expect(given(await world.until(node.add("c1")))).toEqual(["10.0.0.1/29"]);
  });

  test("of a node whose namespaces have gone frees nothing by itself: what is imported is judged by its evidence", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    for (const id of ["c1", "c2"]) given(await world.until(node.add(id)));
    node.kill();
    node.replaceJournal();
    node.namespaces.delete("/run/netns/c1");
    await node.start();
    await world.advance(1_000);
    expect(world.held()).toEqual(["10.0.0.1 c1", "10.0.0.2 c2"]);
    for (let looks = 0; looks < 2; looks += 1) {
      await world.until(node.flow.sweep());
      await world.advance(60_000);
    }
    expect(world.held()).toEqual(["10.0.0.2 c2"]);
  });

  test("does not hide a DEL that came before the import: it ends what is imported", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    given(await world.until(node.add("c1")));
    node.kill();
    node.replaceJournal();
    const back = node.link.always("", "away");
    await node.start();
    await world.until(node.del("c1"));
    back();
    await world.advance(10_000);
    expect(world.held()).toEqual([]);
  });
});

test("P14: an old copy of the journal takes the newer sandbox over from the reservation", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  const pod = { namespace: "default", name: "web-0", uid: "uid-web-0" };
  given(await world.until(node.add("old", { pod })));
  const copy = node.journal.copy();
  node.namespaces.delete("/run/netns/old");
  given(await world.until(node.add("new", { pod })));
  node.kill();
  node.replaceJournal(copy);
  await node.start();
  await world.advance(1_000);
  expect((await node.rows()).map(({ holder }) => holder.attachment.containerId)).toEqual(["new"]);
  await world.until(node.del("new"));
  await world.advance(1_000);
  expect(world.held()).toEqual([]);
});

test("P14, F12: an old copy of the journal does not free what others hold by now", async () => {
  const world = createClusterWorld();
  const [node, other] = [await world.node(), await world.node()];
  given(await world.until(node.add("c1")));
  const copy = node.journal.copy();
  await world.until(node.del("c1"));
  node.namespaces.delete("/run/netns/c1");
  await world.advance(1_000);
  given(await world.until(other.add("c2")));
  node.kill();
  node.replaceJournal(copy);
  await node.start();
  for (let looks = 0; looks < 2; looks += 1) {
    await world.until(node.flow.sweep());
    await world.advance(60_000);
  }
  expect(world.held()).toEqual(["10.0.0.1 c2"]);
});

test("P14: what an old copy of the journal hides is on record before an ADD is answered, also when a look was lost", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1")));
  const copy = node.journal.copy();
  await world.until(node.del("c1"));
  node.namespaces.delete("/run/netns/c1");
  await world.advance(1_000);
  expect(given(await world.until(node.add("c2")))).toEqual(["10.0.0.1/29"]);
  node.kill();
  node.replaceJournal(copy);
  node.link.next("read overlappingrangeipreservations", "away");
  await node.start();
  expect((await world.until(node.add("c2"))).kind).toBe("failure");
  await world.advance(10_000);
  expect(given(await world.until(node.add("c2")))).toEqual(["10.0.0.1/29"]);
});

describe("P15, F2, F8: a reservation that is missing", () => {
  test("is made again while the lease's namespace stands, under its newest attempt", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    given(await world.until(node.add("c1")));
    const before = world.standing().get("blue-10.0.0.1")?.attempt;
    world.remove("blue-10.0.0.1");
    await world.advance(601_000);
    expect(world.held()).toEqual(["10.0.0.1 c1"]);
    expect(world.standing().get("blue-10.0.0.1")?.attempt).toBe(before);
    await world.until(node.del("c1"));
    await world.advance(1_000);
    expect(world.held()).toEqual([]);
  });

  test("is looked for at once after a reconnect", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    given(await world.until(node.add("c1")));
    world.remove("blue-10.0.0.1");
    node.link.connections += 1;
    await world.advance(6_000);
    expect(world.held()).toEqual(["10.0.0.1 c1"]);
  });

  test("is not made again for a lease whose namespace has gone: the row ends", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    given(await world.until(node.add("c1")));
    world.remove("blue-10.0.0.1");
    node.namespaces.delete("/run/netns/c1");
    await world.advance(610_000);
    expect(world.held()).toEqual([]);
    expect(await node.rows()).toEqual([]);
  });

  test.each([
    { name: "lives", phase: "Running", held: ["10.0.0.1 c1"] },
    { name: "has ended", phase: "Succeeded", held: [] },
    { name: "is not there", phase: undefined, held: [] },
  ])("with void evidence is made again only if its pod lives: it $name", async ({ phase, held }) => {
    const world = createClusterWorld();
    const node = await world.node();
    given(await world.until(node.add("c1")));
    const [row] = await node.rows();
    if (row === undefined) throw new Error("no row");
    const evidence = { kind: "void", path: "/run/netns/c1", bootId: node.bootId, reason: "a test" } as const;
    node.kill();
    const copy = node.journal.copy();
    node.replaceJournal({ ...copy, rows: new Map([[row.id, { ...row, holder: { ...row.holder, evidence } }]]) });
    if (phase !== undefined) world.pod("c1", "node-1", phase);
    world.remove("blue-10.0.0.1");
    await node.start();
    await world.advance(10_000);
    expect(world.held()).toEqual(held);
  });

  test("is made again for a lease whose namespace cannot be looked at now, though its pod's object has gone", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    given(await world.until(node.add("c1")));
    node.voidReason = "no mount propagation";
    world.remove("blue-10.0.0.1");
    await world.advance(610_000);
    expect(world.held()).toEqual(["10.0.0.1 c1"]);
    node.voidReason = undefined;
    node.namespaces.delete("/run/netns/c1");
    for (let looks = 0; looks < 2; looks += 1) {
      await world.until(node.flow.sweep());
      await world.advance(60_000);
    }
    expect(world.held()).toEqual([]);
  });

  test("whose new create is answered late is one reservation all the same", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    given(await world.until(node.add("c1")));
    world.remove("blue-10.0.0.1");
    node.link.next(create, { lateMs: 50_000 });
    await world.advance(700_000);
    expect(world.held()).toEqual(["10.0.0.1 c1"]);
    await world.until(node.del("c1"));
    await world.advance(200_000);
    expect(world.held()).toEqual([]);
  });
});

const network = "ipam.berth.io/network";

test.each([
  { name: "all labels", kept: {} },
  { name: "the network's label", kept: { "ipam.berth.io/node": "node-1", "ipam.berth.io/kind": "dynamic" } },
  { name: "another network's label", kept: { "ipam.berth.io/node": "node-1", [network]: "red" } },
])("P15: $name: what was lost is put back by the agent of its node", async ({ kept }) => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1")));
  const was = world.server.all(reservations)[0]?.metadata.labels;
  world.change(reservations, "blue-10.0.0.1", (object) => ({
    ...object,
    metadata: { ...object.metadata, labels: kept },
  }));
  await world.advance(601_000);
  expect(world.server.all(reservations)[0]?.metadata.labels).toEqual(was);
});
