/**
 * An ADD while Whereabouts' half of the proof and the agent's own are not on record together (P6, P11, P14, P15).
 *
 * @module
 */
import { expect, test } from "vitest";
import { claim, holder } from "../../support/samples.ts";
import { createClusterWorld, type Entry } from "../../support/cluster-world.ts";
import { given } from "../../support/world.ts";

const web = { pod: { namespace: "default", name: "web-0", uid: "uid-web-0" } };
const theirs: Entry = { id: "c1", podref: "default/web-0", ifname: "net1" };

function mixed() {
  const world = createClusterWorld("present");
  world.makePool("10.0.0.0/29");
  world.pod("web-0", "node-1");
  return world;
}

/** Whereabouts answers a container 10.0.0.3. */
function give3(world: ReturnType<typeof mixed>): void {
  world.writeEntry("3", theirs);
  world.reserve("blue-10.0.0.3", "default/web-0");
}

test("P14: what Whereabouts gave to the container of an ADD after the agent had looked is put on record first", async () => {
  const world = mixed();
  const node = await world.node();
  await world.advance(1_000);
  give3(world);
  expect((await world.until(node.add("c1", web))).kind).toBe("failure");
  await world.advance(5_000);
  expect(given(await world.until(node.add("c1", web)))).toEqual(["10.0.0.3/29"]);
  expect([world.held(), Object.keys(world.entries())]).toEqual([["10.0.0.3 web-0"], ["3"]]);
});

test("P6: both halves that Whereabouts wrote for just this interface stay although just this address is claimed", async () => {
  const world = mixed();
  const node = await world.node();
  given(await world.until(node.add("c0")));
  give3(world);
  const attachment = { definition: "blue-net", containerId: "c1", ifName: "net1" };
  const next = claim("10.0.0.3", { attempt: "mine", holder: holder({ attachment, ...web }) });
  const place = { ...next.place, network: "blue", pool: "10.0.0.0/29" };
  expect(await world.until(node.ports.store.claim({ ...next, place }))).toMatchObject({ kind: "taken" });
  expect(world.entries()["3"]).toEqual(theirs);
  // Answered by nobody the first time.
  node.link.next("create overlapping", "lost");
  expect((await world.until(node.ports.store.claim({ ...next, place }))).kind).toBe("unknown");
  expect(await world.until(node.ports.store.claim({ ...next, place }, true))).toMatchObject({ kind: "taken" });
  expect(world.entries()["3"]).toEqual(theirs);
});

test("P14: an ADD that was cut off gives way to what Whereabouts answered the same interface meanwhile", async () => {
  const world = mixed();
  const node = await world.node();
  node.link.next("create overlapping", "unheard");
  void node.add("c1", web);
  await world.advance(1_000);
  node.kill();
  give3(world);
  await node.start();
  await world.advance(20_000);
  expect([world.held(), Object.keys(world.entries())]).toEqual([["10.0.0.3 web-0"], ["3"]]);
});

test("P14: an ADD that was cut off holds the address whose reservation Whereabouts made for the same interface", async () => {
  const world = mixed();
  const node = await world.node();
  node.link.next("create overlapping", "lost");
  void node.add("c1", web);
  await world.advance(1_000);
  node.kill();
  world.reserve("blue-10.0.0.1", "default/web-0");
  await node.start();
  await world.advance(20_000);
  expect(world.entries()["1"]?.id).toBe("c1");
  expect(given(await world.until(node.add("c1", web)))).toEqual(["10.0.0.1/29"]);
});

test("P11: a new sandbox whose reservation has gone takes the entry of the earlier one over", async () => {
  const world = mixed();
  const node = await world.node();
  given(await world.until(node.add("c1", web)));
  node.namespaces.delete("/run/netns/c1");
  world.remove("blue-10.0.0.1");
  expect(given(await world.until(node.add("c2", web)))).toEqual(["10.0.0.1/29"]);
  expect(Object.values(world.entries()).map(({ id }) => id)).toEqual(["c2"]);
});

test.for(["present", "absent"] as const)(
  "P15: a repeated ADD goes on with the reservation that was made anew under its lease's earlier attempt, Whereabouts %s",
  async (mode) => {
    const world = createClusterWorld(mode);
    world.pod("web-0", "node-1");
    const node = await world.node();
    given(await world.until(node.add("c1", web)));
    const [row] = await node.rows();
    if (row === undefined) throw new Error("no row");
    world.remove("blue-10.0.0.1");
    const claim = { ...row, attempt: row.attempts[0] ?? "", reason: "" };
    let isRestored = false;
    node.link.next("create overlapping", {
      before: () => {
        if (!isRestored) void node.ports.store.claim(claim, true);
        isRestored = true;
      },
    });
    node.link.next("create overlapping", { slowMs: 100 });
    expect(given(await world.until(node.add("c1", web)))).toEqual(["10.0.0.1/29"]);
  },
);
