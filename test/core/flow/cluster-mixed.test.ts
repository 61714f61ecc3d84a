/**
 * Beside Whereabouts: two halves for each address, and what Whereabouts does to either (P6, P12, F1 to F3).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { pools } from "../../../core/kube/resources.ts";
import { whereaboutsConfig } from "../../support/cluster-node.ts";
import { createClusterWorld } from "../../support/cluster-world.ts";
import { given, refusalOf } from "../../support/world.ts";

const patch = "patch ippools";
const create = "create overlappingrangeipreservations";
const one = { config: whereaboutsConfig({ range: "10.0.0.1/32" }) };
const theirs = { id: "wb-1", podref: "default/wb", ifname: "net1" };
const web = { pod: { namespace: "default", name: "web-0", uid: "uid-web-0" } };

async function mixed() {
  const world = createClusterWorld("present");
  return { world, node: await world.node() };
}

describe("P6: ADD", () => {
  test("writes the entry first, then the reservation, and answers when both stand", async () => {
    const { world, node } = await mixed();
    given(await world.until(node.add("c1")));
    const writes = node.link.calls.filter((call) => call.startsWith(patch) || call.startsWith(create));
    expect(writes).toEqual([`${patch} blue-10.0.0.0-29`, `${create} blue-10.0.0.1`]);
    expect(world.entries()).toEqual({ 1: { id: "c1", podref: "default/c1", ifname: "net1" } });
  });

  test("F1 a, c, d: an address that Whereabouts has by its entry alone is not given", async () => {
    const { world, node } = await mixed();
    given(await world.until(node.add("c1")));
    world.writeEntry("2", theirs);
    expect(given(await world.until(node.add("c2")))).toEqual(["10.0.0.3/29"]);
    expect(world.entries()["2"]).toEqual(theirs);
    expect(world.held()).toEqual(["10.0.0.1 c1", "10.0.0.3 c2"]);
  });

  test("P6: what an answer tells of the pool is believed: no guess at what it shows to be held", async () => {
    const { world, node } = await mixed();
    given(await world.until(node.add("c1")));
    for (const key of ["2", "3", "4"]) world.writeEntry(key, theirs);
    node.link.calls.splice(0);
    expect(given(await world.until(node.add("c2")))).toEqual(["10.0.0.5/29"]);
    expect(node.link.calls.filter((call) => call.startsWith(patch))).toHaveLength(2);
  });

  test("F1 b: an address whose reservation somebody holds is not given, and the own entry is taken back", async () => {
    const { world, node } = await mixed();
    world.reserve("blue-10.0.0.1", "default/wb");
    expect(given(await world.until(node.add("c1")))).toEqual(["10.0.0.2/29"]);
    expect(world.entries()).toEqual({ 2: { id: "c1", podref: "default/c1", ifname: "net1" } });
  });

  test("takes back its entry only as it wrote it: one that Whereabouts has changed meanwhile stays", async () => {
    const { world, node } = await mixed();
    world.reserve("blue-10.0.0.1", "default/wb");
    node.link.next(create, { before: () => world.writeEntry("1", theirs) });
    expect(given(await world.until(node.add("c1")))).toEqual(["10.0.0.2/29"]);
    expect(world.entries()["1"]).toEqual(theirs);
  });

  test("F1 a: with overlapping ranges off both halves are needed, too", async () => {
    const { world, node } = await mixed();
    const config = whereaboutsConfig({ enable_overlapping_ranges: false });
    world.makePool("10.0.0.0/29");
    world.writeEntry("1", theirs);
    expect(given(await world.until(node.add("c1", { config })))).toEqual(["10.0.0.2/29"]);
    expect([...world.standing().keys()]).toEqual(["blue-10.0.0.0-29.10.0.0.2"]);
    expect(Object.keys(world.entries())).toEqual(["1", "2"]);
  });

  test("F17: those who wait at the same time travel in one patch", async () => {
    const { world, node } = await mixed();
    given(await world.until(node.add("c0", { config: whereaboutsConfig({ range: "10.0.0.0/24" }) })));
    node.link.calls.splice(0);
    node.link.always(patch, { slowMs: 50 });
    const config = whereaboutsConfig({ range: "10.0.0.0/24" });
    const answers = await world.until(
      Promise.all(Array.from({ length: 50 }, (_, at) => node.add(`c${at + 1}`, { config }))),
    );
    expect(new Set(answers.flatMap(given)).size).toBe(50);
    expect(node.link.calls.filter((call) => call.startsWith(patch)).length).toBeLessThanOrEqual(3);
    expect(Object.keys(world.entries("blue-10.0.0.0-24")).length).toBe(51);
  });

  test("at 5,000 entries it is refused and names the way out (F18)", async () => {
    const { world, node } = await mixed();
    const config = whereaboutsConfig({ range: "10.0.0.0/16" });
    world.makePool("10.0.0.0/16");
    const allocations = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, at) => [String(at + 1000), { ...theirs, podref: `x/p${at}` }]),
    );
    world.change(pools, "blue-10.0.0.0-16", (object) => ({ ...object, spec: { range: "10.0.0.0/16", allocations } }));
    const refused = refusalOf(await world.until(node.add("c1", { config })));
    expect(refused).toMatchObject({ name: "StoreRefused", code: 11 });
    expect(refused.message).toContain("fewer than 5000 entries in pool blue-10.0.0.0-16");
    expect(refused.message).toContain("berthctl migrate finish");
    expect(world.held()).toEqual([]);
  });

  test.each([
    { name: "the entry's answer is lost", call: patch, fate: "unheard" },
    { name: "the entry's request is lost", call: patch, fate: "lost" },
    { name: "the reservation's answer is lost", call: create, fate: "unheard" },
    { name: "the reservation's request is lost", call: create, fate: "lost" },
  ] as const)("$name: repeated until both stand", async ({ call, fate }) => {
    const { world, node } = await mixed();
    node.link.next(call, fate);
    expect(given(await world.until(node.add("c1")))).toEqual(["10.0.0.1/29"]);
    await world.advance(130_000);
    expect(world.held()).toEqual(["10.0.0.1 c1"]);
    expect(Object.keys(world.entries())).toEqual(["1"]);
  });

  test.each([
    { name: "entry, before it was carried out", call: patch, fate: "lost" },
    { name: "entry, after it was carried out", call: patch, fate: "unheard" },
    { name: "entry, which lands 60 s late", call: patch, fate: { lateMs: 60_000 } },
    { name: "reservation, before it was carried out", call: create, fate: "lost" },
    { name: "reservation, after it was carried out", call: create, fate: "unheard" },
    { name: "reservation, which lands 60 s late", call: create, fate: { lateMs: 60_000 } },
  ] as const)(
    "F15: killed while it waits for its $name: nothing is kept when the namespace has gone",
    async (crash) => {
      const { world, node } = await mixed();
      node.link.next(crash.call, crash.fate);
      void node.add("c1");
      await world.advance(1_000);
      node.kill();
      node.namespaces.clear();
      await node.start();
      await world.advance(300_000);
      expect(world.held()).toEqual([]);
      expect(world.entries()).toEqual({});
      expect(await node.rows()).toEqual([]);
    },
  );
});

describe("P12: DEL", () => {
  test("removes the entry first, the reservation last (F3 d, e)", async () => {
    const { world, node } = await mixed();
    given(await world.until(node.add("c1")));
    node.link.calls.splice(0);
    await world.until(node.del("c1"));
    await world.advance(1_000);
    const writes = node.link.calls.filter((call) => call.startsWith(patch) || call.startsWith("remove"));
    expect(writes).toEqual([`${patch} blue-10.0.0.0-29`, "remove overlappingrangeipreservations blue-10.0.0.1"]);
    expect(world.entries()).toEqual({});
    expect(world.held()).toEqual([]);
  });

  test("a key that is gone is fine", async () => {
    const { world, node } = await mixed();
    given(await world.until(node.add("c1")));
    world.writeEntry("1", undefined);
    await world.until(node.del("c1"));
    await world.advance(1_000);
    expect(world.held()).toEqual([]);
  });

  test("F3 d: an entry that carries another id was adopted by Whereabouts: the reservation says so, and is not deleted", async () => {
    const { world, node } = await mixed();
    given(await world.until(node.add("c1", web)));
    world.writeEntry("1", { id: "wb-9", podref: "default/web-0", ifname: "net1" });
    await world.until(node.del("c1"));
    await world.advance(1_000);
    expect(world.held()).toEqual(["10.0.0.1 web-0"]);
    expect(world.standing().get("blue-10.0.0.1")?.holder?.attachment.containerId).toBe("wb-9");
    expect(world.standing().get("blue-10.0.0.1")?.holder?.node).toBe("");
    expect(await node.rows()).toEqual([]);
    expect(Object.keys(world.entries())).toEqual(["1"]);
  });

  test.each([
    { name: "the entry's answer is lost", call: patch, fate: "unheard" },
    { name: "the reservation's answer is lost", call: "remove overlapping", fate: "unheard" },
    { name: "the entry's request lands 30 s late", call: patch, fate: { lateMs: 30_000 } },
  ] as const)("$name: both halves go, and nobody else's", async ({ call, fate }) => {
    const { world, node } = await mixed();
    given(await world.until(node.add("c1", one)));
    node.link.next(call, fate);
    await world.until(node.del("c1"));
    await world.advance(120_000);
    expect(world.held()).toEqual([]);
    expect(world.entries("blue-10.0.0.1-32")).toEqual({});
    given(await world.until(node.add("c2", one)));
    await world.advance(60_000);
    expect(world.held()).toEqual(["10.0.0.1 c2"]);
    expect(Object.keys(world.entries("blue-10.0.0.1-32"))).toEqual(["0"]);
  });
});

describe("P11: a new sandbox of the same pod", () => {
  test("moves both halves to it", async () => {
    const { world, node } = await mixed();
    given(await world.until(node.add("old", web)));
    node.namespaces.delete("/run/netns/old");
    expect(given(await world.until(node.add("new", web)))).toEqual(["10.0.0.1/29"]);
    expect(world.entries()).toEqual({ 1: { id: "new", podref: "default/web-0", ifname: "net1" } });
    await world.until(node.del("new"));
    await world.advance(1_000);
    expect([world.held(), world.entries()]).toEqual([[], {}]);
  });

  test.each([
    { name: "the reservation's answer is lost", call: "patch overlapping", fate: "unheard" },
    { name: "the entry's answer is lost", call: patch, fate: "unheard" },
    { name: "the entry's request is lost", call: patch, fate: "lost" },
  ] as const)(
    "that is killed while it moves them ($name) leaves nothing behind when it ends",
    async ({ call, fate }) => {
      const { world, node } = await mixed();
      given(await world.until(node.add("old", web)));
      node.namespaces.delete("/run/netns/old");
      node.link.next(call, fate);
      void node.add("new", web);
      await world.advance(1_000);
      node.kill();
      await node.start();
      await world.advance(10_000);
      await world.until(node.del("new"));
      await world.advance(300_000);
      expect([world.held(), world.entries()]).toEqual([[], {}]);
    },
  );
});

describe("P15, mixed: every minute, entries too", () => {
  test("F2: an entry that Whereabouts' reconciler removed is written anew while the lease lives", async () => {
    const { world, node } = await mixed();
    given(await world.until(node.add("c1")));
    world.writeEntry("1", undefined);
    await world.advance(70_000);
    expect(world.entries()).toEqual({ 1: { id: "c1", podref: "default/c1", ifname: "net1" } });
  });

  test("F2, F41: a reservation that it removed is made anew within a minute", async () => {
    const { world, node } = await mixed();
    given(await world.until(node.add("c1")));
    world.remove("blue-10.0.0.1");
    await world.advance(70_000);
    expect(world.held()).toEqual(["10.0.0.1 c1"]);
  });

  test("an entry that another has is a conflict: told, kept, never overwritten; it ends when the entry is ours again", async () => {
    const { world, node } = await mixed();
    given(await world.until(node.add("c1")));
    world.writeEntry("1", theirs);
    await world.advance(70_000);
    expect(world.entries()["1"]).toEqual(theirs);
    expect(world.told()).toEqual([expect.stringContaining("the pool's entry: pod default/wb")]);
    expect(given(await world.until(node.add("c1")))).toEqual(["10.0.0.2/29"]);
    world.writeEntry("1", undefined);
    await world.advance(130_000);
    expect(node.gauges.get("berth_conflicts")).toBe(0);
  });

  test("the entry of an earlier sandbox of the same lease is brought up to date", async () => {
    const { world, node } = await mixed();
    given(await world.until(node.add("old", web)));
    const entry = world.entries()["1"];
    node.namespaces.delete("/run/netns/old");
    given(await world.until(node.add("new", web)));
    if (entry !== undefined) world.writeEntry("1", entry);
    await world.advance(130_000);
    // Whether the entry or the reservation is old, nobody else has the address.
    expect(world.entries()["1"]?.podref).toBe("default/web-0");
    expect(world.held()).toEqual(["10.0.0.1 web-0"]);
  });
});
