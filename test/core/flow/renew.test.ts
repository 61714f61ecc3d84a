/**
 * A lease taken again for a new sandbox, when the store does not answer or somebody else was quicker (P11).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { onCommit } from "../../support/on-commit.ts";
import { ownWorld } from "../../support/own-world.ts";
import { address, claim, place } from "../../support/samples.ts";
import { given, refusalOf, refusedWith, type World } from "../../support/world.ts";

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

  test("whose row has ended a moment before chooses anew", async () => {
    const world = await withOldSandbox({
      wrap: onCommit(async (changes, commit) => {
        const answer = await commit();
        const renewal = changes.find(({ kind }) => kind === "renew");
        if (renewal?.kind === "renew") {
          const end = { kind: "end", id: renewal.id, restUntilMs: 0, whileAttempt: renewal.attempt } as const;
          await commit([end]);
        }
        return answer;
      }),
    });
    expect(given(await world.add(again))).toEqual(["10.0.0.2/29"]);
    expect((await world.ports.journal.page("lease", undefined)).rows).toHaveLength(1);
  });

  test("of an address that is gone, in a pool that is used with the other setting by now, is not answered", async () => {
    let isGone = false;
    const world = await withOldSandbox({
      wrap: (ports) => ({
        ...ports,
        store: {
          ...ports.store,
          renew: async () => ({ kind: "lost", now: undefined }),
          claim: async (...asked) =>
            isGone ? { kind: "disagrees", definition: "other-net" } : ports.store.claim(...asked),
        },
      }),
    });
    isGone = true;
    const refused = await world.add(again);
    expect([refusedWith(refused), refusalOf(refused).message]).toEqual([
      "OutcomeUnknown",
      expect.stringContaining("used with the other setting of overlapping ranges"),
    ]);
  });

  test("that finds its own earlier try again and again ends in time", async () => {
    const world = await withOldSandbox({
      wrap: (ports) => ({
        ...ports,
        store: {
          ...ports.store,
          renew: async (held) => {
            await ports.clock.wait(1_000);
            return { kind: "lost", now: { ...held, version: `${held.version}+` } };
          },
        },
      }),
    });
    const before = world.clock.nowMs();
    expect(refusedWith(await world.add(again))).toBe("OutcomeUnknown");
    expect(world.clock.nowMs() - before).toBeLessThan(30_000);
  });

  test("of an address that another lease waits for hands it over, and chooses anew", async () => {
    const waiting = claim("10.0.0.1", { attempt: "waiting", place: place("10.0.0.1", { pool: "10.0.0.0/29" }) });
    let isFirst = true;
    const world = await withOldSandbox({
      wrap: (ports) => ({
        ...ports,
        store: {
          ...ports.store,
          renew: async (held, next) => {
            if (!isFirst) return ports.store.renew(held, next);
            isFirst = false;
            return { kind: "lost", now: { ...held, contested: waiting } };
          },
          release: async (held) => ({ kind: "changed", now: { ...fakeHeld(world), ...held, contested: waiting } }),
        },
      }),
    });
    expect(given(await world.add(again))).toEqual(["10.0.0.2/29"]);
    await world.clock.advance(1_000);
    expect(world.fake.held().map(({ attempt }) => attempt)).toContain("waiting");
  });

  test("by the very same sandbox of an address that another holds now keeps the row, in conflict, until another is answered", async () => {
    let isRefused = true;
    const world = ownWorld({
      store: "fake",
      wrap: (ports) => ({
        ...ports,
        store: {
          ...ports.store,
          claim: async (asked, again, until) =>
            isRefused && asked.place.address.value !== address("10.0.0.1").value
              ? { kind: "refused", reason: "a test", passesMs: 0 }
              : ports.store.claim(asked, again, until),
        },
      }),
    });
    const conflicts = async () =>
      (await world.ports.journal.page("lease", undefined)).rows.map(({ conflict }) => conflict);
    given(await world.add({ pod }));
    const held = fakeHeld(world);
    await world.fake.release(held);
    await world.fake.claim({ ...held, attempt: "another" });
    expect(refusedWith(await world.add({ pod }))).toBe("StoreRefused");
    expect(await conflicts()).toEqual(["another attachment, as a repeated ADD found"]);
    isRefused = false;
    expect(given(await world.add({ pod }))).toEqual([expect.not.stringContaining("10.0.0.1/")]);
    await world.clock.advance(1_000);
    expect(world.fake.held().map(({ attempt }) => attempt)).toContain("another");
    expect(await conflicts()).toEqual([""]);
  });

  function fakeHeld(world: World) {
    const [held] = world.fake.held();
    if (held === undefined) throw new Error("nothing is held");
    return held;
  }
});
