/**
 * What a person orders: to withhold an address and to release a lease, and only the one that was shown.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { onCommit } from "../../support/on-commit.ts";
import { ownWorld } from "../../support/own-world.ts";
import { address } from "../../support/samples.ts";
import { berthConfig, given, type World } from "../../support/world.ts";

async function newestAttempt(world: World): Promise<string> {
  const page = await world.ports.journal.page("lease", undefined);
  return page.rows[0]?.attempts.at(-1) ?? "";
}

describe("a release that names the lease it means", () => {
  test("frees that lease", async () => {
    const world = ownWorld();
    await world.add();
    world.namespaces.delete("/run/netns/a");
    const order = { address: address("10.0.0.1"), network: "blue", force: false, attempt: await newestAttempt(world) };
    expect(await world.clock.until(world.flow.release(order))).toMatchObject({ kind: "done" });
    expect(await world.held()).toEqual([]);
  });

  test("leaves the address alone when another attachment has it by now", async () => {
    const world = ownWorld();
    await world.add();
    world.namespaces.delete("/run/netns/a");
    const order = { address: address("10.0.0.1"), network: "blue", force: true, attempt: "of-a-lease-that-was" };
    expect(await world.clock.until(world.flow.release(order))).toMatchObject({
      kind: "failed",
      failure: { name: "StillInUse", message: expect.stringContaining("another attachment has the address by now") },
    });
    expect(await world.held()).toEqual(["10.0.0.1"]);
  });
});

test("a release leaves a lease alone that a new sandbox took over while it was judged", async () => {
  const world = ownWorld({
    wrap: (ports) => ({
      ...ports,
      namespaces: {
        ...ports.namespaces,
        look: async (path) => {
          const sight = await ports.namespaces.look(path);
          if (path === "/run/netns/gone") await takeOver();
          return sight;
        },
      },
    }),
  });
  const takeOver = async () => {
    const [row] = (await world.ports.journal.page("lease", undefined)).rows;
    if (row === undefined) return;
    const { id, holder, index } = row;
    await world.ports.journal.commit([{ kind: "renew", id, holder, attempt: "renewed", index }]);
  };
  world.namespaces.set("/run/netns/gone", "102");
  await world.add({ netns: "/run/netns/gone" });
  world.namespaces.delete("/run/netns/gone");
  const order = { address: address("10.0.0.1"), network: "blue", force: false };
  expect(await world.clock.until(world.flow.release(order))).toMatchObject({
    kind: "failed",
    failure: { name: "StillInUse" },
  });
  expect(await world.held()).toEqual(["10.0.0.1"]);
});

describe("an operator", () => {
  test("withholds an address from every pool of its network, and gives it back to them", async () => {
    const world = ownWorld();
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
    const world = ownWorld();
    await world.add();
    const order = { address: address("10.0.0.1"), network: undefined, force: false };
    expect(await world.clock.until(world.flow.release(order))).toMatchObject({
      kind: "failed",
      failure: { name: "StillInUse" },
    });
    expect(await world.clock.until(world.flow.release({ ...order, force: true }))).toMatchObject({ kind: "done" });
    expect(await world.held()).toEqual([]);
    expect(await world.clock.until(world.flow.release(order))).toMatchObject({
      kind: "failed",
      failure: { name: "LeaseMissing" },
    });
  });

  test("must name the network when several hold the address", async () => {
    const world = ownWorld({ networks: ["blue", "red"] });
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

describe("an order that the store or the journal does not take", () => {
  const unanswered = { kind: "unknown", reason: "no space" } as const;

  test("to withhold is refused", async () => {
    const claim = async () => ({ ...unanswered, hopeless: true, mayLand: true });
    const world = ownWorld({ wrap: (ports) => ({ ...ports, store: { ...ports.store, claim } }) });
    const order = { network: "blue", address: address("10.0.0.3"), reason: "printer" };
    expect(await world.flow.withhold(order)).toMatchObject({ kind: "failed", failure: { name: "OutcomeUnknown" } });
  });

  test("to withhold what is withheld already says why it is", async () => {
    const world = ownWorld();
    const order = { network: "blue", address: address("10.0.0.3"), reason: "printer" };
    await world.flow.withhold(order);
    expect(await world.flow.withhold(order)).toMatchObject({
      kind: "failed",
      failure: { name: "AddressTaken", message: expect.stringContaining("withheld already: printer") },
    });
  });

  test("to end withholding is refused, and the address stays withheld", async () => {
    const release = async () => unanswered;
    const world = ownWorld({ wrap: (ports) => ({ ...ports, store: { ...ports.store, release } }) });
    await world.flow.withhold({ network: "blue", address: address("10.0.0.3"), reason: "printer" });
    expect(await world.flow.unwithhold({ network: "blue", address: address("10.0.0.3") })).toMatchObject({
      kind: "failed",
    });
    expect(await world.held()).toEqual(["10.0.0.3"]);
  });

  test("to release is refused when it cannot be written down", async () => {
    const world = ownWorld({
      wrap: onCommit(async (changes, commit) =>
        changes.some(({ kind }) => kind === "free") ? { kind: "failed", full: true, reason: "no space" } : commit(),
      ),
    });
    await world.add();
    const order = { address: address("10.0.0.1"), network: "blue", force: true };
    expect(await world.clock.until(world.flow.release(order))).toMatchObject({ kind: "failed" });
    expect(await world.held()).toEqual(["10.0.0.1"]);
  });
});
