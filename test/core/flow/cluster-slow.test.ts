/**
 * An API server each of whose answers takes seconds, and what a DEL of something unknown costs it (F33, P4, P13, P14).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import type { Signal } from "../../../core/ports/clock.ts";
import { whereaboutsConfig } from "../../support/cluster-node.ts";
import { createClusterWorld } from "../../support/cluster-world.ts";
import { given } from "../../support/world.ts";

const wide = { config: whereaboutsConfig({ range: "10.0.0.0/24" }) };
const pool = "blue-10.0.0.0-24";

/** Whereabouts gave addresses 10.0.0.1 and following to pods of this node. */
async function adopted(pods: number) {
  const world = createClusterWorld("present");
  world.makePool("10.0.0.0/24");
  for (let at = 1; at <= pods; at += 1) {
    world.pod(`w${at}`, "node-1");
    world.writeEntry(String(at), { id: `w${at}`, podref: `default/w${at}`, ifname: "net1" }, pool);
    world.reserve(`blue-10.0.0.${at}`, `default/w${at}`);
  }
  const node = await world.node();
  await world.advance(5_000);
  expect((await node.rows()).length).toBe(pods);
  return { world, node };
}

describe("P4, F33: when each answer takes 3 s", () => {
  test("the mode is confirmed all the same, and no ADD is refused for it, with 110 pods beside Whereabouts", async () => {
    const world = createClusterWorld("present");
    world.makePool("10.0.0.0/24");
    for (let at = 1; at <= 110; at += 1) {
      world.pod(`w${at}`, "node-1");
      world.writeEntry(String(at), { id: `w${at}`, podref: `default/w${at}`, ifname: "net1" }, pool);
      world.reserve(`blue-10.0.0.${at}`, `default/w${at}`);
    }
    const node = world.nodeAtRest();
    node.link.always("", { slowMs: 3_000 });
    await node.start();
    await world.advance(60_000);
    for (let at = 0; at < 8; at += 1) {
      const answer = await world.until(node.add(`c${at}`, wide));
      expect(answer.kind === "failure" ? answer.failure.name : "").not.toBe("ClusterUnready");
      await world.advance(100_000);
      expect(node.flow.watch?.confirmedMsAgo).toBeLessThan(75_000);
    }
  });
});

describe("P13, P14: what a DEL costs beside Whereabouts", () => {
  test("what is on record already is not read again, whatever is looked for", async () => {
    const { world, node } = await adopted(20);
    node.link.calls.splice(0);
    await world.advance(610_000);
    expect(node.link.calls.filter((call) => call.startsWith("read overlapping"))).toEqual([]);
  });

  test("an unknown one costs one list of the pools; pods, slices and definitions are read only for what is found", async () => {
    const { world, node } = await adopted(20);
    node.link.calls.splice(0);
    await world.until(node.del("never-seen"));
    await world.advance(1_000);
    expect(node.link.calls).toEqual(["list ippools"]);
  });

  test("one that has freed its addresses costs nothing when it is repeated", async () => {
    const { world, node } = await adopted(3);
    given(await world.until(node.add("c1", wide)));
    await world.until(node.del("c1"));
    await world.advance(3_000);
    node.link.calls.splice(0);
    for (let again = 0; again < 5; again += 1) await world.until(node.del("c1"));
    await world.advance(1_000);
    expect(node.link.calls).toEqual([]);
  });

  test("one of another interface of the same container is looked for all the same", async () => {
    const { world, node } = await adopted(3);
    given(await world.until(node.add("c1", wide)));
    await world.until(node.del("c1"));
    world.writeEntry("77", { id: "c1", podref: "default/c1", ifname: "net2" }, pool);
    world.reserve("blue-10.0.0.77", "default/c1");
    await world.until(node.del("c1", { ifName: "net2" }));
    await world.advance(5_000);
    expect(world.entries(pool)["77"]).toBeUndefined();
    expect(world.held().join()).not.toContain("10.0.0.77");
  });

  test("many at once share the lists", async () => {
    const { world, node } = await adopted(3);
    node.link.calls.splice(0);
    await world.until(Promise.all(Array.from({ length: 50 }, (_, at) => node.del(`unknown-${at}`))));
    await world.advance(1_000);
    expect(node.link.calls.length).toBeLessThanOrEqual(3);
  });
});

test("P4: an API server that is away costs an agent nothing but a question each second", async () => {
  const world = createClusterWorld();
  const node = world.nodeAtRest();
  node.link.always("", "away");
  await node.start();
  await world.advance(2_000);
  const { wait } = world.clock;
  let waits = 0;
  Object.assign(node.ports.clock, {
    wait: (ms: number, signal?: Signal) => {
      waits += 1;
      return wait(ms, signal);
    },
  });
  await world.advance(60_000);
  expect(waits).toBeLessThan(100);
});
