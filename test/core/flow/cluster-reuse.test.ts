/**
 * The same address again: for a new sandbox of the same pod, for a repeated ADD; and not for whoever only has the pod's name (P11).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { createClusterWorld } from "../../support/cluster-world.ts";
import { given, refusedWith } from "../../support/world.ts";

const patch = "patch overlappingrangeipreservations";
const remove = "remove overlappingrangeipreservations";

/** A sandbox of one and the same pod. */
const sandbox = { pod: { namespace: "default", name: "web-0", uid: "uid-web-0" } };

describe("P11, F3 c: a new sandbox of the same pod", () => {
  test("takes the address again although its free is queued, and the free is cancelled", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    given(await world.until(node.add("old", sandbox)));
    const away = node.link.always(remove, "away");
    await world.until(node.del("old"));
    node.namespaces.delete("/run/netns/old");
    expect(given(await world.until(node.add("new", sandbox)))).toEqual(["10.0.0.1/29"]);
    away();
    await world.advance(120_000);
    expect(world.held()).toEqual(["10.0.0.1 web-0"]);
    expect(world.standing().get("blue-10.0.0.1")?.holder?.attachment.containerId).toBe("new");
  });

  test("loses to a free that is on the wire, and gets the address that is free then", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    given(await world.until(node.add("old", sandbox)));
    node.link.next(remove, { slowMs: 3_000 });
    await world.until(node.del("old"));
    node.namespaces.delete("/run/netns/old");
    given(await world.until(node.add("new", sandbox)));
    await world.advance(120_000);
    expect(world.held().length).toBe(1);
    expect(world.standing().values().next().value?.holder?.attachment.containerId).toBe("new");
  });

  test("whose renewal is not answered is not answered either; the next ADD settles it under any of its attempts", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    given(await world.until(node.add("old", sandbox)));
    node.namespaces.delete("/run/netns/old");
    node.link.next(patch, "unheard");
    const still = node.link.always(patch, "lost");
    expect(refusedWith(await world.until(node.add("new", sandbox)))).toBe("OutcomeUnknown");
    still();
    expect(given(await world.until(node.add("new", sandbox)))).toEqual(["10.0.0.1/29"]);
    await world.until(node.del("new"));
    await world.advance(200_000);
    expect(world.held()).toEqual([]);
  });

  test("whose old sandbox still stands gets a new address, and a warning is logged", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    given(await world.until(node.add("old", sandbox)));
    expect(given(await world.until(node.add("new", sandbox)))).toEqual(["10.0.0.2/29"]);
    expect(node.logged.join()).toContain("earlier sandbox still stands");
  });

  test("of a pod whose reservation is another's by now gets a new address", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    given(await world.until(node.add("old", sandbox)));
    node.namespaces.delete("/run/netns/old");
    world.remove("blue-10.0.0.1");
    world.reserve("blue-10.0.0.1", "default/other");
    expect(given(await world.until(node.add("new", sandbox)))).toEqual(["10.0.0.2/29"]);
    await world.advance(10_000);
    expect(world.held()).toEqual(["10.0.0.2 web-0", "blue-10.0.0.1 default/other"]);
  });

  test("A6: another pod of that name, with another uid, shares nothing", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    given(await world.until(node.add("old", sandbox)));
    const again = { pod: { ...sandbox.pod, uid: "uid-of-another" } };
    expect(given(await world.until(node.add("new", again)))).toEqual(["10.0.0.2/29"]);
  });

  test("F6: without a uid the name alone shares nothing", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    const pod = { namespace: "default", name: "pod-whereabouts", uid: undefined };
    given(await world.until(node.add("claim-1", { pod })));
    expect(given(await world.until(node.add("claim-2", { pod })))).toEqual(["10.0.0.2/29"]);
  });
});

test("P11: a repeated ADD renews its evidence, and answers the same address", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1")));
  const attempt = world.standing().get("blue-10.0.0.1")?.attempt;
  expect(given(await world.until(node.add("c1")))).toEqual(["10.0.0.1/29"]);
  expect(world.standing().get("blue-10.0.0.1")?.attempt).not.toBe(attempt);
  expect((await node.rows())[0]?.attempts.length).toBe(2);
});
