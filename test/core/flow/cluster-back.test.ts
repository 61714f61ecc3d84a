/**
 * The API server went back in time: etcd was restored from an old copy (P16, F8). Three signs, and what every agent does.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { createClusterWorld } from "../../support/cluster-world.ts";
import { given, refusalOf } from "../../support/world.ts";

/** Two nodes with a lease each; the copy was made before the second one. */
async function restored() {
  const world = createClusterWorld();
  const [first, second] = [await world.node(), await world.node()];
  given(await world.until(first.add("c1")));
  const backup = world.server.backup();
  world.server.advance(100);
  given(await world.until(second.add("c2")));
  await world.advance(61_000);
  world.server.restore(backup);
  return { world, first, second };
}

describe("P16: an answer with a lower revision than was seen", () => {
  test("stops ADD on every node that looks, until its own leases stand and for 5 minutes more", async () => {
    const { world, first, second } = await restored();
    await world.advance(61_000);
    for (const node of [first, second]) {
      const refused = refusalOf(await world.until(node.add("c3")));
      expect(refused).toMatchObject({ name: "ClusterUnready", code: 11 });
      expect(refused.message).toMatch(/gone back in time|went back in time/);
    }
    expect(world.held()).toEqual(["10.0.0.1 c1", "10.0.0.2 c2"]);
    await world.advance(250_000);
    expect(refusalOf(await world.until(first.add("c3"))).name).toBe("ClusterUnready");
    await world.advance(70_000);
    expect(given(await world.until(first.add("c3")))).toEqual(["10.0.0.3/29"]);
  });

  test("shown by the claim's own answer: it is given back, and not answered", async () => {
    const { world, first } = await restored();
    expect((await world.until(first.add("c3"))).kind).toBe("failure");
    await world.advance(130_000);
    expect(world.held()).toEqual(["10.0.0.1 c1", "10.0.0.2 c2"]);
  });

  test("is remembered over a restart of the agent", async () => {
    const { world, first } = await restored();
    await world.advance(61_000);
    first.kill();
    await first.start();
    await world.advance(1_000);
    expect(refusalOf(await world.until(first.add("c3"))).name).toBe("ClusterUnready");
    await world.advance(320_000);
    given(await world.until(first.add("c3")));
  });

  test("seen only after the agent was started again, for the journal remembers the highest", async () => {
    const { world, second } = await restored();
    second.kill();
    await second.start();
    await world.advance(1_000);
    expect(refusalOf(await world.until(second.add("c3"))).name).toBe("ClusterUnready");
  });
});

test("P16: a reservation that stands again with a uid whose end was confirmed", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1")));
  const backup = world.server.backup();
  await world.until(node.del("c1"));
  await world.advance(1_000);
  world.server.restore(backup);
  // Others have written so much since that no revision tells.
  world.server.advance(1_000);
  node.link.connections += 1;
  await world.advance(6_000);
  expect(refusalOf(await world.until(node.add("c2"))).message).toContain("stands again although it had been removed");
  await world.advance(10_000);
  expect(world.held()).toEqual([]);
});

test("P16: two or more living leases missing at once, in exclusive mode", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  for (const id of ["c1", "c2"]) given(await world.until(node.add(id)));
  for (const name of ["blue-10.0.0.1", "blue-10.0.0.2"]) world.remove(name);
  node.link.connections += 1;
  await world.advance(6_000);
  expect(refusalOf(await world.until(node.add("c3"))).message).toContain(
    "2 reservations of living leases were missing",
  );
  expect(world.held()).toEqual(["10.0.0.1 c1", "10.0.0.2 c2"]);
});

test("P16: in mixed mode missing leases are no sign: Whereabouts' reconciler removes live ones", async () => {
  const world = createClusterWorld("present");
  const node = await world.node();
  for (const id of ["c1", "c2"]) given(await world.until(node.add(id)));
  for (const name of ["blue-10.0.0.1", "blue-10.0.0.2"]) world.remove(name);
  await world.advance(70_000);
  expect(world.held()).toEqual(["10.0.0.1 c1", "10.0.0.2 c2"]);
  expect(given(await world.until(node.add("c3")))).toEqual(["10.0.0.3/29"]);
});

test("P16: an agent that gives nothing still asks for the store's revision at least once a minute", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  node.link.calls.splice(0);
  await world.advance(300_000);
  expect(node.link.calls.filter((call) => call.startsWith("list overlapping")).length).toBeGreaterThanOrEqual(4);
});
