/**
 * The path of a CHECK: the lease, the previous result, the address on the interface.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { createCanceller } from "../../../core/flow/canceller.ts";
import type { CheckCall } from "../../../core/flow/check.ts";
import type { InterfaceSight } from "../../../core/ports/interfaces.ts";
import { ownWorld } from "../../support/own-world.ts";
import { address } from "../../support/samples.ts";
import { berthConfig, type World } from "../../support/world.ts";

const later = 10_000_000_000_000n;

describe("a CHECK", () => {
  const seen = (...texts: string[]): InterfaceSight => ({
    kind: "seen",
    addresses: texts.map((text) => ({ address: address(text), prefixLength: 29 })),
  });
  const checking = (sight: InterfaceSight) =>
    ownWorld({ wrap: (ports) => ({ ...ports, interfaces: { read: async () => sight } }) });
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
    const world = ownWorld({
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

  const withPrevious = (ipam: object, ips: readonly string[]) =>
    JSON.stringify({
      ...berthConfig(ipam),
      prevResult: { cniVersion: "1.0.0", ips: ips.map((address) => ({ address })) },
    });
  const sight = (...texts: string[]): InterfaceSight => ({
    kind: "seen",
    addresses: texts.map((text) => {
      const [ip = "", length] = text.split("/");
      return { address: address(ip), prefixLength: Number(length) };
    }),
  });
  const held = { ranges: undefined, addresses: [{ address: "10.9.0.7/24" }] };

  test("compares a static address with its own length, and misses it after a DEL", async () => {
    const world = checking(sight("10.9.0.7/24"));
    await world.add({ config: berthConfig(held) });
    const configText = withPrevious(held, ["10.9.0.7/24"]);
    expect(await check(world, undefined, { configText })).toEqual([]);
    await world.del();
    expect(await check(world, undefined, { configText })).toEqual(["LeaseMissing"]);
  });

  test("compares a static address that nobody holds with the interface all the same", async () => {
    const ipam = { ...held, unique: false };
    expect(
      await check(checking(sight("10.9.0.7/24")), undefined, { configText: withPrevious(ipam, ["10.9.0.7/24"]) }),
    ).toEqual([]);
    expect(
      await check(checking(sight("10.9.0.8/24")), undefined, { configText: withPrevious(ipam, ["10.9.0.7/24"]) }),
    ).toEqual(["InterfaceDiffers"]);
  });

  test("under static believes prevResult, which may hold what was asked for, and checks it on the interface", async () => {
    const ipam = {
      type: "static",
      network_name: undefined,
      ranges: undefined,
      addresses: [{ address: "10.9.0.7/24" }],
    };
    expect(
      await check(checking(sight("10.9.0.8/24")), undefined, { configText: withPrevious(ipam, ["10.9.0.8/24"]) }),
    ).toEqual([]);
    expect(
      await check(checking(sight("10.9.0.7/24")), undefined, { configText: withPrevious(ipam, ["10.9.0.8/24"]) }),
    ).toEqual(["InterfaceDiffers"]);
    expect(await check(checking(sight("10.9.0.7/24")), undefined, { configText: withPrevious(ipam, []) })).toEqual([
      "ResultDiffers",
    ]);
  });

  test("has nothing to compare where a definition gives nothing", async () => {
    const ipam = { type: "whereabouts", network_name: undefined, ranges: undefined };
    expect(await check(checking(sight()), undefined, { configText: withPrevious(ipam, []) })).toEqual([]);
  });

  const faulty: { name: string; text: string; expected: string[] }[] = [
    {
      name: "a definition with faults",
      text: JSON.stringify(berthConfig({ ranges: [{ range: "nonsense" }] })),
      expected: ["InvalidConfig"],
    },
    {
      name: "a prevResult that is none",
      text: JSON.stringify({ ...berthConfig(), prevResult: { ips: [{ address: "nonsense" }] } }),
      expected: ["InvalidConfig"],
    },
  ];
  test.each(faulty)("refuses $name", async ({ text, expected }) => {
    expect(await check(checking(sight()), undefined, { configText: text })).toEqual(expected);
  });

  test.each([
    { name: "an error", thrown: new Error("disk I/O error") },
    { name: "something else", thrown: "disk I/O error" },
  ])("says that the store cannot be read when it throws $name", async ({ thrown }) => {
    const world = ownWorld({
      wrap: (ports) => ({ ...ports, store: { ...ports.store, look: () => Promise.reject(thrown) } }),
    });
    await world.add();
    expect(await check(world, ["10.0.0.1"])).toEqual(["StoreUnreadable"]);
  });

  test("ends in time when the interface is never read", async () => {
    const world = ownWorld({
      wrap: (ports) => ({ ...ports, interfaces: { read: () => new Promise(() => undefined) } }),
    });
    await world.add();
    expect(await check(world, ["10.0.0.1"])).toEqual(["DeadlinePassed"]);
  });
});
