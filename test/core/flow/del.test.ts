/**
 * The paths of DEL, GC, CHECK and the sweep, and what a person orders.
 *
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import { createCanceller } from "../../../core/flow/canceller.ts";
import type { CheckCall } from "../../../core/flow/check.ts";
import type { GcCall } from "../../../core/flow/gc.ts";
import type { InterfaceSight } from "../../../core/ports/interfaces.ts";
import type { SpooledCall } from "../../../core/ports/spool.ts";
import { address } from "../../support/samples.ts";
import { berthConfig, createWorld, given, refusedWith, type World, type WorldOptions } from "../../support/world.ts";

const worlds: World[] = [];
afterEach(() => {
  for (const world of worlds.splice(0)) world.close();
});
function create(changes: Partial<WorldOptions> = {}): World {
  const world = createWorld(changes);
  worlds.push(world);
  return world;
}

function spooled(startedNs: bigint, containerId = "c1", command = "DEL"): SpooledCall {
  const env = new Map([
    ["CNI_COMMAND", command],
    ["CNI_CONTAINERID", containerId],
    ["CNI_IFNAME", "net1"],
  ]);
  return {
    name: `0-${startedNs}-1`,
    request: {
      protocol: 1,
      started: startedNs,
      budgetMs: 6000,
      env,
      stdin: new TextEncoder().encode('{"name":"blue-net"}'),
    },
  };
}

const later = 10_000_000_000_000n;

describe("a DEL", () => {
  test("gives everything of its attachment back, and nothing of another's", async () => {
    const world = create();
    await world.add();
    await world.add({ containerId: "c2" });
    await world.add({ ifName: "net2" });
    expect(await world.del()).toEqual({ kind: "done", freeing: 1 });
    await world.clock.advance(10);
    expect(await world.held()).toEqual(["10.0.0.2", "10.0.0.3"]);
  });

  test("succeeds when nothing is there, twice, and before any ADD", async () => {
    const world = create();
    expect(await world.del()).toEqual({ kind: "done", freeing: 0 });
    expect(await world.del()).toEqual({ kind: "done", freeing: 0 });
    given(await world.add());
  });

  test("that was started before the ADD does not end it, however late it comes", async () => {
    const world = create();
    given(await world.add());
    await world.del({ launch: { started: { bootId: "boot-1", bootNs: 5n }, budgetMs: 6000 } });
    await world.clock.advance(10);
    expect(await world.held()).toEqual(["10.0.0.1"]);
  });

  test("that was started later stops an ADD that comes after it", async () => {
    const world = create();
    await world.del({ launch: { started: { bootId: "boot-1", bootNs: later }, budgetMs: 6000 } });
    expect(refusedWith(await world.add())).toBe("Superseded");
    await world.clock.advance(10);
    expect(await world.held()).toEqual([]);
  });

  test("cancels an ADD that still runs, which then holds nothing", async () => {
    const world = create({ store: "fake" });
    world.fake.lose("claim", "after", "after", "after", "after", "after", "after");
    const adding = world.add();
    const ending = world.del({ launch: { started: { bootId: "boot-1", bootNs: later }, budgetMs: 6000 } });
    expect((await ending).kind).toBe("done");
    expect((await adding).kind).toBe("failure");
    await world.clock.advance(60_000);
    expect(await world.held()).toEqual([]);
  });

  test("without a definition's name ends the only one there is, and none of several", async () => {
    const world = create();
    await world.add();
    expect(await world.del({ definition: undefined })).toEqual({ kind: "done", freeing: 1 });
    await world.add();
    await world.add({ config: berthConfig({}, "other-net") });
    expect(await world.del({ definition: undefined })).toEqual({ kind: "done", freeing: 0 });
  });

  test("is tried again until the store answers, and never deletes the next holder", async () => {
    const world = create({ store: "fake" });
    await world.add();
    world.fake.lose("release", "after");
    await world.del();
    await world.clock.advance(1);
    expect(await world.held()).toEqual([]);
    const next = {
      place: { network: "blue", pool: "10.0.0.0/29", overlapping: true, address: address("10.0.0.1") },
      kind: "dynamic",
      attempt: "another",
      holder: undefined,
      sinceMs: 1,
      reason: "",
    } as const;
    await world.fake.claim(next);
    await world.clock.advance(60_000);
    expect(await world.held()).toEqual(["10.0.0.1"]);
    expect(world.flow.freeing).toBe(0);
  });

  test("gives back in the store before it answers when it cannot be written down", async () => {
    const world = create({
      store: "fake",
      wrap: (ports) => ({
        ...ports,
        journal: {
          ...ports.journal,
          commit: async (changes, options) =>
            changes.some(({ kind }) => kind === "delete")
              ? { kind: "failed", full: true, reason: "no space" }
              : ports.journal.commit(changes, options),
        },
      }),
    });
    await world.add();
    expect((await world.del()).kind).toBe("done");
    expect(await world.held()).toEqual([]);
    await world.add();
    world.fake.lose("release", "before");
    const answer = await world.del();
    expect(answer.kind === "failure" && answer.failure.name).toBe("DiskFull");
  });
});

describe("a DEL in the spool", () => {
  test("is carried out at start", async () => {
    const world = create();
    await world.add();
    world.spooled.push(spooled(later));
    const after = world.restart();
    worlds.push(after);
    await after.clock.until(after.flow.start());
    await after.clock.advance(10);
    expect(await after.held()).toEqual([]);
    expect(after.spooled).toEqual([]);
  });

  test("is written down before an ADD of the same attachment, and ends only what was started before it", async () => {
    const world = create();
    expect(given(await world.add())).toEqual(["10.0.0.1/29"]);
    world.spooled.push(spooled(3_600_000_001_500n));
    expect(given(await world.add())).toHaveLength(1);
    await world.clock.advance(10);
    expect(await world.held()).toHaveLength(1);
    expect(world.spooled).toEqual([]);
  });

  test("is dropped with a warning when it is no DEL", async () => {
    const world = create();
    world.spooled.push(spooled(later, "c1", "ADD"));
    await world.clock.until(world.flow.start());
    expect(world.spooled).toEqual([]);
    expect(world.logged.some(({ level, message }) => level === "warn" && message.includes("spooled"))).toBe(true);
  });
});

describe("a GC", () => {
  const call = (
    valid: { containerID: string; ifname: string }[] | undefined,
    changes: Partial<GcCall> = {},
  ): GcCall => ({
    kind: "GC",
    launch: { started: { bootId: "boot-1", bootNs: later }, budgetMs: 30_000 },
    configText: JSON.stringify({
      ...berthConfig(),
      ...(valid === undefined ? {} : { "cni.dev/valid-attachments": valid }),
    }),
    ...changes,
  });
  const gc = (world: World, ...args: Parameters<typeof call>) =>
    world.clock.until(world.flow.gc(call(...args), createCanceller().signal));

  test("frees what is not listed and whose namespace is gone; what stands is a suspect and is kept", async () => {
    const world = create();
    world.namespaces.set("/run/netns/b", "202");
    world.namespaces.set("/run/netns/c", "203");
    await world.add();
    await world.add({ containerId: "c2", netns: "/run/netns/b" });
    await world.add({ containerId: "c3", netns: "/run/netns/c" });
    await world.add({ containerId: "c4", netns: "/run/netns/c", config: berthConfig({}, "other-net") });
    world.namespaces.delete("/run/netns/b");
    world.namespaces.delete("/run/netns/c");
    expect(await gc(world, [{ containerID: "c3", ifname: "net1" }])).toEqual({ kind: "done", freed: 1, suspects: 1 });
    await world.clock.advance(10);
    expect(await world.held()).toEqual(["10.0.0.1", "10.0.0.3", "10.0.0.4"]);
  });

  test("touches nothing that was started after it", async () => {
    const world = create();
    await world.add();
    world.namespaces.clear();
    const early = { launch: { started: { bootId: "boot-1", bootNs: 1n }, budgetMs: 30_000 } };
    expect(await gc(world, [], early)).toEqual({ kind: "done", freed: 0, suspects: 0 });
  });

  test("refuses to do anything without the list", async () => {
    const world = create();
    await world.add();
    world.namespaces.clear();
    const answer = await gc(world, undefined);
    expect(answer.kind === "failure" && answer.failure.code).toBe(7);
    expect(await world.held()).toHaveLength(1);
  });
});

describe("a CHECK", () => {
  const seen = (...texts: string[]): InterfaceSight => ({
    kind: "seen",
    addresses: texts.map((text) => ({ address: address(text), prefixLength: 29 })),
  });
  const checking = (sight: InterfaceSight) =>
    create({ wrap: (ports) => ({ ...ports, interfaces: { read: async () => sight } }) });
  const check = async (world: World, ips: string[] | undefined, changes: Partial<CheckCall> = {}) => {
    const config = {
      ...berthConfig(),
      ...(ips === undefined
        ? {}
        : { prevResult: { cniVersion: "1.0.0", ips: ips.map((text) => ({ address: `${text}/29` })) } }),
    };
    const call: CheckCall = {
      kind: "CHECK",
      launch: { started: { bootId: "boot-1", bootNs: later }, budgetMs: 10_000 },
      containerId: "c1",
      ifName: "net1",
      netns: "/run/netns/a",
      configText: JSON.stringify(config),
      ...changes,
    };
    return (await world.clock.until(world.flow.check(call, createCanceller().signal))).map(({ name }) => name);
  };

  test("finds nothing to say when lease, prevResult and interface agree", async () => {
    const world = checking(seen("10.0.0.1"));
    await world.add();
    expect(await check(world, ["10.0.0.1"])).toEqual([]);
  });

  const differences: { name: string; sight: InterfaceSight; ips: string[] | undefined; expected: string[] }[] = [
    { name: "prevResult has another address", sight: seen("10.0.0.1"), ips: ["10.0.0.2"], expected: ["ResultDiffers"] },
    {
      name: "the interface has another address",
      sight: seen("10.0.0.2"),
      ips: ["10.0.0.1"],
      expected: ["InterfaceDiffers"],
    },
    { name: "there is no prevResult", sight: seen("10.0.0.1"), ips: undefined, expected: ["ResultDiffers"] },
    {
      name: "the interface is not there",
      sight: { kind: "absent" },
      ips: ["10.0.0.1"],
      expected: ["InterfaceDiffers"],
    },
    {
      name: "the interface cannot be read",
      sight: { kind: "unreadable", reason: "no ip" },
      ips: ["10.0.0.1"],
      expected: ["InterfaceUnreadable"],
    },
  ];
  test.each(differences)("says so when $name", async ({ sight, ips, expected }) => {
    const world = checking(sight);
    await world.add();
    expect(await check(world, ips)).toEqual(expected);
  });

  test("says that the lease is missing for another container, and after a DEL", async () => {
    const world = checking(seen("10.0.0.1"));
    await world.add();
    expect(await check(world, ["10.0.0.1"], { containerId: "c9" })).toEqual(["LeaseMissing"]);
    await world.del();
    expect(await check(world, ["10.0.0.1"])).toEqual(["LeaseMissing"]);
  });

  test("says that the lease is missing when the store no longer has it, or another holds it", async () => {
    const world = create({
      store: "fake",
      wrap: (ports) => ({ ...ports, interfaces: { read: async () => seen("10.0.0.1") } }),
    });
    await world.add();
    const [held] = world.fake.held();
    if (held === undefined) throw new Error("nothing is held");
    await world.fake.release(held);
    expect(await check(world, ["10.0.0.1"])).toEqual(["LeaseMissing"]);
    await world.fake.claim({ ...held, attempt: "another" });
    expect(await check(world, ["10.0.0.1"])).toEqual(["LeaseMissing"]);
  });
});

describe("the sweep", () => {
  test("frees what is proven gone and keeps what is not: it stands, it cannot be read, it is no namespace", async () => {
    const world = create();
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
    expect(await world.clock.until(world.flow.sweep())).toEqual({ lookedAt: 4, freed: 2, kept: 2, unproven: 1 });
    await world.clock.advance(10);
    expect(await world.held()).toEqual(["10.0.0.1", "10.0.0.4"]);
  });

  test("frees nothing on void evidence: a missing mount propagation hides namespaces", async () => {
    const world = create({
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
    const world = create();
    await world.add();
    const fresh = world.restart({ bootId: "boot-2", limits: { afterBootMs: 2 * 3_600_000 } });
    worlds.push(fresh);
    expect(await fresh.clock.until(fresh.flow.sweep())).toMatchObject({ freed: 0 });
    const old = fresh.restart({ bootId: "boot-2", limits: { afterBootMs: 600_000 } });
    worlds.push(old);
    expect(await old.clock.until(old.flow.sweep())).toMatchObject({ freed: 1 });
    await old.clock.advance(10);
    expect(await old.held()).toEqual([]);
  });
});

describe("an operator", () => {
  test("withholds an address from every pool of its network, and gives it back to them", async () => {
    const world = create();
    expect(
      await world.flow.withhold({ network: "blue", address: address("10.0.0.1"), reason: "printer" }),
    ).toMatchObject({ kind: "done" });
    expect(given(await world.add())).toEqual(["10.0.0.2/29"]);
    expect(await world.flow.withhold({ network: "blue", address: address("10.0.0.2"), reason: "no" })).toMatchObject({
      kind: "failed",
      failure: { name: "AddressTaken" },
    });
    expect(await world.flow.unwithhold({ network: "blue", address: address("10.0.0.1") })).toMatchObject({
      kind: "done",
    });
    expect(await world.flow.unwithhold({ network: "blue", address: address("10.0.0.1") })).toMatchObject({
      kind: "failed",
    });
    expect(given(await world.add({ containerId: "c2" }))).toEqual(["10.0.0.1/29"]);
  });

  test("releases a lease only when its namespace has gone, or by force", async () => {
    const world = create();
    await world.add();
    const order = { address: address("10.0.0.1"), network: undefined, force: false };
    expect(await world.clock.until(world.flow.release(order))).toMatchObject({
      kind: "failed",
      failure: { name: "AddressTaken" },
    });
    expect(await world.clock.until(world.flow.release({ ...order, force: true }))).toMatchObject({ kind: "done" });
    expect(await world.held()).toEqual([]);
    expect(await world.clock.until(world.flow.release(order))).toMatchObject({
      kind: "failed",
      failure: { name: "LeaseMissing" },
    });
  });

  test("must name the network when several hold the address", async () => {
    const world = create({ networks: ["blue", "red"] });
    await world.add();
    await world.add({ containerId: "c2", config: berthConfig({ network_name: "red" }, "red-net") });
    world.namespaces.clear();
    const order = { address: address("10.0.0.1"), network: undefined, force: false };
    expect(await world.clock.until(world.flow.release(order))).toMatchObject({
      kind: "failed",
      failure: { message: expect.stringMatching(/--network.*blue.*red/) },
    });
    expect(await world.clock.until(world.flow.release({ ...order, network: "red" }))).toMatchObject({ kind: "done" });
    expect((await world.reservations()).map(({ place }) => place.network)).toEqual(["blue"]);
  });
});
