/**
 * While an ADD waits (P7, P20): stale leases of the own node are freed without a grace, and a living pod keeps its lease all the same.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { whereaboutsConfig } from "../../support/cluster-node.ts";
import { createSweepStage } from "../../support/sweep-stage.ts";
import { given, refusalOf, refusedWith } from "../../support/world.ts";

const pool = (range: string) => ({ config: whereaboutsConfig({ range }) });
const small = pool("10.0.0.0/30");
const fixed = {
  config: {
    cniVersion: "1.0.0",
    name: "fixed-net",
    type: "macvlan",
    ipam: { type: "berth", network_name: "blue", addresses: [{ address: "10.0.0.1/29" }] },
  },
};

describe("P7: before a full pool is said to be full", () => {
  test("what has gone with its pod is freed at once, by one uncached read", async () => {
    const { world, node, pod, vanish, uproot, calls } = await createSweepStage();
    for (const name of ["c1", "c2"]) await pod(name, small);
    vanish("c1");
    uproot("c1");
    calls("");
    expect(given(await world.until(node.add("c3", small)))).toEqual(["10.0.0.1/30"]);
    expect(calls("pods")).toBe(1);
  });

  test("a pod that lives keeps the lease of its dead sandbox", async () => {
    const { world, node, pod, vanish } = await createSweepStage();
    for (const name of ["c1", "c2"]) await pod(name, small);
    vanish("c1");
    expect(refusedWith(await world.until(node.add("c3", small)))).toBe("PoolFull");
    expect(world.held()).toEqual(["10.0.0.1 c1", "10.0.0.2 c2"]);
  });

  test("nothing is freed that cannot be asked after, and it is said in time", async () => {
    const { world, node, pod, vanish, uproot } = await createSweepStage();
    for (const name of ["c1", "c2"]) await pod(name, small);
    vanish("c1", "c2");
    uproot("c1");
    uproot("c2");
    node.link.always("read pods", "lost");
    const begunNs = world.clock.bootNs();
    expect(refusedWith(await world.until(node.add("c3", small)))).toBe("PoolFull");
    expect(Number((world.clock.bootNs() - begunNs) / 1_000_000n)).toBeLessThanOrEqual(16_000);
    expect(world.held()).toEqual(["10.0.0.1 c1", "10.0.0.2 c2"]);
  });

  test("nothing is freed on void evidence", async () => {
    const { world, node, pod, vanish, uproot } = await createSweepStage();
    node.voidReason = "the mount does not propagate";
    for (const name of ["c1", "c2"]) await pod(name, small);
    vanish("c1", "c2");
    uproot("c1");
    expect(refusedWith(await world.until(node.add("c3", small)))).toBe("PoolFull");
  });

  test("fifty pods are asked after at most, and suspects first", async () => {
    const { world, node, pod, vanish, uproot, sweep, calls } = await createSweepStage();
    const large = pool("10.0.0.0/26");
    const names = Array.from({ length: 62 }, (_, at) => `p${at}`);
    for (const name of names) await pod(name, large);
    vanish(...names);
    uproot("p61");
    await sweep();
    calls("");
    expect(given(await world.until(node.add("c1", large)))).toEqual(["10.0.0.62/26"]);
    expect(calls("read pods")).toBe(50);
  });

  test("a slow API server is asked for ten seconds at most", async () => {
    const { world, node, pod, vanish } = await createSweepStage();
    const large = pool("10.0.0.0/26");
    const names = Array.from({ length: 62 }, (_, at) => `p${at}`);
    for (const name of names) await pod(name, large);
    vanish(...names);
    node.link.always("read pods", { slowMs: 4_000 });
    const begunNs = world.clock.bootNs();
    expect(refusedWith(await world.until(node.add("c1", large)))).toBe("PoolFull");
    expect(Number((world.clock.bootNs() - begunNs) / 1_000_000n)).toBeLessThanOrEqual(16_000);
    expect(world.held()).toHaveLength(62);
  });
});

describe("P20: where just one address will do", () => {
  test("that of a pod that has gone with its sandbox is taken over at once", async () => {
    const { world, node, pod, vanish, uproot, calls } = await createSweepStage();
    await pod("c1", fixed);
    vanish("c1");
    uproot("c1");
    calls("");
    expect(given(await world.until(node.add("c2", fixed)))).toEqual(["10.0.0.1/29"]);
    expect(calls("pods")).toBe(1);
  });

  test.for([
    { name: "lives without a sandbox", isAway: false },
    { name: "cannot be asked after", isAway: true },
  ])("that of a pod that $name is refused, and names it", async ({ isAway }) => {
    const { world, node, pod, vanish, uproot } = await createSweepStage();
    await pod("c1", fixed);
    vanish("c1");
    if (isAway) uproot("c1");
    if (isAway) node.link.always("read pods", "away");
    const refused = refusalOf(await world.until(node.add("c2", fixed)));
    expect(refused.name).toBe("AddressTaken");
    expect(refused.message).toContain("default/c1");
  });
});
