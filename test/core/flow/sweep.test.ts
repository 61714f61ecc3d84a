/**
 * The sweep of one machine.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { owned, ownWorld } from "../../support/own-world.ts";

describe("the sweep", () => {
  test("frees what is proven gone and keeps what is not: it stands, it cannot be read, it is no namespace", async () => {
    const world = ownWorld();
    for (const [path, inode] of [
      ["b", "202"],
      ["c", "203"],
      ["d", "204"],
    ] as const)
      world.namespaces.set(`/run/netns/${path}`, inode);
    await world.add();
    await world.add({ containerId: "c2", netns: "/run/netns/b" });
    await world.add({ containerId: "c3", netns: "/run/netns/c" });
    await world.add({ containerId: "c4", netns: "/run/netns/d" });
    world.namespaces.delete("/run/netns/b");
    world.namespaces.set("/run/netns/c", "999");
    world.namespaces.set("/run/netns/d", "file");
    expect(await world.clock.until(world.flow.sweep())).toEqual({
      lookedAt: 4,
      freed: 2,
      kept: 2,
      unproven: 1,
      suspects: 0,
    });
    await world.clock.advance(10);
    expect(await world.held()).toEqual(["10.0.0.1", "10.0.0.4"]);
  });

  test("frees nothing on void evidence: a missing mount propagation hides namespaces", async () => {
    const world = ownWorld({
      wrap: (ports) => ({
        ...ports,
        namespaces: { ...ports.namespaces, voidReason: async () => "the mount does not propagate" },
      }),
    });
    await world.add();
    world.namespaces.clear();
    expect(await world.clock.until(world.flow.sweep())).toMatchObject({ freed: 0, unproven: 1 });
  });

  test("keeps the leases of an earlier boot for ten minutes of the new one, then frees them", async () => {
    const world = ownWorld();
    await world.add();
    const fresh = owned(world.restart({ bootId: "boot-2", limits: { afterBootMs: 2 * 3_600_000 } }));
    expect(await fresh.clock.until(fresh.flow.sweep())).toMatchObject({ freed: 0 });
    const old = owned(fresh.restart({ bootId: "boot-2", limits: { afterBootMs: 600_000 } }));
    expect(await old.clock.until(old.flow.sweep())).toMatchObject({ freed: 1 });
    await old.clock.advance(10);
    expect(await old.held()).toEqual([]);
  });
});
