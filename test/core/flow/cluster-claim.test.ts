/**
 * Claiming in a cluster: one create decides, and whatever is lost on the way nobody has an address twice, and none is lost (P5,
 * P8, P9).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { reservations } from "../../../core/kube/resources.ts";
import { namespace, whereaboutsConfig } from "../../support/cluster-node.ts";
import { createClusterWorld } from "../../support/cluster-world.ts";
import { given, refusedWith } from "../../support/world.ts";

const create = "create overlappingrangeipreservations";
const one = { config: whereaboutsConfig({ range: "10.0.0.1/32" }) };

test("P5: one create holds the address; nothing else is sent for an ADD of a pool that is open", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1")));
  node.link.calls.splice(0);
  expect(given(await world.until(node.add("c2")))).toEqual(["10.0.0.2/29"]);
  expect(node.link.calls).toEqual([`${create} blue-10.0.0.2`]);
});

test("P5: 409 is taken: two nodes that propose the same address get different ones", async () => {
  const world = createClusterWorld();
  const nodes = [await world.node(), await world.node()];
  const answers = await world.until(Promise.all(nodes.map((node, at) => node.add(`c${at}`))));
  expect(answers.flatMap(given).sort()).toEqual(["10.0.0.1/29", "10.0.0.2/29"]);
  expect(world.held()).toEqual(["10.0.0.1 c0", "10.0.0.2 c1"]);
});

test("P5: a first refusal is not read: who holds it is looked up only where just this address will do", async () => {
  const world = createClusterWorld();
  const [first, second] = [await world.node(), await world.node()];
  given(await world.until(first.add("c1")));
  given(await world.until(second.add("c2")));
  expect(second.link.calls.filter((call) => call.startsWith("read overlapping"))).toEqual([]);
  const requested = [
    { address: { family: 4, value: 0x0a000001n }, prefixLength: 29, gateway: undefined, from: "" },
  ] as never;
  const refused = await world.until(second.add("c3", { requested }));
  expect(refusedWith(refused)).toBe("AddressTaken");
  expect(JSON.stringify(refused)).toContain("default/c1, interface net1, on node node-1");
});

test("P1: a reservation says everything that a lost journal needs", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1")));
  const [row] = await node.rows();
  const [object] = world.server.all(reservations);
  expect(object?.["spec"]).toEqual({ podref: "default/c1", ifname: "net1", containerid: "c1" });
  expect(object?.metadata.labels).toEqual({
    "ipam.berth.io/node": "node-1",
    "ipam.berth.io/network": "blue",
    "ipam.berth.io/pool": "blue-10.0.0.0-29",
    "ipam.berth.io/kind": "dynamic",
  });
  expect(world.standing().get("blue-10.0.0.1")).toMatchObject({
    holder: row?.holder,
    attempt: row?.attempts[0],
    sinceMs: row?.sinceMs,
    journal: node.journal.id,
    version: row?.version,
  });
});

test("P8: the intent is on record before the store is asked", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  let rowsThen: unknown;
  node.link.next(create, {
    before: () => (rowsThen = [...node.journal.copy().rows.values()].map(({ state }) => state)),
  });
  given(await world.until(node.add("c1")));
  expect(rowsThen).toEqual(["intent"]);
});

describe("P9: an unknown outcome", () => {
  const fates = [
    { name: "whose request was lost", fates: ["lost"] },
    { name: "whose answer was lost", fates: ["unheard"] },
    { name: "whose answers were lost three times", fates: ["unheard", "unheard", "lost"] },
    { name: "whose server was away twice", fates: ["away", "away"] },
  ] as const;
  test.each(fates)(
    "$name is settled by repeating the same create, and no other address is tried",
    async ({ fates }) => {
      const world = createClusterWorld();
      const node = await world.node();
      node.link.next(create, ...fates);
      expect(given(await world.until(node.add("c1")))).toEqual(["10.0.0.1/29"]);
      const created = node.link.calls.filter((call) => call.startsWith(create));
      expect(new Set(created)).toEqual(new Set([`${create} blue-10.0.0.1`]));
      expect(created.length).toBe(fates.length + 1);
      expect(world.held()).toEqual(["10.0.0.1 c1"]);
    },
  );

  test("that turns out to be another's is lost, whoever's container or pod it is", async () => {
    const world = createClusterWorld();
    const [first, second] = [await world.node(), await world.node()];
    // The same pod on another node, with another attempt: a restored machine, a static pod.
    const pod = { namespace: "default", name: "twin", uid: "uid-twin" };
    second.link.next(create, "lost", { before: () => undefined });
    const slow = second.add("c1", { pod });
    given(await world.until(first.add("c1", { pod })));
    expect(given(await world.until(slow))).toEqual(["10.0.0.2/29"]);
    expect(world.standing().get("blue-10.0.0.1")?.holder?.node).toBe("node-1");
  });

  test("is owed when the ADD ends first: looked for, given back, and not there is believed after 90 s (F14)", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    const still = node.link.always(create, "lost");
    expect(refusedWith(await world.until(node.add("c1", one)))).toBe("DeadlinePassed");
    still();
    await world.advance(10_000);
    expect((await node.rows()).map(({ state }) => state)).toEqual(["freeing"]);
    await world.advance(130_000);
    expect(await node.rows()).toEqual([]);
    expect(node.flow.freeing).toBe(0);
  });

  const lates = [1_000, 6_000, 30_000, 60_000, 89_000].map((lateMs) => ({ lateMs }));
  test.each(lates)("that lands $lateMs ms late, after the ADD has failed, is given back (F14)", async ({ lateMs }) => {
    const world = createClusterWorld();
    const node = await world.node();
    node.link.next(create, { lateMs });
    const still = node.link.always(create, "lost");
    const answer = await world.until(
      node.add("c1", {
        ...one,
        launch: { started: { bootId: node.bootId, bootNs: node.startedNs() }, budgetMs: 4_000 },
      }),
    );
    expect(refusedWith(answer)).toBe("DeadlinePassed");
    still();
    await world.advance(130_000);
    expect(world.held()).toEqual([]);
    await world.advance(200_000);
    expect(world.held()).toEqual([]);
    expect(given(await world.until(node.add("c2", one)))).toEqual(["10.0.0.1/32"]);
  });

  test.each(lates)(
    "repeated, held and freed again: its first try lands $lateMs ms late and is given back (F14)",
    async ({ lateMs }) => {
      const world = createClusterWorld();
      const node = await world.node();
      node.link.next(create, { lateMs });
      given(await world.until(node.add("c1")));
      await world.until(node.del("c1"));
      await world.advance(200_000);
      expect(world.held()).toEqual([]);
      expect(await node.rows()).toEqual([]);
    },
  );

  test("of an address that is owed: it is not proposed on its node meanwhile", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    node.link.always(`${create} blue-10.0.0.1`, "lost");
    expect(refusedWith(await world.until(node.add("c1")))).toBe("DeadlinePassed");
    node.link.calls.splice(0);
    expect(given(await world.until(node.add("c2")))).toEqual(["10.0.0.2/29"]);
    expect(node.link.calls).toContain(`${create} blue-10.0.0.2`);
    expect(node.link.calls).not.toContain(`${create} blue-10.0.0.1`);
  });
});

describe("P9, F15: an agent that is killed", () => {
  test.each([
    { name: "before its create was carried out", fate: "lost", lands: false },
    { name: "after its create was carried out", fate: "unheard", lands: true },
  ] as const)("$name gives the address back when the namespace has gone", async ({ fate, lands }) => {
    const world = createClusterWorld();
    const node = await world.node();
    node.link.next(create, fate);
    void node.add("c1");
    await world.advance(1_000);
    node.kill();
    expect(world.held().length).toBe(Number(lands));
    node.namespaces.clear();
    await node.start();
    await world.advance(130_000);
    expect(world.held()).toEqual([]);
    expect(await node.rows()).toEqual([]);
  });

  test("after its create keeps the address as a lease while the namespace stands: the journal may be an old copy", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    node.link.next(create, "unheard");
    void node.add("c1");
    await world.advance(1_000);
    node.kill();
    await node.start();
    await world.advance(1_000);
    expect((await node.rows()).map(({ state }) => state)).toEqual(["lease"]);
    expect(given(await world.until(node.add("c1")))).toEqual(["10.0.0.1/29"]);
    await world.until(node.del("c1"));
    await world.advance(1_000);
    expect(world.held()).toEqual([]);
  });

  test("whose create lands 80 s later, when its row has ended: it is given back, never imported", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    node.link.next(create, { lateMs: 80_000 });
    void node.add("c1");
    await world.advance(1_000);
    node.kill();
    node.namespaces.clear();
    await node.start();
    await world.advance(200_000);
    expect(world.held()).toEqual([]);
    expect(await node.rows()).toEqual([]);
  });

  test("and whose DEL was spooled: the intent meets it, and nothing is kept", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    node.link.next(create, "unheard");
    void node.add("c1");
    await world.advance(1_000);
    node.kill();
    const env = new Map(Object.entries({ CNI_COMMAND: "DEL", CNI_CONTAINERID: "c1", CNI_IFNAME: "net1" }));
    const stdin = new TextEncoder().encode(JSON.stringify(whereaboutsConfig()));
    node.spooled.push({
      name: "s",
      request: { protocol: 1, started: world.clock.bootNs(), budgetMs: 6_000, env, stdin },
    });
    await node.start();
    await world.advance(10_000);
    expect(world.held()).toEqual([]);
    expect(node.spooled).toEqual([]);
  });
});

test("F36: a reservation that a finalizer keeps is not freed yet, and nobody gets its address", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1", one)));
  world.change(reservations, "blue-10.0.0.1", (object) => ({
    ...object,
    metadata: { ...object.metadata, finalizers: ["example.com/slow"] },
  }));
  await world.until(node.del("c1"));
  await world.advance(60_000);
  expect(world.held()).toEqual(["10.0.0.1 c1"]);
  expect(refusedWith(await world.until(node.add("c2", one)))).toBe("PoolFull");
  world.remove("blue-10.0.0.1");
  await world.advance(60_000);
  expect(given(await world.until(node.add("c3", one)))).toEqual(["10.0.0.1/32"]);
});

test("F37: an address whose object no name can be given to is refused in words, and not given", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  const config = whereaboutsConfig({ range: "::/126", network_name: undefined, range_start: "::1", range_end: "::1" });
  const answer = await world.until(node.add("c1", { config }));
  expect(answer).toMatchObject({ failure: { message: expect.stringContaining("can be named") } });
  expect(world.server.read({ resource: reservations, namespace, name: "--1" }).kind).toBe("absent");
});
