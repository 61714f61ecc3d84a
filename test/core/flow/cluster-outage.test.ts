/**
 * The API server goes away in the middle of each call, and the agent dies in the middle of each call; the list of calls is made by
 * the code. Whatever happens, nothing is held twice, nothing answered is lost, and nothing stays behind.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { type ClusterNode, whereaboutsConfig } from "../../support/cluster-node.ts";
import type { Fate } from "../../support/cluster-link.ts";
import { type ClusterMode, type ClusterWorld, createClusterWorld } from "../../support/cluster-world.ts";
import { given } from "../../support/world.ts";

const dual = {
  config: whereaboutsConfig({ range: undefined, ipRanges: [{ range: "10.0.0.0/29" }, { range: "10.1.0.0/29" }] }),
};
const web = { ...dual, pod: { namespace: "default", name: "web-0", uid: "uid-web-0" } };

const scenarios: {
  name: string;
  before: (world: ClusterWorld, node: ClusterNode) => Promise<unknown>;
  act: (node: ClusterNode) => Promise<unknown>;
}[] = [
  { name: "an ADD of two addresses", before: async () => undefined, act: (node) => node.add("c1", web) },
  {
    name: "a repeated ADD",
    before: (world, node) => world.until(node.add("c1", web)),
    act: (node) => node.add("c1", web),
  },
  {
    name: "an ADD of a new sandbox",
    before: async (world, node) => {
      given(await world.until(node.add("old", web)));
      node.namespaces.delete("/run/netns/old");
    },
    act: (node) => node.add("c1", web),
  },
  { name: "a DEL", before: (world, node) => world.until(node.add("c1", web)), act: (node) => node.del("c1") },
];

const modes: readonly ClusterMode[] = ["absent", "present"];
const cases = modes.flatMap((mode) => scenarios.map((scenario) => ({ mode, ...scenario })));

/** How many API calls it makes when all is well. */
async function countCalls({ mode, before, act }: (typeof cases)[number]): Promise<number> {
  const { world, node } = await prepared(mode, before);
  node.link.calls.splice(0);
  await world.until(act(node));
  await world.advance(3_000);
  return node.link.calls.length;
}

/** Another node holds the address that would be proposed first. */
async function prepared(mode: ClusterMode, before: (typeof cases)[number]["before"]) {
  const world = createClusterWorld(mode);
  const [node, other] = [await world.node(), await world.node()];
  given(await world.until(other.add("bystander", dual)));
  other.kill();
  await before(world, node);
  node.link.calls.splice(0);
  return { world, node };
}

/** The call of this number, and all later ones where it goes on. @returns how to end it */
function strike(node: ClusterNode, number: number, fate: Fate, goesOn: boolean): () => void {
  let calls = 0;
  let isOver = false;
  node.link.judge = () => {
    calls += 1;
    return !isOver && (calls === number || (goesOn && calls > number)) ? fate : undefined;
  };
  return () => {
    isOver = true;
  };
}

async function expectWhole({ world, node }: { world: ClusterWorld; node: ClusterNode }): Promise<void> {
  const again = given(await world.until(node.add("c1", web)));
  expect(again.length).toBe(2);
  const held = world.held().filter((line) => !line.endsWith("bystander"));
  expect(held).toEqual(again.map((one) => `${one.split("/")[0] ?? ""} web-0`).sort());
  await world.until(node.del("c1"));
  await world.advance(130_000);
  expect(world.held().filter((line) => !line.endsWith("bystander"))).toEqual([]);
  expect(await node.rows()).toEqual([]);
  for (const pool of ["blue-10.0.0.0-29", "blue-10.1.0.0-29"]) {
    const ids = Object.values(world.entries(pool)).map(({ id }) => id);
    expect(ids.filter((id) => id !== "bystander")).toEqual([]);
  }
}

const refused = (status: number, reason: string): Fate => ({
  refused: { kind: "refused", status, reason, message: `refused with ${status}` },
});

const fates: readonly { name: string; fate: Fate; goesOn: boolean }[] = [
  { name: "is lost", fate: "lost", goesOn: false },
  { name: "is carried out, its answer lost", fate: "unheard", goesOn: false },
  { name: "finds nobody who listens", fate: "away", goesOn: false },
  { name: "is forbidden", fate: refused(403, "Forbidden"), goesOn: false },
  { name: "is refused with 500", fate: refused(500, ""), goesOn: false },
  { name: "meets expired credentials for 40 s", fate: refused(401, "Unauthorized"), goesOn: true },
  { name: "lands 70 s late", fate: { lateMs: 70_000 }, goesOn: false },
  { name: "is the first of an outage of 40 s", fate: "lost", goesOn: true },
  { name: "is carried out, and the server is away for 40 s", fate: "unheard", goesOn: true },
];

describe.each(cases)("$name, Whereabouts $mode", (scenario) => {
  test.each(fates)("each API call $name", async ({ fate, goesOn }) => {
    const count = await countCalls(scenario);
    expect(count).toBeGreaterThan(0);
    for (let number = 1; number <= count; number += 1) {
      const { world, node } = await prepared(scenario.mode, scenario.before);
      const end = strike(node, number, fate, goesOn);
      const begun = world.clock.bootNs();
      const work = world.until(scenario.act(node));
      if (goesOn) void world.clock.wait(40_000).then(end);
      await work;
      expect(Number((world.clock.bootNs() - begun) / 1_000_000n), `call ${number}`).toBeLessThanOrEqual(25_100);
      await world.advance(100_000);
      await expectWhole({ world, node });
    }
  });

  test.each([
    { name: "before it is carried out", fate: "lost" },
    { name: "after it was carried out", fate: "unheard" },
    { name: "and it lands 70 s late", fate: { lateMs: 70_000 } },
  ] as const)("the agent is killed at each API call, $name", async ({ fate }) => {
    const count = await countCalls(scenario);
    for (let number = 1; number <= count; number += 1) {
      const { world, node } = await prepared(scenario.mode, scenario.before);
      const end = strike(node, number, fate, true);
      void scenario.act(node);
      await world.advance(1_000);
      node.kill();
      end();
      await node.start();
      await world.advance(100_000);
      await expectWhole({ world, node });
    }
  });
});
