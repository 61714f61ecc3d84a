/**
 * Beside Whereabouts: whose an entry is that says something else than the journal, and what lands after it was given back (P9, P11,
 * P12).
 *
 * @module
 */
import { expect, test } from "vitest";
import { whereaboutsConfig } from "../../support/cluster-node.ts";
import { createClusterWorld } from "../../support/cluster-world.ts";
import { given } from "../../support/world.ts";

const web = { pod: { namespace: "default", name: "web-0", uid: "uid-web-0" } };

/** Of a suspect nothing is waited for. */
async function mixed() {
  const world = createClusterWorld("present");
  return { world, node: await world.node({ limits: { graceMs: 0 } }) };
}

/** Two looks at a suspect free it. */
async function sweepTwice({ world, node }: Awaited<ReturnType<typeof mixed>>) {
  for (let looks = 0; looks < 2; looks += 1) await world.until(node.flow.sweep());
}

test("P12: with overlapping ranges off a reservation goes although its entry is another pod's by now", async () => {
  const { world, node } = await mixed();
  const off = { config: whereaboutsConfig({ enable_overlapping_ranges: false }, "off-net") };
  given(await world.until(node.add("c1", { ...web, ...off })));
  world.writeEntry("1", { id: "wb-9", podref: "default/other", ifname: "net1" });
  await world.until(node.del("c1", { definition: "off-net" }));
  await world.advance(1_000);
  expect(world.held()).toEqual([]);
  expect(world.entries()["1"]?.id).toBe("wb-9");
});

test("P9: an entry that lands after it was given back is taken back", async () => {
  const { world, node } = await mixed();
  given(await world.until(node.add("c0", web)));
  node.link.next("patch ippools", { lateMs: 60_000 });
  given(await world.until(node.add("c1")));
  // No DEL, after which an entry of this container would be looked for.
  node.namespaces.delete("/run/netns/c1");
  await sweepTwice({ world, node });
  await world.advance(30_000);
  expect(Object.keys(world.entries())).toEqual(["1"]);
  await world.advance(30_000);
  expect(Object.keys(world.entries())).toEqual(["1", "2"]);
  await world.advance(700_000);
  expect(Object.keys(world.entries())).toEqual(["1"]);
});

test.for([
  { name: "before it was given back", freedFirst: false },
  { name: "after it was given back", freedFirst: true },
])("P9: an entry that lands late is taken back although its agent died $name", async ({ freedFirst }) => {
  const { world, node } = await mixed();
  given(await world.until(node.add("c0", web)));
  node.link.next("patch ippools", { lateMs: 60_000 });
  given(await world.until(node.add("c1")));
  node.namespaces.delete("/run/netns/c1");
  const sweep = async () => {
    await sweepTwice({ world, node });
    await world.advance(1_000);
  };
  if (freedFirst) await sweep();
  node.kill();
  await node.start();
  if (!freedFirst) await sweep();
  expect(world.held()).toEqual(["10.0.0.1 web-0"]);
  await world.advance(60_000);
  expect(Object.keys(world.entries())).toEqual(["1", "2"]);
  await world.advance(700_000);
  expect([Object.keys(world.entries()), (await node.rows()).length]).toEqual([["1"], 1]);
});

test("P9: what may still bring its entry back is owed, and another node may have the address meanwhile", async () => {
  const { world, node } = await mixed();
  node.link.next("patch ippools", { lateMs: 60_000 });
  given(await world.until(node.add("c1")));
  node.namespaces.delete("/run/netns/c1");
  await sweepTwice({ world, node });
  await world.advance(1_000);
  expect([world.held(), (await node.rows()).map(({ state }) => state)]).toEqual([[], ["freeing"]]);
  const other = await world.node({ name: "node-2" });
  expect(given(await world.until(other.add("c2", web)))).toEqual(["10.0.0.1/29"]);
  await world.advance(100_000);
  expect([await node.rows(), world.entries()["1"]?.id]).toEqual([[], "c2"]);
});

test("P9: what was refused by its reservation is owed while an earlier try of its entry may land", async () => {
  const { world, node } = await mixed();
  node.link.next("patch ippools", { lateMs: 60_000 });
  node.link.next("create overlapping", { before: () => world.reserve("blue-10.0.0.1", "default/other") });
  expect(given(await world.until(node.add("c1", web)))).toEqual(["10.0.0.2/29"]);
  expect((await node.rows()).map(({ state }) => state).sort()).toEqual(["freeing", "lease"]);
  node.kill();
  await node.start();
  await world.advance(60_000);
  expect(Object.keys(world.entries())).toEqual(["1", "2"]);
  await world.advance(100_000);
  expect(Object.keys(world.entries())).toEqual(["2"]);
});

test("P11: a new sandbox of a pod that Whereabouts gave an address gets this one", async () => {
  const world = createClusterWorld("present");
  world.makePool("10.0.0.0/29");
  world.writeEntry("3", { id: "sandbox-1", podref: "default/web-0", ifname: "net1" });
  world.pod("web-0", "node-1");
  world.reserve("blue-10.0.0.3", "default/web-0");
  const node = await world.node();
  await world.advance(1_000);
  expect(given(await world.until(node.add("sandbox-2", web)))).toEqual(["10.0.0.3/29"]);
  expect(world.entries()["3"]?.id).toBe("sandbox-2");
});

test("P4: until the mode is known no entry is missed", async () => {
  const world = createClusterWorld("absent");
  const node = await world.node();
  given(await world.until(node.add("c1", web)));
  node.kill();
  node.link.always("read configmaps", "away");
  await node.start();
  const [row] = await node.rows();
  if (row === undefined) throw new Error("no row");
  const lease = { ...row, attempt: row.attempts[0] ?? "", reason: "", was: undefined };
  expect(await world.until(node.ports.cluster?.entries([lease]) ?? Promise.resolve([]))).toEqual([{ kind: "ours" }]);
});
