/**
 * Further reservations of static and withheld addresses, when what they belong to goes meanwhile, or cannot have one (P21).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { entryOf } from "../../../core/kube/mixed.ts";
import { nameOf } from "../../../core/kube/needs.ts";
import { removeOrphanedTwins } from "../../../core/kube/orphaned-twins.ts";
import { pools, reservations } from "../../../core/kube/resources.ts";
import { address, attachment, claim, holder, place } from "../../support/samples.ts";
import { createStoreStage, home, serving, type StoreStage } from "../../support/store-stage.ts";

const fixed = claim("10.0.0.5", { kind: "static", place: place("10.0.0.5", { pool: "" }) });
const off = serving("10.0.0.0/24", false);
const twin = "blue-10.0.0.0-24.10.0.0.5";

/** The static address goes as soon as its further reservation was made. */
async function firstGoes(): Promise<StoreStage> {
  const stage = createStoreStage(false);
  await stage.hold(fixed);
  const uproot = () => stage.server.uproot({ resource: reservations, namespace: home, name: "blue-10.0.0.5" });
  stage.link.next("read overlappingrangeipreservations blue-10.0.0.5", { before: uproot });
  return stage;
}

test("a further reservation goes again when its first has gone while it was made", async () => {
  const stage = await firstGoes();
  expect(await stage.until(stage.store.open(off))).toEqual({ kind: "open" });
  expect(stage.standing()).toEqual([]);
});

test("so it does when another has taken the place of its first meanwhile", async () => {
  const stage = createStoreStage(false);
  await stage.hold(fixed);
  const place = { resource: reservations, namespace: home, name: "blue-10.0.0.5" };
  const replaced = () => {
    const found = stage.server.read(place);
    if (found.kind !== "object") throw new Error(found.kind);
    stage.server.uproot(place);
    const { uid: _uid, resourceVersion: _version, ...metadata } = found.object.metadata;
    stage.server.create(reservations, { ...found.object, metadata: { namespace: home, ...metadata } });
  };
  stage.link.next("read overlappingrangeipreservations blue-10.0.0.5", { before: replaced });
  expect(await stage.until(stage.store.open(off))).toEqual({ kind: "open" });
  expect(stage.standing()).toEqual(["blue-10.0.0.5 attempt-10.0.0.5"]);
});

test("a pool is not open while such a one could not be removed; opening it again removes it", async () => {
  const stage = await firstGoes();
  stage.link.next("remove overlapping", "away");
  expect(await stage.until(stage.store.open(off))).toEqual({ kind: "unknown", reason: "connection refused" });
  expect(stage.standing()).toEqual([`${twin} attempt-10.0.0.5`]);
});

test("a release ends only when nobody made a further reservation meanwhile, and that is certain", async () => {
  const stage = createStoreStage(false);
  await stage.until(stage.store.open(off));
  const held = await stage.hold(fixed);
  // Whoever opens a pool at this moment sees the address stand.
  const found = stage.server.all(reservations).find(({ metadata }) => metadata.name === twin);
  const remake = () => found !== undefined && stage.server.plant(reservations, found);
  stage.link.next("remove overlappingrangeipreservations blue-10.0.0.5", { before: () => void remake() });
  stage.link.next("list ippools", { before: () => undefined }, "away");
  expect(await stage.until(stage.store.release(held))).toEqual({
    kind: "unknown",
    reason: expect.stringContaining("refused"),
  });
  expect(stage.standing()).toEqual([`${twin} attempt-10.0.0.5`]);
  expect(await stage.until(stage.store.release(held))).toEqual({ kind: "freed" });
  expect(stage.standing()).toEqual([]);
});

test("another's reservation in the pool is as good: it opens, and what stands there stays", async () => {
  const stage = createStoreStage(false);
  await stage.hold(fixed);
  const other = { metadata: { name: twin, namespace: home }, spec: { podref: "default/wb", ifname: "net1" } };
  stage.server.create(reservations, other);
  expect(await stage.until(stage.store.open(off))).toEqual({ kind: "open" });
  expect(await stage.store.look(place("10.0.0.5", { overlapping: false }))).toMatchObject({ attempt: "" });
});

test("a pool opens beside a static address that no object can be named for in it: nobody can be given it there", async () => {
  const stage = createStoreStage(false);
  const low = claim("::5", { kind: "static", place: place("::5", { pool: "" }) });
  await stage.hold(low);
  const range = { pool: "::/64", first: address("::1"), last: address("::2"), excluded: [] };
  const opened = await stage.until(
    stage.store.open({ network: "blue", definition: "a", overlapping: false, ranges: [range], atMs: 1 }),
  );
  expect(opened).toEqual({ kind: "open" });
  expect(stage.standing()).toEqual(["blue---5 attempt-::5"]);
});

test("pools that Whereabouts made, with no marks at all, want no further reservation", async () => {
  const stage = createStoreStage(false);
  stage.server.create(pools, {
    metadata: { name: "blue-10.0.0.0-24", namespace: home },
    spec: { range: "10.0.0.0/24", allocations: {} },
  });
  await stage.hold(fixed);
  expect(stage.standing()).toEqual(["blue-10.0.0.5 attempt-10.0.0.5"]);
});

describe("beside Whereabouts", () => {
  const wb = { id: "wb", podref: "default/wb", ifname: "net1" };

  test("P21, P6: a static address has its entry in each pool with overlapping ranges off, and gives it back", async () => {
    const stage = createStoreStage(true);
    await stage.until(stage.store.open(off));
    const held = await stage.hold(fixed);
    expect(stage.entry("10.0.0.5")).toEqual(entryOf(fixed));
    const next = { ...fixed, attempt: "next", holder: holder({ attachment: attachment({ containerId: "c9" }) }) };
    const renewed = await stage.until(stage.store.renew(held, next));
    expect(stage.entry("10.0.0.5")).toEqual(entryOf(next));
    if (renewed.kind !== "held") throw new Error(renewed.kind);
    expect(await stage.until(stage.store.release({ ...next, version: renewed.version }))).toEqual({ kind: "freed" });
    expect(stage.standing()).toEqual([]);
  });

  test.each([
    ["that Berth opened", true],
    ["that Whereabouts made", false],
  ])("P21: one that Whereabouts gave in a pool %s is taken", async (_name, isOpened) => {
    const stage = createStoreStage(true);
    if (isOpened) await stage.until(stage.store.open(off));
    else
      stage.server.create(pools, {
        metadata: { name: "blue-10.0.0.0-24", namespace: home },
        spec: { range: "10.0.0.0/24", allocations: {} },
      });
    stage.writeEntry("10.0.0.5", wb);
    expect(await stage.until(stage.store.claim(fixed))).toEqual({ kind: "taken", by: undefined });
    expect(stage.standing()).toEqual(["blue-10.0.0.0-24 5 wb"]);
  });

  test("P21: so is one that Whereabouts gives while it is claimed: nothing is kept", async () => {
    const stage = createStoreStage(true);
    await stage.until(stage.store.open(off));
    stage.link.next("create overlapping", { before: () => stage.writeEntry("10.0.0.5", wb) });
    expect(await stage.until(stage.store.claim(fixed))).toEqual({ kind: "taken", by: undefined });
    expect(stage.standing()).toEqual(["blue-10.0.0.0-24 5 wb"]);
  });

  test("P21: a pool that is opened later has the entry, too", async () => {
    const stage = createStoreStage(true);
    await stage.hold(fixed);
    expect(await stage.until(stage.store.open(off))).toEqual({ kind: "open" });
    expect(stage.entry("10.0.0.5")).toEqual(entryOf(fixed));
  });

  const kept = claim("10.0.0.5", { kind: "withheld", holder: undefined, place: place("10.0.0.5", { pool: "" }) });

  test("P21, P6: a pool that is opened later has the entry of a withheld address, and gives it back", async () => {
    const stage = createStoreStage(true);
    const held = await stage.hold(kept);
    expect(await stage.until(stage.store.open(off))).toEqual({ kind: "open" });
    expect(stage.entry("10.0.0.5")).toEqual(entryOf(kept));
    expect(await stage.until(stage.store.open(off))).toEqual({ kind: "open" });
    expect(await stage.until(stage.store.release(held))).toEqual({ kind: "freed" });
    expect(stage.standing()).toEqual([]);
  });

  test("P21: neither entry nor reservation stays of a withheld address that is given back while the pool is opened", async () => {
    const stage = createStoreStage(true);
    const held = await stage.hold(kept);
    stage.link.next("patch ippools", { before: () => stage.server.uproot(nameOf(stage.needs, held.place)) });
    expect(await stage.until(stage.store.open(off))).toEqual({ kind: "open" });
    expect(stage.standing()).toEqual([]);
  });

  test("P21: what an agent that died then has left is removed by any other", async () => {
    const stage = createStoreStage(true);
    const held = await stage.hold(kept);
    await stage.until(stage.store.open(off));
    stage.server.uproot(nameOf(stage.needs, held.place));
    expect(await stage.until(removeOrphanedTwins(stage.needs))).toEqual({ kind: "done", removed: 1 });
    expect(stage.standing()).toEqual([]);
  });

  test("P21: a pool whose entry of a withheld address cannot be written is not open", async () => {
    const stage = createStoreStage(true);
    await stage.hold(kept);
    const refused = { kind: "refused", status: 403, reason: "Forbidden", message: "not you" } as const;
    stage.link.next("patch ippools", { refused });
    expect(await stage.until(stage.store.open(off))).toEqual({ kind: "unknown", reason: "not you" });
    expect(await stage.until(stage.store.open(off))).toEqual({ kind: "open" });
  });

  test("P12: a claim that was cut off after the entry leaves nothing when it is given back", async () => {
    const stage = createStoreStage(true);
    await stage.until(stage.store.open(off));
    stage.link.next("create overlappingrangeipreservations blue-10.0.0.0-24", "away");
    expect(await stage.until(stage.store.claim(fixed))).toMatchObject({ kind: "unknown" });
    const found = await stage.store.look(fixed.place);
    if (found === undefined) throw new Error("nothing stands");
    expect(await stage.until(stage.store.release(found))).toEqual({ kind: "freed" });
    expect(stage.standing()).toEqual([]);
  });
});
