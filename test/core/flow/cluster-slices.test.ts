/**
 * What stands in the pools of Whereabouts' node slices is not given again, and is taken on record where it stands.
 *
 * @module
 */
import { expect, test } from "vitest";
import { nodeSlicePools } from "../../../core/kube/resources.ts";
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

test("an address of a slice is not given, although it has no reservation", async () => {
  const world = sliced();
  const node = await world.node();
  const addresses: string[] = [];
  for (let at = 1; at <= 5; at += 1) addresses.push(...given(await world.until(node.add(`c${at}`))));
  expect(addresses).not.toContain("10.0.0.2/29");
  expect(refusedWith(await world.until(node.add("c9")))).toBe("PoolFull");
});
