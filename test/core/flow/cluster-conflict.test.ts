/**
 * Two leases of one address: who is told, who keeps it, and who gets the reservation in the end (P15).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { createClusterWorld } from "../../support/cluster-world.ts";
import { createConflict } from "../../support/cluster-conflict.ts";
import { given, refusedWith } from "../../support/world.ts";

describe("P15: a conflict", () => {
  test("is told by Event, metric and log; both keep the address, and nothing is deleted", async () => {
    const { world, first } = await createConflict();
    expect(world.held()).toEqual(["10.0.0.1 c2"]);
    expect((await first.rows()).map(({ state }) => state)).toEqual(["lease"]);
    expect(world.told()).toEqual([expect.stringContaining("10.0.0.1 of pod default/c1 is held by pod default/c2")]);
    expect(first.gauges.get("berth_conflicts")).toBe(1);
    expect(first.logged.join()).toContain("both keep it");
  });

  test("is told once, however often it is looked at", async () => {
    const { world } = await createConflict();
    await world.advance(1_300_000);
    expect(world.told().length).toBe(1);
  });

  test("is never answered again: the next ADD of the attachment chooses anew", async () => {
    const { world, first } = await createConflict();
    expect(given(await world.until(first.add("c1")))).toEqual(["10.0.0.2/29"]);
  });

  test("is written on the standing reservation, which is never used again by its own pod", async () => {
    const { world, second } = await createConflict();
    expect(world.standing().get("blue-10.0.0.1")?.contested?.holder?.pod?.name).toBe("c1");
    expect(given(await world.until(second.add("c2")))).not.toEqual(["10.0.0.1/29"]);
  });

  test("hands it over as soon as its own pod was given another address, and is taken for no fall of the API server", async () => {
    const { world, first, second } = await createConflict();
    expect(given(await world.until(second.add("c2")))).toEqual(["10.0.0.2/29"]);
    await world.advance(1_000);
    expect(world.held()).toEqual(["10.0.0.1 c1", "10.0.0.2 c2"]);
    await world.advance(610_000);
    expect((await first.rows()).map(({ conflict: by }) => by)).toEqual([""]);
    expect(second.logged.join()).not.toContain("went back in time");
  });

  test("leaves its pod what it has while no other address can be given", async () => {
    const { world, second } = await createConflict();
    const fill = await world.node();
    for (const id of ["c3", "c4", "c5", "c6", "c7"]) given(await world.until(fill.add(id)));
    expect(refusedWith(await world.until(second.add("c2")))).toBe("PoolFull");
    await world.advance(610_000);
    expect(world.held()).toContain("10.0.0.1 c2");
    expect((await second.rows()).map(({ state }) => state)).toEqual(["lease"]);
  });

  test("is not made for a lease that has gone: an old copy of the journal contests nothing", async () => {
    const world = createClusterWorld();
    const [first, second] = [await world.node(), await world.node()];
    given(await world.until(first.add("c1")));
    const copy = first.journal.copy();
    await world.until(first.del("c1"));
    first.namespaces.delete("/run/netns/c1");
    await world.advance(1_000);
    given(await world.until(second.add("c2")));
    first.kill();
    first.replaceJournal(copy);
    await first.start();
    await world.advance(10_000);
    expect(world.standing().get("blue-10.0.0.1")?.contested).toBeUndefined();
    expect(world.told()).toEqual([]);
    expect(await first.rows()).toEqual([]);
    expect(given(await world.until(second.add("c2")))).toEqual(["10.0.0.1/29"]);
  });

  test("ends by handing the reservation over to the living lease, when the other is freed", async () => {
    const { world, first, second } = await createConflict();
    const third = await world.node();
    const before = world.standing().get("blue-10.0.0.1")?.uid;
    await world.until(second.del("c2"));
    await world.advance(1_000);
    // By one patch: at no moment could anybody else have had it.
    expect(world.standing().get("blue-10.0.0.1")?.uid).toBe(before);
    expect(given(await world.until(third.add("c3")))).toEqual(["10.0.0.2/29"]);
    await world.until(third.del("c3"));
    await world.advance(30_000);
    expect(world.held()).toEqual(["10.0.0.1 c1"]);
    expect((await first.rows())[0]).toMatchObject({ conflict: "", state: "lease" });
    expect(first.gauges.get("berth_conflicts")).toBe(0);
    await world.until(first.del("c1"));
    await world.advance(10_000);
    expect(world.held()).toEqual([]);
  });

  test("ends when its own pod goes: its DEL leaves the other's reservation alone", async () => {
    const { world, first } = await createConflict();
    await world.until(first.del("c1"));
    await world.advance(30_000);
    expect(world.held()).toEqual(["10.0.0.1 c2"]);
    expect(await first.rows()).toEqual([]);
  });

  test("survives a restart of the agent", async () => {
    const { world, first } = await createConflict();
    first.kill();
    await first.start();
    await world.advance(30_000);
    expect((await first.rows())[0]?.conflict).toContain("default/c2");
    expect(first.gauges.get("berth_conflicts")).toBe(1);
  });
});
