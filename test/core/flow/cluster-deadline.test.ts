/**
 * ADDs in a cluster whose answer comes too late, or was overtaken by what became of the cluster meanwhile: nothing stays held.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { type ClusterMode, createClusterWorld } from "../../support/cluster-world.ts";
import { address } from "../../support/samples.ts";
import { given, refusalOf, refusedWith } from "../../support/world.ts";

describe("an ADD ends in time when", () => {
  test.each<{ name: string; mode: ClusterMode; call: string; says: string }>([
    { name: "its pools are not opened", mode: "absent", call: "read ippools", says: "a store that answers in time" },
    {
      name: "the network is not listed, which is read first beside Whereabouts",
      mode: "present",
      call: "list overlapping",
      says: "a store that tells what is held in time",
    },
    {
      name: "its claim is not answered",
      mode: "absent",
      call: "create overlapping",
      says: "it did not answer in time",
    },
  ])("$name", async ({ mode, call, says }) => {
    const world = createClusterWorld(mode);
    const node = await world.node();
    const back = node.link.always(call, { slowMs: 120_000 });
    const before = world.clock.nowMs();
    const refused = refusalOf(await world.until(node.add("c1")));
    expect([refused.name, world.clock.nowMs() - before]).toEqual(["DeadlinePassed", expect.closeTo(25_000, -2)]);
    expect(refused.message).toContain(says);
    back();
    node.namespaces.clear();
    await world.advance(400_000);
    expect([world.held(), await node.rows()]).toEqual([[], []]);
  });
});

test("an ADD that outlives the belief in the mode is not answered, and what it took is given back", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1")));
  const back = node.link.always("configmaps", "away");
  await world.advance(299_000);
  node.link.next("create overlapping", { slowMs: 6_000 });
  expect(refusedWith(await world.until(node.add("c2")))).toBe("ClusterUnready");
  await world.advance(10_000);
  expect(world.held()).toEqual(["10.0.0.1 c1"]);
  back();
  await world.advance(10_000);
  given(await world.until(node.add("c2")));
});

test("an ADD that finds a later DEL on record when it commits is not answered, and what it took is given back", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  const attachment = { definition: "blue-net", containerId: "c1", ifName: "net1" };
  const end = () =>
    void node.journal.commit([
      {
        kind: "delete",
        deletion: { attachment, started: { bootId: node.bootId, bootNs: node.startedNs() }, acceptedMs: 1 },
      },
    ]);
  node.link.next("create overlapping", { before: end });
  expect(refusedWith(await world.until(node.add("c1")))).toBe("Superseded");
  await world.advance(10_000);
  expect([world.held(), await node.rows()]).toEqual([[], []]);
});

test("an ADD that asks for a second address in a version of CNI that has room for one is refused before it takes any", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  const ipam = { type: "berth", network_name: "blue", addresses: [{ address: "10.0.0.1/29" }] };
  const config = { cniVersion: "0.2.0", name: "blue-net", type: "macvlan", ipam };
  const requested = ["10.0.0.2", "10.0.0.3"].map((text) => ({
    address: address(text),
    prefixLength: 29,
    gateway: undefined,
    from: "runtimeConfig.ips",
  }));
  const refused = refusalOf(await world.until(node.add("c1", { config, requested })));
  expect([refused.name, refused.message]).toEqual([
    "UnsupportedField",
    expect.stringContaining("one IPv4 address at most"),
  ]);
  expect(world.held()).toEqual([]);
});
