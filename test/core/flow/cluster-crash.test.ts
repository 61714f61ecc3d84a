/**
 * The agent of a cluster dies in what it does of its own accord: before and after each call it makes of the world. Whatever was cut
 * off, nothing is held twice, nothing that lives is lost, and nothing stays behind.
 *
 * @module
 */
import { expect, test } from "vitest";
import type { Reservation } from "../../../core/ports/cluster.ts";
import { bothModes, crashCases, prepared, runUntil, type Scenario, type Stage } from "../../support/cluster-crash.ts";
import { given } from "../../support/world.ts";

const web = { namespace: "default", name: "web-0", uid: "uid-web-0" };

const reserved = ({ world }: Stage, name: string): Reservation | undefined => world.standing().get(name);

/** Two leases of one address: the one of `node` was removed by hand, and `other` was first. */
async function twoHolders({ world, node, other }: Stage): Promise<void> {
  given(await world.until(node.add("c1")));
  node.kill();
  world.remove("blue-10.0.0.1");
  if (world.mode() === "present") world.writeEntry("1", undefined);
  given(await world.until(other.add("c2")));
}

const scenarios: readonly Scenario[] = [
  {
    name: "taking on record what Whereabouts gave",
    modes: ["present"],
    before: async ({ world }) => {
      world.makePool("10.0.0.0/29");
      for (const [key, pod] of [
        ["3", "w3"],
        ["4", "w4"],
      ] as const) {
        world.pod(pod, "node-1");
        world.writeEntry(key, { id: pod, podref: `default/${pod}`, ifname: "net1" });
      }
      world.reserve("blue-10.0.0.3", "default/w3");
    },
    lastsMs: 5_000,
    held: ["10.0.0.3 w3", "10.0.0.4 w4"],
    entries: 2,
    end: ({ world, node }) => world.until(Promise.all([node.del("w3"), node.del("w4")])),
  },
  {
    name: "a DEL of what Whereabouts gave to a pod that has gone",
    modes: ["present"],
    before: async ({ world, node }) => {
      world.makePool("10.0.0.0/29");
      await node.start();
      await world.advance(5_000);
      world.writeEntry("3", { id: "w3", podref: "default/w3", ifname: "net1" });
      world.reserve("blue-10.0.0.3", "default/w3");
    },
    act: ({ node }) => node.del("w3"),
    lastsMs: 5_000,
    sequel: async ({ world, node }, wasAnswered) => (wasAnswered ? undefined : world.until(node.del("w3"))),
    held: [],
    entries: 0,
    end: async () => undefined,
  },
  {
    name: "making a missing reservation anew",
    modes: bothModes,
    before: async ({ world, node }) => {
      given(await world.until(node.add("c1")));
      node.kill();
      world.remove("blue-10.0.0.1");
      if (world.mode() === "present") world.writeEntry("1", undefined);
    },
    lastsMs: 5_000,
    held: ["10.0.0.1 c1"],
    entries: 1,
    end: ({ world, node }) => world.until(node.del("c1")),
  },
  {
    name: "an old copy of the journal, which knows an earlier sandbox",
    modes: bothModes,
    before: async ({ world, node }) => {
      given(await world.until(node.add("old", { pod: web })));
      const copy = node.journal.copy();
      node.namespaces.delete("/run/netns/old");
      given(await world.until(node.add("new", { pod: web })));
      node.kill();
      node.replaceJournal(copy);
    },
    lastsMs: 5_000,
    held: ["10.0.0.1 web-0"],
    entries: 1,
    check: async ({ node }) =>
      expect((await node.rows()).map(({ holder }) => holder.attachment.containerId)).toEqual(["new"]),
    end: ({ world, node }) => world.until(node.del("new")),
  },
  {
    name: "a lost journal, and a DEL that comes before it is filled again",
    modes: bothModes,
    before: async ({ world, node }) => {
      for (const pod of ["c1", "c2"]) given(await world.until(node.add(pod)));
      node.kill();
      node.replaceJournal();
    },
    act: ({ node }) => node.del("c1"),
    lastsMs: 5_000,
    sequel: async ({ world, node }, wasAnswered) => (wasAnswered ? undefined : world.until(node.del("c1"))),
    held: ["10.0.0.2 c2"],
    entries: 1,
    end: ({ world, node }) => world.until(node.del("c2")),
  },
  {
    name: "marking what another holds, which the lease here waits for",
    modes: bothModes,
    before: twoHolders,
    lastsMs: 5_000,
    held: ["10.0.0.1 c2"],
    entries: 1,
    check: async (stage) => {
      expect(reserved(stage, "blue-10.0.0.1")?.contested?.holder?.pod?.name).toBe("c1");
      expect((await stage.node.rows())[0]?.conflict).toContain("default/c2");
      expect(stage.world.told().length).toBeGreaterThan(0);
    },
    end: ({ world, node, other }) => world.until(Promise.all([node.del("c1"), other.del("c2")])),
  },
  {
    name: "handing over to the lease that waits",
    modes: bothModes,
    before: async (stage) => {
      const { world, node, other } = stage;
      await twoHolders({ world, node: other, other: node });
      await node.start();
      await other.start();
      await world.advance(30_000);
      expect(reserved(stage, "blue-10.0.0.1")?.contested).toBeDefined();
    },
    act: ({ node }) => node.del("c2"),
    lastsMs: 3_000,
    sequel: async ({ world, node }) => {
      await world.until(node.del("c2"));
      await world.advance(60_000);
    },
    held: ["10.0.0.1 c1"],
    entries: 1,
    check: async ({ other }) => expect((await other.rows()).map(({ conflict }) => conflict)).toEqual([""]),
    end: ({ world, other }) => world.until(other.del("c1")),
  },
  {
    name: "Whereabouts that is let in",
    modes: ["absent"],
    before: async ({ world, node }) => {
      given(await world.until(node.add("c1")));
      world.setMode("present");
    },
    lastsMs: 5_000,
    held: ["10.0.0.1 c1"],
    entries: 1,
    end: ({ world, node }) => world.until(node.del("c1")),
  },
  {
    name: "Whereabouts that is gone",
    modes: ["present"],
    before: async ({ world, node }) => {
      given(await world.until(node.add("c1")));
      world.setMode("absent");
    },
    act: ({ node }) => node.add("c2"),
    lastsMs: 5_000,
    sequel: async ({ world, node }) => {
      given(await world.until(node.add("c2")));
      // As `migrate finish` does.
      for (const key of Object.keys(world.entries())) world.writeEntry(key, undefined);
    },
    held: ["* c2", "10.0.0.1 c1"],
    entries: 0,
    end: ({ world, node }) => world.until(Promise.all([node.del("c1"), node.del("c2")])),
  },
];

crashCases(scenarios);

test("every call of a cluster's ports is a crash point", async () => {
  const scenario = scenarios.find(({ name }) => name.startsWith("taking on record"));
  if (scenario === undefined) throw new Error("no such scenario");
  const { seen } = await runUntil(await prepared("present", scenario), scenario, Number.POSITIVE_INFINITY);
  const calls = new Set(seen.map(({ call }) => call));
  for (const call of ["cluster.mode", "cluster.own", "cluster.strays", "cluster.adopt", "journal.commit"])
    expect(calls).toContain(call);
});
