/**
 * Two agents under the name of one node (P14, F12): neither judges what the other gave, and ADD stops while anything stands that tells
 * of it.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { type ClusterMode, type ClusterWorld, createClusterWorld } from "../../support/cluster-world.ts";
import type { ClusterNode } from "../../support/cluster-node.ts";
import { createConflict } from "../../support/cluster-conflict.ts";
import { address } from "../../support/samples.ts";
import { given, refusalOf } from "../../support/world.ts";

/** Pods `c1` and `c2` live on machines of their own, whose agents bear one name; both machines are up for more than an hour. */
async function twoAgents(mode: ClusterMode, boots: readonly [string, string] = ["boot-1", "boot-2"]) {
  const world = createClusterWorld(mode);
  for (const pod of ["c1", "c2", "c3", "c4"]) world.pod(pod, "twin");
  const start = async (bootId: string) => {
    const node = world.nodeAtRest({ name: "twin" });
    node.bootId = bootId;
    await node.start();
    await world.advance(1);
    return node;
  };
  const first = await start(boots[0]);
  given(await world.until(first.add("c1")));
  const second = await start(boots[1]);
  given(await world.until(second.add("c2")));
  return { world, first, second };
}

/** Twice: what the first look makes a suspect the second one judges. */
async function sweep(world: ClusterWorld, nodes: readonly ClusterNode[]): Promise<void> {
  for (let looks = 0; looks < 2; looks += 1) {
    for (const node of nodes) await world.until(node.flow.sweep());
    await world.advance(60_000);
  }
}

const both = ["10.0.0.1 c1", "10.0.0.2 c2"];

describe.each(["absent", "present"] as const satisfies ClusterMode[])("with Whereabouts %s", (mode) => {
  test("P14, F12: two agents of one node name: the second one's reservation stops ADD, and it is said whose it is", async () => {
    const { world, first } = await twoAgents(mode);
    await world.advance(610_000);
    const refused = refusalOf(await world.until(first.add("c3")));
    expect(refused).toMatchObject({ name: "ClusterUnready", code: 11 });
    expect(refused.message).toContain("give each machine its own --node-name");
    expect(first.flow.trouble.join()).toContain("another agent serves under the name");
    expect(world.told()).toEqual([expect.stringContaining("it wrote reservation blue-10.0.0.2")]);
  });

  test("P14: neither frees the other's living lease, however often it sweeps and compares", async () => {
    const { world, first, second } = await twoAgents(mode);
    for (let round = 0; round < 4; round += 1) {
      await world.advance(610_000);
      await sweep(world, [first, second]);
    }
    expect(world.held()).toEqual(both);
    expect((await first.rows()).map(({ holder }) => holder.attachment.containerId)).toEqual(["c1"]);
  });

  test("P14: the stop outlives comparisons and a restart, and ends within 10 s of what it tells of", async () => {
    const { world, first, second } = await twoAgents(mode);
    await world.advance(1_900_000);
    expect(refusalOf(await world.until(first.add("c3"))).name).toBe("ClusterUnready");
    first.kill();
    await first.start();
    expect(refusalOf(await world.until(first.add("c3"))).message).toContain("--node-name");
    await world.until(second.del("c2"));
    second.kill();
    await world.advance(11_000);
    expect(given(await world.until(first.add("c3")))).toEqual(["10.0.0.2/29"]);
  });

  test("P14, P18: what the other gave before this one was opened is kept while its pod lives, and given back after", async () => {
    const { world, first, second } = await twoAgents(mode);
    first.kill();
    await world.advance(610_000);
    await sweep(world, [second]);
    expect(world.held()).toEqual(both);
    const full = await world.until(second.flow.sweep());
    expect(full).toMatchObject({ freed: 0, unproven: 1 });
    world.pod("c1", "twin", "Succeeded");
    await sweep(world, [second]);
    expect(world.held()).toEqual(["10.0.0.2 c2"]);
  });

  test("P14, P18: nor does a full pool, while nobody can say whether its pod lives", async () => {
    const { world, first, second } = await twoAgents(mode);
    first.kill();
    for (const pod of ["c3", "c4", "c5", "c6"]) given(await world.until(second.add(pod)));
    second.link.always("read pods", "away");
    expect(refusalOf(await world.until(second.add("c7"))).name).toBe("PoolFull");
    expect(world.held()).toContain("10.0.0.1 c1");
  });

  test("P15: what the other gave and somebody removed is made again, not ended", async () => {
    const { world, first, second } = await twoAgents(mode);
    first.kill();
    world.remove("blue-10.0.0.1");
    await world.advance(610_000);
    await sweep(world, [second]);
    expect(world.held()).toEqual(both);
  });

  test("P14: one of the same machine is taken on record, for it is judged by the same namespaces; ADD stops all the same", async () => {
    const { world, first } = await twoAgents(mode, ["boot-1", "boot-1"]);
    first.namespaces.set("/run/netns/c2", "inode-c2");
    await world.advance(1_300_000);
    await sweep(world, [first]);
    expect(refusalOf(await world.until(first.add("c3"))).name).toBe("ClusterUnready");
    expect((await first.rows()).length).toBe(2);
    expect(world.held()).toEqual(both);
  });
});

test("P14: an earlier state file of this machine, put back, knows nobody else: its agent imports what the later one gave", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  const earlier = node.journal.copy();
  node.kill();
  node.replaceJournal();
  await node.start();
  given(await world.until(node.add("c1")));
  node.kill();
  node.replaceJournal(earlier);
  await node.start();
  await world.advance(1_000);
  expect(given(await world.until(node.add("c2")))).toEqual(["10.0.0.2/29"]);
  await world.until(node.del("c1"));
  await world.advance(1_000);
  expect(world.held()).toEqual(["10.0.0.2 c2"]);
});

test("P14: what this machine's former journal had sent, and lands after a new one was opened, is nobody else's", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  node.link.next("create overlappingrangeipreservations", { lateMs: 40_000 });
  void node.add("c1");
  await world.advance(1_000);
  node.kill();
  node.replaceJournal();
  await node.start();
  await world.advance(700_000);
  expect(given(await world.until(node.add("c1")))).toEqual(["10.0.0.1/29"]);
  expect(world.told()).toEqual([]);
});

test("P14, P15: what another node's agent handed over to a lease that lives here is no stranger's", async () => {
  const { world, first, second } = await createConflict();
  await world.until(second.del("c2"));
  await world.advance(610_000);
  expect(world.held()).toEqual(["10.0.0.1 c1"]);
  expect(given(await world.until(first.add("c3")))).toEqual(["10.0.0.2/29"]);
});

describe("P18: after a reboot", () => {
  async function rebooted() {
    const world = createClusterWorld();
    const node = await world.node();
    world.pod("c1", "node-1");
    given(await world.until(node.add("c1")));
    node.kill();
    node.namespaces.clear();
    node.bootId = "boot-later";
    await node.start();
    await world.advance(1_000);
    return { world, node };
  }

  test("the lease of a pod that still exists is kept for as long as it takes, and given to its new sandbox", async () => {
    const { world, node } = await rebooted();
    await sweep(world, [node]);
    expect(world.held()).toEqual(["10.0.0.1 c1"]);
    const pod = { namespace: "default", name: "c1", uid: "uid-c1" };
    expect(given(await world.until(node.add("again", { pod })))).toEqual(["10.0.0.1/29"]);
  });

  test("it is given back when its pod has gone", async () => {
    const { world, node } = await rebooted();
    world.pod("c1", "node-1", "Failed");
    await sweep(world, [node]);
    expect(world.held()).toEqual([]);
  });

  test("it is given back when a later sandbox of its pod has another address", async () => {
    const { world, node } = await rebooted();
    const pod = { namespace: "default", name: "c1", uid: "uid-c1" };
    const requested = [{ address: address("10.0.0.5"), prefixLength: undefined, gateway: undefined, from: "" }];
    expect(given(await world.until(node.add("again", { pod, requested })))).toEqual(["10.0.0.5/29"]);
    await sweep(world, [node]);
    expect(world.held()).toEqual(["10.0.0.5 c1"]);
  });
});
