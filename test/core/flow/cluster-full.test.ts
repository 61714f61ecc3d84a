/**
 * A pool that many nodes give from: which address is proposed, when the network is listed, and what has to be tried before
 * "full" is said (P7).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { whereaboutsConfig } from "../../support/cluster-node.ts";
import { createClusterWorld } from "../../support/cluster-world.ts";
import { given, refusedWith } from "../../support/world.ts";

const lists = (calls: readonly string[]) => calls.filter((call) => call.startsWith("list overlapping")).length;
const creates = (calls: readonly string[]) => calls.filter((call) => call.startsWith("create overlapping")).length;
const pool = (range: string) => ({ config: whereaboutsConfig({ range }) });

/** Two nodes; the first holds `count` addresses of the range from below, and the second knows nothing of it. */
async function crowded(count: number, range = "10.0.0.0/28") {
  const world = createClusterWorld();
  const [first, second] = [await world.node(), await world.node()];
  for (let at = 0; at < count; at += 1) given(await world.until(first.add(`a${at}`, pool(range))));
  await world.advance(10_000);
  second.link.calls.splice(0);
  return { world, first, second };
}

test("P7: the address is chosen by chance among those believed free", async () => {
  const world = createClusterWorld();
  const node = await world.node({ pick: (below) => below - 1n });
  expect(given(await world.until(node.add("c1", pool("10.0.0.0/24"))))).toEqual(["10.0.0.254/24"]);
  expect(lists(node.link.calls.slice(-2))).toBe(0);
});

test("P7: one refusal is no reason to list", async () => {
  const { world, second } = await crowded(1);
  expect(given(await world.until(second.add("c1", pool("10.0.0.0/28"))))).toEqual(["10.0.0.2/28"]);
  expect([creates(second.link.calls), lists(second.link.calls)]).toEqual([2, 0]);
});

test("P7: after the second refusal the network is listed once, and a free address taken from that", async () => {
  const { world, second } = await crowded(10);
  expect(given(await world.until(second.add("c1", pool("10.0.0.0/28"))))).toEqual(["10.0.0.11/28"]);
  expect([creates(second.link.calls), lists(second.link.calls)]).toEqual([3, 1]);
});

test("P7: one list is shared by all who wait on the node, and the pool is not listed again within 5 s", async () => {
  const { world, second } = await crowded(8);
  const answers = await world.until(
    Promise.all(Array.from({ length: 5 }, (_, at) => second.add(`c${at}`, pool("10.0.0.0/28")))),
  );
  expect(new Set(answers.flatMap(given)).size).toBe(5);
  expect(lists(second.link.calls)).toBe(1);
});

test("P7: while a long list is under way an ADD goes on guessing", async () => {
  const { world, second } = await crowded(9);
  second.link.next("list overlapping", { slowMs: 4_000 });
  const begun = world.clock.bootNs();
  expect(given(await world.until(second.add("c1", pool("10.0.0.0/28"))))).toEqual(["10.0.0.10/28"]);
  expect(Number((world.clock.bootNs() - begun) / 1_000_000n)).toBeLessThan(2_000);
  expect([creates(second.link.calls), lists(second.link.calls)]).toEqual([10, 1]);
});

test.each([
  { name: "one page is enough where a guess is right soon", held: 505, pages: 1 },
  { name: "all pages are read after ten refusals", held: 520, pages: 3 },
])("P7: a network of many pages is not listed for two refusals: $name", async ({ held, pages }) => {
  const { world, second } = await crowded(held, "10.0.0.0/21");
  const value = held + 1;
  expect(given(await world.until(second.add("c1", pool("10.0.0.0/21"))))).toEqual([
    `10.0.${value >> 8}.${value & 255}/21`,
  ]);
  expect(lists(second.link.calls)).toBe(pages);
});

test.each([
  { name: "not within ten minutes", passesMs: 500_000, pages: 0, guesses: 4 },
  { name: "after ten minutes", passesMs: 600_000, pages: 1, guesses: 3 },
])("P7: the first page of many is asked for again: $name", async ({ passesMs, pages, guesses }) => {
  const { world, first, second } = await crowded(505, "10.0.0.0/21");
  const give = async (node: typeof first, id: string) => given(await world.until(node.add(id, pool("10.0.0.0/21"))));
  await give(second, "c1");
  await world.advance(passesMs);
  for (const id of ["x", "y", "z"]) await give(first, id);
  second.link.calls.splice(0);
  expect(await give(second, "c2")).toEqual(["10.0.1.254/21"]);
  expect([creates(second.link.calls), lists(second.link.calls)]).toEqual([guesses, pages]);
});

test("P7: all who wait for the first page of many share the list of all pages, too", async () => {
  const { world, second } = await crowded(1020, "10.0.0.0/22");
  second.link.calls.splice(0);
  const answers = await world.until(
    Promise.all(Array.from({ length: 20 }, (_, at) => second.add(`c${at}`, pool("10.0.0.0/22")))),
  );
  expect(answers.filter(({ kind }) => kind === "result")).toHaveLength(2);
  expect(lists(second.link.calls)).toBeLessThanOrEqual(1 + 3 * 3);
});

test("P7: after ten refusals an ADD waits for the list, however long it takes", async () => {
  const { world, second } = await crowded(12);
  second.link.next("list overlapping", { slowMs: 4_000 });
  const begun = world.clock.bootNs();
  expect(given(await world.until(second.add("c1", pool("10.0.0.0/28"))))).toEqual(["10.0.0.13/28"]);
  expect(Number((world.clock.bootNs() - begun) / 1_000_000n)).toBeGreaterThanOrEqual(4_000);
  expect([creates(second.link.calls), lists(second.link.calls)]).toEqual([11, 1]);
});

test("P7: where Whereabouts is absent, lists read the pool once a minute: only a person writes entries", async () => {
  const { world, second } = await crowded(2, "10.0.0.0/30");
  const reads = () => second.link.calls.filter((call) => call.startsWith("read ippools")).length;
  for (let at = 0; at < 3; at += 1) {
    expect(refusedWith(await world.until(second.add(`c${at}`, pool("10.0.0.0/30"))))).toBe("PoolFull");
    await world.advance(6_000);
  }
  // The first of them when it was opened.
  expect([lists(second.link.calls), reads()]).toEqual([3, 2]);
  await world.advance(60_000);
  expect(refusedWith(await world.until(second.add("c9", pool("10.0.0.0/30"))))).toBe("PoolFull");
  expect(reads()).toBe(3);
});

describe("P7: full", () => {
  test("is only said on a list that is no older than the ADD", async () => {
    const { world, second } = await crowded(2, "10.0.0.0/30");
    expect(refusedWith(await world.until(second.add("c1", pool("10.0.0.0/30"))))).toBe("PoolFull");
    expect(lists(second.link.calls)).toBe(1);
    // Remembered for 5 s.
    second.link.calls.splice(0);
    expect(refusedWith(await world.until(second.add("c2", pool("10.0.0.0/30"))))).toBe("PoolFull");
    expect(second.link.calls).toEqual([]);
    await world.advance(6_000);
    second.link.calls.splice(0);
    expect(refusedWith(await world.until(second.add("c3", pool("10.0.0.0/30"))))).toBe("PoolFull");
    expect(lists(second.link.calls)).toBe(1);
  });

  test("is forgotten at once when an address comes free on this node", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    for (const id of ["c1", "c2"]) given(await world.until(node.add(id, pool("10.0.0.0/30"))));
    expect(refusedWith(await world.until(node.add("c3", pool("10.0.0.0/30"))))).toBe("PoolFull");
    await world.until(node.del("c1"));
    expect(given(await world.until(node.add("c4", pool("10.0.0.0/30"))))).toEqual(["10.0.0.1/30"]);
  });

  test("is not said while another node's free is seen by the fresh list", async () => {
    const { world, first, second } = await crowded(2, "10.0.0.0/30");
    await world.until(first.del("a0"));
    await world.advance(100);
    expect(given(await world.until(second.add("c1", pool("10.0.0.0/30"))))).toEqual(["10.0.0.1/30"]);
  });

  test("waits for an address of this node that is on its way back (F26)", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    for (const id of ["c1", "c2"]) given(await world.until(node.add(id, pool("10.0.0.0/30"))));
    node.link.next("remove overlapping", { slowMs: 4_000 });
    await world.until(node.del("c1"));
    expect(given(await world.until(node.add("c3", pool("10.0.0.0/30"))))).toEqual(["10.0.0.1/30"]);
  });

  test("reclaims this node's leases whose namespace has gone before it is said (P18 rule 1)", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    for (const id of ["c1", "c2"]) given(await world.until(node.add(id, pool("10.0.0.0/30"))));
    node.namespaces.delete("/run/netns/c1");
    expect(given(await world.until(node.add("c3", pool("10.0.0.0/30"))))).toEqual(["10.0.0.1/30"]);
  });

  test("leaves a lease of another node alone, whatever became of its namespace (F4, P20)", async () => {
    const { world, first, second } = await crowded(2, "10.0.0.0/30");
    first.namespaces.clear();
    first.kill();
    expect(refusedWith(await world.until(second.add("c1", pool("10.0.0.0/30"))))).toBe("PoolFull");
    expect(world.held()).toEqual(["10.0.0.1 a0", "10.0.0.2 a1"]);
  });

  test("is said within the ADD's time, whatever a list takes", async () => {
    const { world, second } = await crowded(2, "10.0.0.0/30");
    second.link.always("list overlapping", "lost");
    const begun = world.clock.bootNs();
    const answer = await world.until(second.add("c1", pool("10.0.0.0/30")));
    expect(answer.kind).toBe("failure");
    expect(Number((world.clock.bootNs() - begun) / 1_000_000n)).toBeLessThanOrEqual(25_000);
  });
});

test("F32: an address rests for reuse_after, and is given all the same before full is said", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  const config = {
    cniVersion: "1.0.0",
    name: "blue-net",
    type: "macvlan",
    ipam: { type: "berth", network_name: "blue", ranges: [{ range: "10.0.0.0/30" }], reuse_after: 300 },
  };
  given(await world.until(node.add("c1", { config })));
  await world.until(node.del("c1"));
  await world.advance(1_000);
  expect(given(await world.until(node.add("c2", { config })))).toEqual(["10.0.0.2/30"]);
  expect(given(await world.until(node.add("c3", { config })))).toEqual(["10.0.0.1/30"]);
});

test("a 1:1 pool that is filled, deleted and filled again at once refills without a failure (F26)", async () => {
  const world = createClusterWorld();
  const nodes = [await world.node(), await world.node(), await world.node()];
  const config = { config: whereaboutsConfig({ range: "10.0.0.0/27" }) };
  const numbers = Array.from({ length: 10 }, (_, at) => at);
  const fill = (round: string) =>
    world.until(
      Promise.all(nodes.flatMap((node) => numbers.map((at) => node.add(`${round}-${node.name}-${at}`, config)))),
    );
  expect((await fill("a")).filter(({ kind }) => kind !== "result")).toEqual([]);
  await world.until(Promise.all(nodes.flatMap((node) => numbers.map((at) => node.del(`a-${node.name}-${at}`)))));
  expect((await fill("b")).filter(({ kind }) => kind !== "result")).toEqual([]);
  expect(new Set(world.held()).size).toBe(30);
});
