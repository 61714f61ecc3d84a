/**
 * A lease taken again for a new sandbox, when the store does not answer or somebody else was quicker (P11).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { ownWorld } from "../../support/own-world.ts";
import { given, refusedWith, type World } from "../../support/world.ts";

const pod = { namespace: "default", name: "web-0", uid: "u1" };

async function nothingIsHeld(world: World): Promise<void> {
  await world.clock.advance(120_000);
  expect(await world.held()).toEqual([]);
}

describe("a renewal", () => {
  const again = { containerId: "c2", netns: "/run/netns/b", pod };
  async function withOldSandbox(changes: Parameters<typeof ownWorld>[0] = {}): Promise<World> {
    const world = ownWorld({ store: "fake", ...changes });
    given(await world.add({ pod }));
    world.namespaces.delete("/run/netns/a");
    world.namespaces.set("/run/netns/b", "202");
    return world;
  }

  test("whose answer is lost is repeated, and the address stays the pod's", async () => {
    const world = await withOldSandbox();
    world.fake.lose("renew", "after", "before");
    expect(given(await world.add(again))).toEqual(["10.0.0.1/29"]);
    await world.del({ containerId: "c2" });
    await nothingIsHeld(world);
  });

  test("that is never answered fails; the row goes on, and a repeated ADD gets the address", async () => {
    const world = await withOldSandbox();
    world.fake.lose("renew", ...Array.from({ length: 60 }, () => "after" as const));
    expect(refusedWith(await world.add(again))).toBe("OutcomeUnknown");
    world.fake.lose("renew");
    for (let n = 0; n < 60; n += 1) await world.fake.renew({ ...fakeHeld(world), version: "none" }, fakeHeld(world));
    expect(given(await world.add(again))).toEqual(["10.0.0.1/29"]);
    expect(await world.held()).toEqual(["10.0.0.1"]);
  });

  test("of an address that another holds now chooses a new one, and leaves the other alone", async () => {
    const world = await withOldSandbox();
    const held = fakeHeld(world);
    await world.fake.release(held);
    await world.fake.claim({ ...held, attempt: "another" });
    expect(given(await world.add(again))).toEqual(["10.0.0.2/29"]);
    expect(world.fake.held().map(({ attempt }) => attempt)).toContain("another");
  });

  test("of an address that nobody holds any more chooses anew", async () => {
    const world = await withOldSandbox();
    await world.fake.release(fakeHeld(world));
    expect(given(await world.add(again))).toHaveLength(1);
    expect(await world.held()).toHaveLength(1);
  });

  test("takes an address from its way back when the free has not been sent, and none that has", async () => {
    const world = await withOldSandbox();
    world.fake.lose("release", "before");
    await world.del();
    expect(world.flow.freeing).toBe(1);
    expect(given(await world.add(again))).toEqual(["10.0.0.1/29"]);
    await world.clock.advance(120_000);
    expect(await world.held()).toEqual(["10.0.0.1"]);
  });

  test("is refused by a later DEL, and what was on its way back goes on", async () => {
    const world = await withOldSandbox();
    world.fake.lose("release", "before");
    await world.del();
    await world.del({
      containerId: "c2",
      launch: { started: { bootId: "boot-1", bootNs: 10_000_000_000_000n }, budgetMs: 6000 },
    });
    expect(refusedWith(await world.add(again))).toBe("Superseded");
    await nothingIsHeld(world);
  });

  function fakeHeld(world: World) {
    const [held] = world.fake.held();
    if (held === undefined) throw new Error("nothing is held");
    return held;
  }
});
