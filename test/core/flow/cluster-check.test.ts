/**
 * CHECK in a cluster: what is on record, both halves of the proof, and who has the address instead (P15, A23).
 *
 * @module
 */
import { beforeEach, describe, expect, test } from "vitest";
import { reservations } from "../../../core/kube/resources.ts";
import { whereaboutsConfig, type ClusterNode } from "../../support/cluster-node.ts";
import { type ClusterMode, type ClusterWorld, createClusterWorld } from "../../support/cluster-world.ts";
import { address } from "../../support/samples.ts";
import { given } from "../../support/world.ts";

let world: ClusterWorld;
let node: ClusterNode;

const seen = (...texts: string[]) =>
  ({ kind: "seen", addresses: texts.map((text) => ({ address: address(text), prefixLength: 29 })) }) as const;

async function check(containerId: string, ...ips: string[]): Promise<readonly string[]> {
  const failures = await world.until(
    node.check(
      containerId,
      ips.map((ip) => `${ip}/29`),
    ),
  );
  return failures.map(({ name, message }) => `${name}: ${message}`);
}

describe.each(["absent", "present"] as const satisfies ClusterMode[])("with Whereabouts %s", (mode) => {
  beforeEach(async () => {
    world = createClusterWorld(mode);
    node = await world.node();
    given(await world.until(node.add("c1")));
    node.interfaces = seen("10.0.0.1");
  });

  test("A23: it finds nothing to say when lease, prevResult and interface agree", async () => {
    expect(await check("c1", "10.0.0.1")).toEqual([]);
  });

  test("A23: it says so when the interface or prevResult has another address, and when nothing is held", async () => {
    expect(await check("c1", "10.0.0.5")).toEqual([expect.stringContaining("ResultDiffers")]);
    node.interfaces = seen("10.0.0.5");
    expect(await check("c1", "10.0.0.1")).toEqual([expect.stringContaining("InterfaceDiffers")]);
    expect(await check("c9", "10.0.0.1")).toEqual([expect.stringContaining("LeaseMissing")]);
  });

  test("P15: it says that nobody holds the address, and names the pod that holds it instead", async () => {
    world.remove("blue-10.0.0.1");
    expect(await check("c1", "10.0.0.1")).toEqual([expect.stringContaining("nobody holds it")]);
    const other = await world.node();
    if (mode === "present") world.writeEntry("1", undefined);
    given(await world.until(other.add("c2")));
    expect(await check("c1", "10.0.0.1")).toEqual([expect.stringContaining("pod default/c2 on node node-2 holds it")]);
  });

  test("P15: a conflict on record is told with its holder, and whoever holds the reservation is told of the lease that lives", async () => {
    world.remove("blue-10.0.0.1");
    if (mode === "present") world.writeEntry("1", undefined);
    const other = await world.node();
    given(await world.until(other.add("c2")));
    await world.advance(601_000);
    expect((await node.rows())[0]?.conflict).not.toBe("");
    expect(await check("c1", "10.0.0.1")).toEqual([expect.stringContaining("held by pod default/c2")]);
    const mine = node;
    node = other;
    node.interfaces = seen("10.0.0.1");
    expect(await check("c2", "10.0.0.1")).toEqual([
      expect.stringContaining("pod default/c1 on node node-1 lives on it, too"),
    ]);
    node = mine;
  });

  test("it is told that the store is away, not that the lease is missing", async () => {
    node.link.always("", "away");
    expect(await check("c1", "10.0.0.1")).toEqual([expect.stringContaining("StoreAway")]);
  });
});

describe("beside Whereabouts", () => {
  beforeEach(async () => {
    world = createClusterWorld("present");
    world.makePool("10.0.0.0/29");
    world.pod("w1", "node-1");
  });

  test.each([
    { name: "with its interface", ifname: { ifname: "net1" } },
    { name: "by a version that wrote none (A24)", ifname: {} },
  ])("P14: a lease that Whereabouts gave, $name, is confirmed like any other", async ({ ifname }) => {
    world.writeEntry("3", { id: "w1", podref: "default/w1", ...ifname });
    world.reserve("blue-10.0.0.3", "default/w1");
    node = await world.node();
    await world.advance(1_000);
    node.interfaces = seen("10.0.0.3");
    expect(await check("w1", "10.0.0.3")).toEqual([]);
    world.remove("blue-10.0.0.3");
    expect(await check("w1", "10.0.0.3")).toEqual([expect.stringContaining("nobody holds it")]);
  });

  test.each([
    { name: "gone", entry: undefined, expected: "its entry in the pool is missing" },
    {
      name: "another's",
      entry: { id: "w2", podref: "default/w2", ifname: "net1" },
      expected: "the pool's entry names pod default/w2, container w2",
    },
  ])("P15: it says that the lease's entry is $name", async ({ entry, expected }) => {
    node = await world.node();
    given(await world.until(node.add("c1")));
    node.interfaces = seen("10.0.0.1");
    world.writeEntry("1", entry);
    expect(await check("c1", "10.0.0.1")).toEqual([expect.stringContaining(expected)]);
  });

  test("an entry that cannot be read is no reason to say that the lease is missing", async () => {
    node = await world.node();
    given(await world.until(node.add("c1")));
    node.interfaces = seen("10.0.0.1");
    node.link.always("read ippools", "away");
    expect(await check("c1", "10.0.0.1")).toEqual([expect.stringContaining("StoreAway")]);
  });
});

test("P21: a static and a withheld address: the one is confirmed, the other is told by its reason", async () => {
  world = createClusterWorld("present");
  node = await world.node();
  const ipam = { type: "berth", network_name: "blue", addresses: [{ address: "10.0.0.1/29" }] };
  const config = { cniVersion: "1.0.0", name: "fixed-net", type: "macvlan", ipam };
  given(await world.until(node.add("c1", { config })));
  node.interfaces = seen("10.0.0.1");
  expect(await world.until(node.check("c1", ["10.0.0.1/29"], config))).toEqual([]);
  world.remove("blue-10.0.0.1");
  const order = { network: "blue", address: address("10.0.0.1"), reason: "printer" };
  const other = await world.node();
  expect(await world.until(other.flow.withhold(order))).toMatchObject({ kind: "done" });
  const [failure] = await world.until(node.check("c1", ["10.0.0.1/29"], config));
  expect(failure?.message).toContain("it is withheld: printer");
});

test("A23: exclusions and pools of other definitions do not confuse it: only rows of this definition count", async () => {
  world = createClusterWorld();
  node = await world.node();
  given(await world.until(node.add("c1")));
  const other = whereaboutsConfig({}, "other-net");
  const failures = await world.until(node.check("c1", ["10.0.0.1/29"], other));
  expect(failures.map(({ name }) => name)).toEqual(["LeaseMissing"]);
  expect(world.server.all(reservations).length).toBe(1);
});
