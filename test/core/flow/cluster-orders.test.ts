/**
 * What a person orders of an agent in a cluster: in doubt a lease is kept, and what is not certain is said so (P18, P21).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { createClusterWorld } from "../../support/cluster-world.ts";
import { address } from "../../support/samples.ts";
import { given } from "../../support/world.ts";

const order = { address: address("10.0.0.1"), network: "blue", force: false };
const withheld = { network: "blue", address: address("10.0.0.1"), reason: "printer" };

/** A lease of which nothing proves that its sandbox has gone, and its pod in this phase. */
async function unproven(phase: string | undefined) {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1")));
  const [row] = await node.rows();
  if (row === undefined) throw new Error("no row");
  const evidence = { kind: "void", path: "", bootId: node.bootId, reason: "a test" } as const;
  await node.journal.commit([
    { kind: "renew", id: row.id, holder: { ...row.holder, evidence }, attempt: "next", index: 0 },
    { kind: "lease", id: row.id, version: row.version },
  ]);
  if (phase !== undefined) world.pod("c1", "node-1", phase);
  return { world, node };
}

describe("a release of a lease that nothing proves to have ended", () => {
  test.each([
    { name: "is refused while its pod lives", phase: "Running", away: false, freed: false },
    { name: "is refused when nobody can be asked after its pod", phase: undefined, away: true, freed: false },
    { name: "frees it when its pod has ended", phase: "Succeeded", away: false, freed: true },
    { name: "frees it when its pod is gone", phase: undefined, away: false, freed: true },
  ])("$name", async ({ phase, away, freed }) => {
    const { world, node } = await unproven(phase);
    if (away) node.link.always("read pods", "away");
    const answer = await world.until(node.flow.release(order));
    await world.advance(30_000);
    if (freed) expect(answer).toMatchObject({ kind: "done", holder: "default/c1" });
    else
      expect(answer).toMatchObject({
        failure: { name: "StillInUse", message: expect.stringContaining("nothing proves it (a test)") },
      });
    expect((await node.rows()).map(({ state }) => state)).toEqual(freed ? [] : ["lease"]);
  });

  test("frees it by force", async () => {
    const { world, node } = await unproven("Running");
    expect(await world.until(node.flow.release({ ...order, force: true }))).toMatchObject({ kind: "done" });
    await world.advance(30_000);
    expect(await node.rows()).toEqual([]);
  });
});

describe("to withhold an address", () => {
  test("that a lease holds is refused, and says whose", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    given(await world.until(node.add("c1")));
    expect(await world.until(node.flow.withhold(withheld))).toMatchObject({
      failure: { name: "AddressTaken", message: expect.stringContaining("pod default/c1 on node node-1 holds it") },
    });
  });

  test("that is held, while nobody can say by whom, may be an order of before: nobody knows, until it is asked again", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    given(await world.until(node.add("c1")));
    node.link.next("read overlapping", "away");
    expect(await world.until(node.flow.withhold(withheld))).toMatchObject({
      failure: { name: "OutcomeUnknown", message: expect.stringContaining("whose it is could not be read") },
    });
    expect(await world.until(node.flow.withhold(withheld))).toMatchObject({
      failure: { name: "AddressTaken", message: expect.stringContaining("pod default/c1 on node node-1 holds it") },
    });
  });

  test("is refused in the server's words where it is forbidden", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    const refused = { kind: "refused", status: 403, reason: "Forbidden", message: "cannot create" } as const;
    node.link.next("create overlapping", { refused });
    expect(await world.until(node.flow.withhold(withheld))).toMatchObject({
      failure: { name: "StoreRefused", message: expect.stringContaining("cannot create") },
    });
    expect(world.held()).toEqual([]);
  });

  test("is no answer when the answer is lost", async () => {
    const world = createClusterWorld();
    const node = await world.node();
    node.link.next("create overlapping", "unheard");
    expect(await world.until(node.flow.withhold(withheld))).toMatchObject({ failure: { name: "OutcomeUnknown" } });
  });
});

test("an address that is not withheld is not given back", async () => {
  const world = createClusterWorld();
  const node = await world.node();
  given(await world.until(node.add("c1")));
  expect(await world.until(node.flow.unwithhold(withheld))).toMatchObject({ failure: { name: "LeaseMissing" } });
  expect(world.held()).toEqual(["10.0.0.1 c1"]);
});
