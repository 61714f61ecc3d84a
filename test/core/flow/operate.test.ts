/**
 * What is released is what the person was shown.
 *
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import { address } from "../../support/samples.ts";
import { createWorld, type World } from "../../support/world.ts";

let world: World;
afterEach(() => world.close());

async function newestAttempt(): Promise<string> {
  const page = await world.ports.journal.page("lease", undefined);
  return page.rows[0]?.attempts.at(-1) ?? "";
}

describe("a release that names the lease it means", () => {
  test("frees that lease", async () => {
    world = createWorld();
    await world.add();
    world.namespaces.delete("/run/netns/a");
    const order = { address: address("10.0.0.1"), network: "blue", force: false, attempt: await newestAttempt() };
    expect(await world.clock.until(world.flow.release(order))).toMatchObject({ kind: "done" });
    expect(await world.held()).toEqual([]);
  });

  test("leaves the address alone when another attachment has it by now", async () => {
    world = createWorld();
    await world.add();
    world.namespaces.delete("/run/netns/a");
    const order = { address: address("10.0.0.1"), network: "blue", force: true, attempt: "of-a-lease-that-was" };
    expect(await world.clock.until(world.flow.release(order))).toMatchObject({
      kind: "failed",
      failure: { name: "AddressTaken", message: expect.stringContaining("another attachment has the address by now") },
    });
    expect(await world.held()).toEqual(["10.0.0.1"]);
  });
});

test("a release leaves a lease alone that a new sandbox took over while it was judged", async () => {
  world = createWorld({
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
    failure: { name: "AddressTaken" },
  });
  expect(await world.held()).toEqual(["10.0.0.1"]);
});
