/**
 * What stands in the pools of Whereabouts' node slices is not given again, and is taken on record where it stands.
 *
 * @module
 */
import { expect, test } from "vitest";
import { nodeSlicePools, pools } from "../../../core/kube/resources.ts";
import { whereaboutsConfig } from "../../support/cluster-node.ts";
import { createClusterWorld } from "../../support/cluster-world.ts";
import { given, refusedWith } from "../../support/world.ts";

const slicePool = "blue-node-1-10.0.0.0-30";

/** Range 10.0.0.0/29 of network blue, of which node-1 has the first half, and 10.0.0.2 of it given by Whereabouts. */
function sliced() {
  const world = createClusterWorld("present");
  world.makePool("10.0.0.0/29");
  world.server.plant(nodeSlicePools, {
    metadata: { name: "blue", namespace: "kube-system" },
    spec: { range: "10.0.0.0/29", sliceSize: "/30" },
    status: { allocations: [{ nodeName: "node-1", sliceRange: "10.0.0.0/30" }] },
  });
  world.makePool("10.0.0.0/30", "blue-node-1");
  world.writeEntry("2", { id: "sandbox-1", podref: "default/wb", ifname: "net1" }, slicePool);
  return world;
}

test("a pod of Whereabouts keeps its address, and its DEL frees entry and reservation", async () => {
  const world = sliced();
  world.reserve("blue-10.0.0.2", "default/wb");
  world.pod("wb", "node-1");
  const node = await world.node();
  await world.advance(1_000);
  expect(world.held()).toEqual(["10.0.0.2 wb"]);
  expect([...world.standing().keys()]).toEqual(["blue-10.0.0.2"]);
  await world.until(node.del("sandbox-1"));
  await world.advance(10_000);
  expect([world.held(), world.entries(slicePool)]).toEqual([[], {}]);
});

const off = whereaboutsConfig({ enable_overlapping_ranges: false });
const sized = (size: string, overlapping = true) =>
  whereaboutsConfig({ node_slice_size: size, enable_overlapping_ranges: overlapping });

test.each([
  { name: "as NodeSlicePool tells", config: off, hasSlices: true },
  { name: "as the definition tells", config: sized("/30", false), hasSlices: false },
  { name: "of a size that nobody can tell", config: sized("half", false), hasSlices: false },
])("with overlapping ranges off a range of node slices is refused beside Whereabouts, $name", async (one) => {
  const world = one.hasSlices ? sliced() : createClusterWorld("present");
  const node = await world.node();
  const refused = await world.until(node.add("c1", { config: one.config }));
  expect(refused).toMatchObject({
    failure: { name: "PoolUnusable", message: expect.stringContaining("no node slices (node_slice_size)") },
  });
  expect([await node.rows(), world.held()]).toEqual([[], []]);
});

test("with overlapping ranges off a range of node slices is given of while Berth is alone, and no more when it is not", async () => {
  const world = createClusterWorld("absent");
  const node = await world.node();
  const config = sized("30", false);
  expect(given(await world.until(node.add("c1", { config }))).length).toBe(1);
  world.setMode("present");
  await world.advance(130_000);
  expect(refusedWith(await world.until(node.add("c2", { config })))).toBe("StoreRefused");
});

test("an address of a slice whose NodeSlicePool is gone is not given, for the definition says how long slices are", async () => {
  const world = sliced();
  world.server.uproot({ resource: nodeSlicePools, namespace: "kube-system", name: "blue" });
  const node = await world.node();
  const addresses: string[] = [];
  for (let at = 1; at <= 5; at += 1)
    addresses.push(...given(await world.until(node.add(`c${at}`, { config: sized("/30") }))));
  expect(addresses).not.toContain("10.0.0.2/29");
});

test("a range is refused while a slice of it cannot be read, with what to run, and given of when it can", async () => {
  const world = sliced();
  const broken = { ...Object(world.entries(slicePool)) };
  const entries = (allocations: unknown) =>
    world.change(pools, slicePool, (object) => ({ ...object, spec: { range: "10.0.0.0/30", allocations } }));
  entries("all");
  const node = await world.node();
  expect(await world.until(node.add("c1"))).toMatchObject({
    failure: {
      name: "PoolUnusable",
      message: expect.stringContaining(`kubectl --namespace kube-system edit ippools ${slicePool}`),
    },
  });
  expect(world.held()).toEqual([]);
  entries(broken);
  expect(given(await world.until(node.add("c1")))).toEqual(["10.0.0.1/29"]);
});

test("an address of a slice is not given, although it has no reservation", async () => {
  const world = sliced();
  const node = await world.node();
  const addresses: string[] = [];
  for (let at = 1; at <= 5; at += 1) addresses.push(...given(await world.until(node.add(`c${at}`))));
  expect(addresses).not.toContain("10.0.0.2/29");
  expect(refusedWith(await world.until(node.add("c9")))).toBe("PoolFull");
});
