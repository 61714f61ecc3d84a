/**
 * Pools as they may stand in a cluster: edited by hand into nonsense, of IPv6, of a size that no list of entries can have.
 *
 * @module
 */
import { expect, test } from "vitest";
import { pools, reservations } from "../../../core/kube/resources.ts";
import { whereaboutsConfig } from "../../support/cluster-node.ts";
import { createClusterWorld } from "../../support/cluster-world.ts";
import { given, refusedWith } from "../../support/world.ts";

const theirs = { id: "wb-1", podref: "default/wb", ifname: "net1" };

async function mixed() {
  const world = createClusterWorld("present");
  return { world, node: await world.node() };
}

test("F40: a pool edited into nonsense is left as it is, and never a reason to give a held address out", async () => {
  const { world, node } = await mixed();
  const config = whereaboutsConfig({ range: "10.0.0.0/30" });
  world.makePool("10.0.0.0/30");
  const nonsense = { "01": theirs, "+2": theirs, x: theirs, "99": theirs };
  world.change(pools, "blue-10.0.0.0-30", (object) => ({
    ...object,
    spec: { range: "10.0.0.0/30", allocations: nonsense },
  }));
  expect(refusedWith(await world.until(node.add("c1", { config })))).toBe("PoolFull");
  world.change(pools, "blue-10.0.0.0-30", (object) => ({
    ...object,
    spec: { range: "nonsense", allocations: nonsense },
  }));
  await world.advance(10_000);
  const [callsBefore, nsBefore] = [node.link.calls.length, world.clock.bootNs()];
  const refused = await world.until(node.add("c2", { config }));
  expect(refused).toMatchObject({
    failure: {
      name: "StoreRefused",
      message: expect.stringMatching(
        /expected a range in spec.range, found .* in ippools kube-system.blue-10.0.0.0-30: run: kubectl --namespace kube-system edit ippools blue-10.0.0.0-30$/,
      ),
    },
  });
  expect(node.link.calls.length - callsBefore, "calls").toBeLessThan(10);
  // What it waits for is what may come free in a range that was full a moment ago.
  expect(Number((world.clock.bootNs() - nsBefore) / 1_000_000n), "ms").toBeLessThan(11_000);
  expect(world.entries("blue-10.0.0.0-30")).toEqual(nonsense);
  expect(world.server.all(reservations)).toEqual([]);
});

test("A13: IPv6 offsets beyond 2^63 have their own entry and address", async () => {
  const { world, node } = await mixed();
  const config = whereaboutsConfig({
    range: "fd00::/48",
    range_start: "fd00:0:0:8000::1",
    range_end: "fd00:0:0:8000::2",
  });
  expect(given(await world.until(node.add("c1", { config })))).toEqual(["fd00:0:0:8000::1/48"]);
  expect(given(await world.until(node.add("c2", { config })))).toEqual(["fd00:0:0:8000::2/48"]);
  const keys = Object.keys(world.entries("blue-fd00---48"));
  expect(keys.sort()).toEqual([((0x8000n << 64n) + 1n).toString(), ((0x8000n << 64n) + 2n).toString()]);
  await world.until(node.del("c1"));
  await world.advance(1_000);
  expect(Object.keys(world.entries("blue-fd00---48")).length).toBe(1);
});
