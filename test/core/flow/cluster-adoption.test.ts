/**
 * What Whereabouts gave to pods of this node is taken on record (P14): the pod keeps its address, and its DEL frees it.
 *
 * @module
 */
import { expect, test } from "vitest";
import { definitions, pods, pools } from "../../../core/kube/resources.ts";
import type { Refused } from "../../../core/ports/kube-api.ts";
import { whereaboutsConfig } from "../../support/cluster-node.ts";
import { createClusterWorld, type Entry } from "../../support/cluster-world.ts";
import { given, refusedWith } from "../../support/world.ts";

const theirs: Entry = { id: "sandbox-1", podref: "default/wb", ifname: "net1" };

/** A pool that Whereabouts made, and that a definition of Berth has been used with. */
function beside() {
  const world = createClusterWorld("present");
  world.makePool("10.0.0.0/29");
  world.change(pools, "blue-10.0.0.0-29", (object) => ({
    ...object,
    metadata: { ...object.metadata, annotations: { "ipam.berth.io/overlapping": "true" } },
  }));
  return world;
}

/** A pod of node-1 that Whereabouts gave 10.0.0.3. */
function given3({ entry = theirs, hasReservation = true }: { entry?: Entry; hasReservation?: boolean } = {}) {
  const world = beside();
  world.writeEntry("3", entry);
  world.pod("wb", "node-1");
  if (hasReservation) world.reserve("blue-10.0.0.3", "default/wb");
  return world;
}

test.each([
  { name: "with both halves", options: {} },
  { name: "A3: with an entry alone: the reservation is made", options: { hasReservation: false } },
  { name: "A24: by a version that wrote no ifname", options: { entry: { id: "sandbox-1", podref: "default/wb" } } },
])("P14: $name", async ({ options }) => {
  const world = given3(options);
  const node = await world.node();
  await world.advance(1_000);
  expect(world.held()).toEqual(["10.0.0.3 wb"]);
  expect(world.standing().get("blue-10.0.0.3")).toMatchObject({
    holder: { node: "node-1", pod: { name: "wb", uid: "uid-wb" }, attachment: { containerId: "sandbox-1" } },
  });
  await world.until(node.del("sandbox-1"));
  await world.advance(10_000);
  expect(world.held()).toEqual([]);
  expect(world.entries()).toEqual({});
});

/** Of an unmarked pool only the definition tells which setting it is used with. */
function unmarked3() {
  const world = createClusterWorld("present");
  world.makePool("10.0.0.0/29");
  world.change(definitions, "blue-10.0.0.0-29", (object) => {
    const config = JSON.stringify(whereaboutsConfig({ enable_overlapping_ranges: false }));
    return { ...object, spec: { config } };
  });
  world.writeEntry("3", theirs);
  world.pod("wb", "node-1");
  return world;
}

test("P14: what a pool holds that no ADD of ours has marked is adopted as the definition says", async () => {
  const world = unmarked3();
  await world.node();
  await world.advance(1_000);
  expect([...world.standing().keys()]).toEqual(["blue-10.0.0.0-29.10.0.0.3"]);
});

test("P14: definitions that may not be read are told once, not taken for none, and asked for again", async () => {
  const world = unmarked3();
  const node = world.nodeAtRest();
  const refused: Refused = { kind: "refused", status: 403, reason: "Forbidden", message: "may not list them" };
  const allow = node.link.always("list network-attachment-definitions", { refused });
  await node.start();
  await world.advance(30_000);
  expect(node.logged.filter((line) => line.includes("Cannot take on record"))).toEqual([
    expect.stringContaining("network-attachment-definitions: may not list them"),
  ]);
  expect(world.held()).toEqual([]);
  allow();
  await world.advance(10_000);
  expect([...world.standing().keys()]).toEqual(["blue-10.0.0.0-29.10.0.0.3"]);
});

test("P14: what may not be read for long is tried once a minute in the end, and at once over a new connection", async () => {
  const world = unmarked3();
  const node = world.nodeAtRest();
  const refused: Refused = { kind: "refused", status: 403, reason: "Forbidden", message: "may not list them" };
  const allow = node.link.always("list network-attachment-definitions", { refused });
  const tries = () => node.link.calls.filter((call) => call.includes("network-attachment-definitions")).length;
  await node.start();
  await world.advance(120_000);
  const before = tries();
  await world.advance(600_000);
  expect(tries() - before).toBeLessThanOrEqual(11);
  expect(tries() - before).toBeGreaterThanOrEqual(9);
  // Just tried, so that the next try would be a minute away.
  const last = tries();
  for (let second = 0; second < 60 && tries() === last; second += 1) await world.advance(1_000);
  allow();
  node.link.connections += 1;
  await world.advance(10_000);
  expect([...world.standing().keys()]).toEqual(["blue-10.0.0.0-29.10.0.0.3"]);
});

test("P14: a cluster without Multus and without node slices is none that cannot be read", async () => {
  const world = given3();
  const node = world.nodeAtRest();
  const refused: Refused = { kind: "refused", status: 404, reason: "NotFound", message: "no such kind" };
  node.link.always("list network-attachment-definitions", { refused });
  node.link.always("list nodeslicepools", { refused });
  await node.start();
  await world.advance(1_000);
  expect(world.held()).toEqual(["10.0.0.3 wb"]);
});

test("P14: what it gave while the agent runs is found every 10 minutes", async () => {
  const world = beside();
  const node = await world.node();
  world.pod("wb", "node-1");
  world.writeEntry("3", theirs);
  await world.advance(610_000);
  expect((await node.rows()).map(({ state }) => state)).toEqual(["lease"]);
});

test.each([
  { name: "a pod of Whereabouts is freed by us", entry: theirs },
  { name: "A24: also one whose entry has no ifname", entry: { id: "sandbox-1", podref: "default/wb" } },
])("P13, P14: an unknown DEL is called done only after adoption: $name", async ({ entry }) => {
  const world = beside();
  const node = await world.node();
  world.writeEntry("3", entry);
  world.reserve("blue-10.0.0.3", "default/wb");
  await world.until(node.del("sandbox-1"));
  await world.advance(10_000);
  expect([world.held(), world.entries()]).toEqual([[], {}]);
});

test("P14: pods of another node, and pods that have ended, are left alone", async () => {
  const world = beside();
  world.pod("elsewhere", "node-9");
  world.pod("ended", "node-1", "Succeeded");
  world.writeEntry("3", { ...theirs, podref: "default/elsewhere" });
  world.writeEntry("4", { ...theirs, podref: "default/ended" });
  const node = await world.node();
  await world.advance(700_000);
  expect(await node.rows()).toEqual([]);
  expect(Object.keys(world.entries())).toEqual(["3", "4"]);
});

test("P14: a pod whose entry stands beside another's reservation is not adopted", async () => {
  const world = given3({ hasReservation: false });
  world.reserve("blue-10.0.0.3", "default/other");
  const node = await world.node();
  await world.advance(10_000);
  expect(await node.rows()).toEqual([]);
  expect(world.held()).toEqual(["blue-10.0.0.3 default/other"]);
});

test("P14: an address that was adopted is given to nobody else", async () => {
  const world = given3();
  const node = await world.node();
  const addresses: string[] = [];
  for (let at = 0; at < 5; at += 1) addresses.push(...given(await world.until(node.add(`c${at}`))));
  expect(addresses).not.toContain("10.0.0.3/29");
  expect(refusedWith(await world.until(node.add("c9")))).toBe("PoolFull");
});

test("P11: a pod that Whereabouts gave its address keeps it for its new sandbox", async () => {
  const world = given3();
  const node = await world.node();
  await world.advance(1_000);
  const pod = { namespace: "default", name: "wb", uid: "uid-wb" };
  // The sandbox that Whereabouts knew: the runtime repeats its ADD.
  expect(given(await world.until(node.add("sandbox-1", { pod })))).toEqual(["10.0.0.3/29"]);
});

test("exclusive: nothing is adopted, and nobody looks for it", async () => {
  const world = given3();
  world.setMode("absent");
  const node = await world.node();
  await world.advance(700_000);
  expect(await node.rows()).toEqual([]);
  expect(node.link.calls.filter((call) => call === "list pods")).toEqual([]);
});

test.each([
  { name: "P15: an entry that Whereabouts removed with its pod is not written anew", phase: undefined, keys: [] },
  { name: "P15: an entry that it removed although the pod lives is written anew", phase: "Running", keys: ["3"] },
])("$name", async ({ phase, keys }) => {
  const world = given3();
  const node = await world.node();
  await world.advance(1_000);
  expect((await node.rows()).length).toBe(1);
  if (phase === undefined) world.server.uproot({ resource: pods, namespace: "default", name: "wb" });
  world.writeEntry("3", undefined);
  await world.advance(130_000);
  expect(Object.keys(world.entries())).toEqual(keys);
});
