/**
 * Static and withheld addresses in a cluster: held in the whole network, also where overlapping ranges are off (P21, P20).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { reservations } from "../../../core/kube/resources.ts";
import { whereaboutsConfig } from "../../support/cluster-node.ts";
import { type ClusterMode, createClusterWorld } from "../../support/cluster-world.ts";
import { address } from "../../support/samples.ts";
import { strike } from "../../support/store-stage.ts";
import { given, refusalOf, refusedWith } from "../../support/world.ts";

const fixed = (text = "10.0.0.1/29") => ({
  cniVersion: "1.0.0",
  name: "fixed-net",
  type: "macvlan",
  ipam: { type: "berth", network_name: "blue", addresses: [{ address: text }] },
});
const off = whereaboutsConfig({ enable_overlapping_ranges: false }, "off-net");
const withheld = { network: "blue", address: address("10.0.0.1"), reason: "printer" };

describe.each(["absent", "present"] as const satisfies ClusterMode[])("with Whereabouts %s", (mode) => {
  test("P21: a static address has the network's name, and no pool gives it", async () => {
    const world = createClusterWorld(mode);
    const [first, second] = [await world.node(), await world.node()];
    given(await world.until(first.add("c1", { config: fixed() })));
    expect([...world.standing().keys()]).toEqual(["blue-10.0.0.1"]);
    expect(given(await world.until(second.add("c2")))).toEqual(["10.0.0.2/29"]);
  });

  test("P21: it takes `<pool>.<address>` of every pool with overlapping ranges off that contains it", async () => {
    const world = createClusterWorld(mode);
    const [first, second] = [await world.node(), await world.node()];
    given(await world.until(second.add("c0", { config: off, requested: [want("10.0.0.5")] })));
    given(await world.until(first.add("c1", { config: fixed() })));
    expect([...world.standing().keys()].sort()).toEqual([
      "blue-10.0.0.0-29.10.0.0.1",
      "blue-10.0.0.0-29.10.0.0.5",
      "blue-10.0.0.1",
    ]);
    expect(given(await world.until(second.add("c2", { config: off })))).toEqual(["10.0.0.2/29"]);
    await world.until(first.del("c1", { definition: "fixed-net" }));
    await world.advance(2_000);
    expect([...world.standing().keys()].filter((name) => name.endsWith("10.0.0.1"))).toEqual([]);
  });

  test("P21: a pool with overlapping ranges off that is opened later does not give it either", async () => {
    const world = createClusterWorld(mode);
    const [first, second] = [await world.node(), await world.node()];
    given(await world.until(first.add("c1", { config: fixed() })));
    expect(given(await world.until(second.add("c2", { config: off })))).toEqual(["10.0.0.2/29"]);
  });

  test("P21: it is all or nothing: one that a pool has given already is refused, and nothing is kept", async () => {
    const world = createClusterWorld(mode);
    const [first, second] = [await world.node(), await world.node()];
    given(await world.until(second.add("c2", { config: off })));
    expect(refusedWith(await world.until(first.add("c1", { config: fixed() })))).toBe("AddressTaken");
    await world.advance(130_000);
    expect([...world.standing().keys()]).toEqual(["blue-10.0.0.0-29.10.0.0.1"]);
  });

  test("P21: a withheld address is a reservation of that kind, given to nobody, and told of", async () => {
    const world = createClusterWorld(mode);
    const [first, second] = [await world.node(), await world.node()];
    expect(await world.until(first.flow.withhold(withheld))).toMatchObject({ kind: "done" });
    expect(world.standing().get("blue-10.0.0.1")).toMatchObject({ kind: "withheld", reason: "printer" });
    expect(given(await world.until(second.add("c1")))).toEqual(["10.0.0.2/29"]);
    const refused = refusalOf(await world.until(second.add("c2", { config: fixed() })));
    expect(refused.message).toContain("it is withheld: printer");
    expect(await world.until(second.flow.unwithhold(withheld))).toMatchObject({ kind: "done" });
    expect(given(await world.until(second.add("c3", { config: fixed() })))).toEqual(["10.0.0.1/29"]);
  });

  test("P21, P6: withheld through an agent beside Whereabouts an address has entries, too, and they go with it", async () => {
    const world = createClusterWorld("present");
    world.makePool("10.0.0.0/29");
    const node = await world.node();
    expect(await world.until(node.flow.withhold(withheld))).toMatchObject({ kind: "done" });
    expect(world.entries()).toMatchObject({ 1: { podref: "/withheld" } });
    // The same order again, as after an answer that was lost.
    expect(await world.until(node.flow.withhold(withheld))).toMatchObject({ kind: "done" });
    expect(await world.until(node.flow.withhold({ ...withheld, reason: "camera" }))).toMatchObject({
      failure: { name: "AddressTaken", message: expect.stringContaining("it is withheld already: printer") },
    });
    expect(await world.until(node.flow.unwithhold(withheld))).toMatchObject({ kind: "done" });
    expect([world.held(), world.entries()]).toEqual([[], {}]);
  });

  test.each(["present", "absent"] as const)(
    "P21: an order that is cut off at any request is complete when it is given again, Whereabouts %s",
    async (mode) => {
      for (let at = 0, more = true; more; at += 1) {
        const world = createClusterWorld(mode);
        const [first, second] = [await world.node(), await world.node()];
        await world.until(first.add("c1"));
        const wide = whereaboutsConfig({ range: "10.0.0.0/28", enable_overlapping_ranges: false }, "off-net");
        await world.until(first.add("c2", { config: wide, requested: [want("10.0.0.2")] }));
        await world.until(first.del("c1"));
        await world.advance(1_000);
        const struck = strike(first.link, at, { fate: "unheard", all: true });
        await world.until(first.flow.withhold(withheld));
        struck.end();
        more = struck.hasMet();
        expect(await world.until(second.flow.withhold(withheld)), `${at}`).toMatchObject({ kind: "done" });
        const names = [...world.standing()].filter(([, { kind }]) => kind === "withheld").map(([name]) => name);
        expect(names.sort(), `${at}`).toEqual(["blue-10.0.0.1", "blue-10.0.0.0-28.10.0.0.1"].sort());
        const entries = [world.entries()[1], world.entries("blue-10.0.0.0-28")[1]].map((entry) => entry?.podref);
        expect(entries, `${at}`).toEqual(mode === "present" ? ["/withheld", "/withheld"] : [undefined, undefined]);
        expect(await world.until(second.flow.unwithhold(withheld)), `${at}`).toMatchObject({ kind: "done" });
        expect(world.held(), `${at}`).toEqual(["10.0.0.2 c2"]);
      }
    },
  );

  test("withheld addresses are never judged: no agent imports or frees them", async () => {
    const world = createClusterWorld(mode);
    const node = await world.node();
    await world.until(node.flow.withhold(withheld));
    node.kill();
    node.replaceJournal();
    await node.start();
    await world.advance(1_300_000);
    await world.until(node.flow.sweep());
    expect(world.standing().get("blue-10.0.0.1")?.kind).toBe("withheld");
    expect(await node.rows()).toEqual([]);
  });

  test("P20: where just one address will do a refusal names holder and node, and nobody elsewhere is judged", async () => {
    const world = createClusterWorld(mode);
    const [first, second] = [await world.node(), await world.node()];
    given(await world.until(first.add("c1", { config: fixed() })));
    first.namespaces.clear();
    first.kill();
    const refused = refusalOf(await world.until(second.add("c2", { config: fixed() })));
    expect(refused).toMatchObject({ name: "AddressTaken", code: 101 });
    expect(refused.message).toContain("default/c1, interface net1, on node node-1");
  });

  test("P20: on its own node a lease that is stale by rule 1 is taken over", async () => {
    const world = createClusterWorld(mode);
    const node = await world.node();
    given(await world.until(node.add("c1", { config: fixed() })));
    node.namespaces.delete("/run/netns/c1");
    expect(given(await world.until(node.add("c2", { config: fixed() })))).toEqual(["10.0.0.1/29"]);
  });

  test("P21: release is carried out by the lease's own agent, and refuses while its namespace stands unless forced", async () => {
    const world = createClusterWorld(mode);
    const [first, second] = [await world.node(), await world.node()];
    given(await world.until(first.add("c1")));
    const order = { address: address("10.0.0.1"), network: undefined, force: false };
    expect(await world.until(second.flow.release(order))).toMatchObject({ failure: { name: "LeaseMissing" } });
    expect(await world.until(first.flow.release(order))).toMatchObject({ failure: { name: "StillInUse" } });
    expect(await world.until(first.flow.release({ ...order, force: true }))).toMatchObject({ kind: "done" });
    expect(world.held()).toEqual([]);
  });

  test.each(["unheard", "lost", { lateMs: 40_000 }] as const)(
    "P9, P21: a further reservation whose answer never comes (%j) is settled like the first",
    async (fate) => {
      const world = createClusterWorld(mode);
      const [first, second] = [await world.node(), await world.node()];
      given(await world.until(second.add("c0", { config: off, requested: [want("10.0.0.5")] })));
      first.link.next("create overlappingrangeipreservations blue-10.0.0.0-29.10.0.0.1", fate);
      expect(given(await world.until(first.add("c1", { config: fixed() })))).toEqual(["10.0.0.1/29"]);
      await world.until(first.del("c1", { definition: "fixed-net" }));
      await world.advance(300_000);
      expect([...world.standing().keys()]).toEqual(["blue-10.0.0.0-29.10.0.0.5"]);
    },
  );

  test("P21: a further reservation that lands after the address was given back does not stay", async () => {
    const world = createClusterWorld(mode);
    const [first, second] = [await world.node(), await world.node()];
    await world.until(first.flow.withhold(withheld));
    second.link.next("create overlappingrangeipreservations blue-10.0.0.0-29.10.0.0.1", { lateMs: 40_000 });
    expect(refusedWith(await world.until(second.add("c1", { config: off })))).toBe("StoreAway");
    expect(await world.until(first.flow.unwithhold(withheld))).toMatchObject({ kind: "done" });
    await world.advance(40_000);
    expect([...world.standing().keys()]).toEqual(["blue-10.0.0.0-29.10.0.0.1"]);
    await world.advance(600_000);
    expect([...world.standing().keys()]).toEqual([]);
  });

  test("P21: a further reservation stays while its first stands, though that one lost its labels", async () => {
    const world = createClusterWorld(mode);
    const [first, second] = [await world.node(), await world.node()];
    await world.until(first.flow.withhold(withheld));
    given(await world.until(second.add("c1", { config: off })));
    world.change(reservations, "blue-10.0.0.1", (object) => ({
      ...object,
      metadata: { ...object.metadata, labels: {} },
    }));
    await world.advance(1_300_000);
    expect([...world.standing().keys()]).toContain("blue-10.0.0.0-29.10.0.0.1");
  });
});

function want(text: string) {
  return { address: address(text), prefixLength: undefined, gateway: undefined, from: "runtimeConfig.ips" };
}
