/**
 * Calls of one attachment run one after the other, and pools, freers and deadlines meanwhile behave.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { createCanceller, createDeadline, unlessAborted } from "../../../core/flow/canceller.ts";
import { Turns } from "../../../core/flow/turns.ts";
import { ownWorld } from "../../support/own-world.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";
import { berthConfig, given, refusedWith } from "../../support/world.ts";

const never = createCanceller().signal;

describe("Turns", () => {
  test("gives a key to one at a time, in the order of asking", async () => {
    const turns = new Turns();
    const order: string[] = [];
    const end = await turns.take(["a"], never);
    const waiting = ["first", "second"].map(async (name) => {
      const release = await turns.take(["a"], never);
      order.push(name);
      release?.();
    });
    expect(order).toEqual([]);
    end?.();
    await Promise.all(waiting);
    expect(order).toEqual(["first", "second"]);
  });

  test("lets calls with other keys pass, and never lets two wait for each other", async () => {
    const turns = new Turns();
    const first = await turns.take(["a", "b"], never);
    const other = await turns.take(["c"], never);
    const crossed = turns.take(["b", "a"], never);
    first?.();
    (await crossed)?.();
    other?.();
    expect(await turns.take(["a", "b", "c"], never)).toBeTypeOf("function");
  });

  test("hands the turn on when one who waits gives up", async () => {
    const turns = new Turns();
    const end = await turns.take(["a"], never);
    const impatient = createCanceller();
    const givenUp = turns.take(["a"], impatient.signal);
    const patient = turns.take(["a"], never);
    impatient.cancel();
    expect(await givenUp).toBeUndefined();
    end?.();
    expect(await patient).toBeTypeOf("function");
  });
});

describe("a signal", () => {
  test("aborts with its parents, at once when they have", async () => {
    const parent = createCanceller();
    const child = createCanceller(parent.signal);
    parent.cancel();
    parent.cancel();
    expect(child.signal.aborted).toBe(true);
    expect(createCanceller(parent.signal).signal.aborted).toBe(true);
  });

  test("is waited for, and work that is done first wins", async () => {
    const canceller = createCanceller();
    expect(await unlessAborted(Promise.resolve("done"), canceller.signal)).toBe("done");
    canceller.cancel();
    expect(await unlessAborted(new Promise(() => undefined), canceller.signal)).toBeUndefined();
  });

  test("of a deadline aborts when its time is up, and tells what is left", async () => {
    const clock = createVirtualClock();
    const deadline = createDeadline(clock, 1000);
    await clock.advance(400);
    expect(deadline.leftMs()).toBe(600);
    expect(deadline.signal.aborted).toBe(false);
    await clock.advance(600);
    expect(deadline.signal.aborted).toBe(true);
    expect(deadline.leftMs()).toBe(0);
  });
});

describe("an ADD that waits for its turn", () => {
  test("fails when the one before it does not end in time", async () => {
    const world = ownWorld({
      store: "fake",
      wrap: (ports) => ({ ...ports, store: { ...ports.store, claim: () => new Promise(() => undefined) } }),
    });
    void world.flow.add(
      {
        kind: "ADD",
        launch: { started: { bootId: "boot-1", bootNs: 3_600_000_000_001n }, budgetMs: 27_000 },
        containerId: "c1",
        ifName: "net1",
        netns: "/run/netns/a",
        pod: undefined,
        requested: [],
        configText: JSON.stringify(berthConfig()),
      },
      never,
    );
    expect(refusedWith(await world.add())).toBe("DeadlinePassed");
  });

  test("of the same pod's interface gets its address after the one before it", async () => {
    const world = ownWorld();
    const pod = { namespace: "default", name: "web-0", uid: "u1" };
    world.namespaces.set("/run/netns/b", "202");
    const [first, second] = await Promise.all([
      world.add({ pod }),
      world.add({ pod, containerId: "c2", netns: "/run/netns/b" }),
    ]);
    expect([...given(first), ...given(second)].sort()).toEqual(["10.0.0.1/29", "10.0.0.2/29"]);
  });
});

describe("an agent of many", () => {
  test("proposes a random free address instead of the lowest, and counts its rows", async () => {
    const world = ownWorld({
      wrap: (ports) => ({ ...ports, choice: "random", random: { ...ports.random, below: () => 3n } }),
    });
    expect(given(await world.add())).toEqual(["10.0.0.4/29"]);
    expect(await world.flow.counts()).toEqual({ lease: 1, freeing: 0, intent: 0 });
  });

  test("keeps pools with overlapping ranges off apart, and each network to itself", async () => {
    const world = ownWorld();
    const off = (pool: string) =>
      berthConfig({ enable_overlapping_ranges: false, ranges: [{ range: pool }] }, `net-${pool.slice(-2)}`);
    expect(given(await world.add({ config: off("10.0.0.0/29") }))).toEqual(["10.0.0.1/29"]);
    expect(given(await world.add({ config: off("10.0.0.0/28"), containerId: "c2" }))).toEqual(["10.0.0.1/28"]);
    expect(given(await world.add({ config: off("10.0.0.0/29"), containerId: "c3" }))).toEqual(["10.0.0.2/29"]);
    await world.del({ definition: "net-29" });
    await world.clock.advance(10);
    expect(given(await world.add({ config: off("10.0.0.0/28"), containerId: "c4" }))).toEqual(["10.0.0.2/28"]);
    expect(given(await world.add({ config: off("10.0.0.0/29"), containerId: "c5" }))).toEqual(["10.0.0.1/29"]);
  });
});
