/**
 * The two halves of an address beside Whereabouts, when somebody else writes one of them at that moment (P6, P11, P12).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { entryOf } from "../../../core/kube/mixed.ts";
import { reservations } from "../../../core/kube/resources.ts";
import type { Held } from "../../../core/ports/store.ts";
import { attachment, claim, holder } from "../../support/samples.ts";
import { createStoreStage, home, serving, type StoreStage } from "../../support/store-stage.ts";

const entry = "patch ippools";
const reserve = "patch overlapping";
const text = "10.0.0.5";
const theirs = { id: "wb-1", podref: "default/wb", ifname: "net1" };
const mine = claim(text);
/** Whereabouts gave the address to another sandbox of the same pod. */
const takenOver = { ...entryOf(mine), id: "wb-1" };
const next = claim(text, { attempt: "next", holder: holder({ attachment: attachment({ containerId: "c2" }) }) });
const later = claim(text, { attempt: "later", holder: holder({ attachment: attachment({ containerId: "c3" }) }) });

async function held(): Promise<StoreStage & { readonly held: Held }> {
  const stage = createStoreStage(true);
  return { ...stage, held: await stage.hold(mine) };
}

function uproot({ server }: StoreStage): void {
  server.uproot({ resource: reservations, namespace: home, name: "blue-10.0.0.5" });
}

/** What the journal knows of it is old: another holds the reservation. */
function takeOver({ plant }: StoreStage): void {
  plant("blue-10.0.0.5", (object) => {
    const { annotations, ...metadata } = object.metadata;
    return { ...object, metadata: { ...metadata, annotations: { ...annotations, "ipam.berth.io/attempt": "other" } } };
  });
}

describe("a claim", () => {
  test("whose ADD ends while its entry is written sends no reservation, and is owed", async () => {
    const stage = createStoreStage(true);
    await stage.until(stage.store.open(serving()));
    const controller = new AbortController();
    stage.link.next(entry, { before: () => controller.abort() });
    const answer = await stage.until(stage.store.claim(mine, false, controller.signal));
    expect(answer).toMatchObject({ kind: "unknown", mayLand: true, hopeless: true });
    expect(stage.link.calls.filter((call) => call.startsWith("create overlapping"))).toEqual([]);
    expect(await stage.until(stage.store.tidy(mine))).toEqual({ kind: "done" });
    expect(stage.standing()).toEqual([]);
  });

  test.for([
    { name: "refused by the reservation", refused: { status: 409, reason: "AlreadyExists" }, is: { kind: "taken" } },
    { name: "forbidden", refused: { status: 403, reason: "Forbidden" }, is: { kind: "unknown", hopeless: true } },
  ])("that is $name is owed while an earlier try of its entry may land", async ({ refused, is }) => {
    const stage = createStoreStage(true);
    await stage.until(stage.store.open(serving()));
    stage.link.next(entry, { lateMs: 60_000 });
    expect(await stage.until(stage.store.claim(mine))).toMatchObject({ kind: "unknown", mayLand: true });
    stage.link.next("create overlapping", { refused: { kind: "refused", message: "not you", ...refused } });
    expect(await stage.until(stage.store.claim(mine, false))).toMatchObject({ ...is, mayLand: true });
  });

  test("that was overtaken at its reservation is not called refused until its own entry is gone", async () => {
    const stage = createStoreStage(true);
    const forbidden = { kind: "refused", status: 403, reason: "Forbidden", message: "not you" } as const;
    await stage.until(stage.store.open(serving()));
    stage.link.next(entry, { slowMs: 0 }, { refused: forbidden });
    stage.link.next("create overlapping", { refused: { ...forbidden, status: 409, reason: "AlreadyExists" } });
    expect(await stage.until(stage.store.claim(mine))).toEqual({
      kind: "unknown",
      reason: "not you",
      hopeless: false,
      mayLand: true,
    });
    expect(stage.entry(text)).toEqual(entryOf(mine));
  });
});

describe("a renewal for a new sandbox", () => {
  test("makes an entry that is gone anew", async () => {
    const stage = await held();
    stage.writeEntry(text, undefined);
    expect((await stage.until(stage.store.renew(stage.held, next))).kind).toBe("held");
    expect([stage.entry(text), stage.standing()[0]]).toEqual([entryOf(next), "blue-10.0.0.5 next"]);
  });

  test("takes over the entry that an earlier renewal wrote, when it died before the reservation", async () => {
    const stage = await held();
    stage.link.next(reserve, "lost");
    await stage.until(stage.store.renew(stage.held, next));
    expect([stage.entry(text), stage.standing()[0]]).toEqual([entryOf(next), "blue-10.0.0.5 attempt-10.0.0.5"]);
    // The journal knows of that try: what it believes to be held is the later of both.
    const known = { ...stage.held, holder: next.holder };
    expect((await stage.until(stage.store.renew(known, later))).kind).toBe("held");
    expect([stage.entry(text), stage.standing()[0]]).toEqual([entryOf(later), "blue-10.0.0.5 later"]);
  });

  test("moves the entry that says what the reservation says, also when the journal believes another", async () => {
    const stage = await held();
    const known = { ...stage.held, holder: next.holder };
    expect((await stage.until(stage.store.renew(known, later))).kind).toBe("held");
    expect(stage.entry(text)).toEqual(entryOf(later));
  });

  test("is lost when Whereabouts has given the entry to another, and says to whom", async () => {
    const stage = await held();
    stage.writeEntry(text, theirs);
    expect(await stage.until(stage.store.renew(stage.held, next))).toMatchObject({
      kind: "lost",
      now: {
        attempt: "",
        holder: { node: "", pod: { namespace: "default", name: "wb" }, attachment: { containerId: "wb-1" } },
      },
    });
    expect([stage.entry(text), stage.standing()[0]]).toEqual([theirs, "blue-10.0.0.5 attempt-10.0.0.5"]);
  });

  test("is lost when its reservation is gone, and moves its entry: it is claimed anew", async () => {
    const stage = await held();
    uproot(stage);
    expect(await stage.until(stage.store.renew(stage.held, next))).toEqual({ kind: "lost", now: undefined });
    expect(stage.entry(text)).toEqual(entryOf(next));
  });

  test("that is overtaken at the reservation takes the entry back that it moved", async () => {
    const stage = await held();
    stage.link.next(reserve, { before: () => takeOver(stage) });
    expect(await stage.until(stage.store.renew(stage.held, next))).toMatchObject({
      kind: "lost",
      now: { attempt: "other" },
    });
    expect(stage.entry(text)).toBeUndefined();
  });

  test("that finds its reservation removed at the last moment leaves its entry: nothing else says that it lives there", async () => {
    const stage = await held();
    stage.link.next(reserve, { before: () => uproot(stage) });
    expect(await stage.until(stage.store.renew(stage.held, next))).toEqual({ kind: "lost", now: undefined });
    expect(stage.entry(text)).toEqual(entryOf(next));
  });
});

describe("a release", () => {
  test("of what an earlier try of ours wrote in the reservation alone removes the entry that goes with it", async () => {
    const stage = await held();
    expect(await stage.until(stage.store.release({ ...stage.held, holder: next.holder }))).toEqual({ kind: "freed" });
    expect(stage.standing()).toEqual([]);
  });

  test("whose entry changes while it is looked at judges again", async () => {
    const stage = await held();
    stage.link.next(entry, { slowMs: 0 }, { before: () => stage.writeEntry(text, theirs) });
    expect(await stage.until(stage.store.release({ ...stage.held, holder: next.holder }))).toEqual({
      kind: "unknown",
      reason: "its entry changes",
    });
    expect(stage.entry(text)).toEqual(theirs);
  });

  test("of an address that Whereabouts gave to another sandbox leaves it to that one, and says so in the reservation", async () => {
    const stage = await held();
    stage.writeEntry(text, { ...theirs, podref: "default/web-0" });
    expect(await stage.until(stage.store.release(stage.held))).toMatchObject({
      kind: "changed",
      now: { attempt: "", holder: { attachment: { containerId: "wb-1" }, node: "" } },
    });
    expect(await stage.store.look(mine.place)).toMatchObject({ attempt: "", holder: { node: "" } });
    expect(stage.entry(text)?.id).toBe("wb-1");
  });

  test.for<{ name: string; before: (stage: StoreStage) => void; is: object }>([
    { name: "removed meanwhile: it is freed", before: uproot, is: { kind: "freed" } },
    {
      name: "given to another meanwhile: it is told",
      before: takeOver,
      is: { kind: "changed", now: { attempt: "other" } },
    },
  ])("of such an address whose reservation is $name", async ({ before, is }) => {
    const stage = await held();
    stage.writeEntry(text, takenOver);
    stage.link.next(reserve, { before: () => before(stage) });
    expect(await stage.until(stage.store.release(stage.held))).toMatchObject(is);
    expect(stage.entry(text)).toEqual(takenOver);
  });

  test("of an address for which an ADD of this node has written its entry by now frees it for that one", async () => {
    const stage = await held();
    const again = { ...next, place: mine.place };
    stage.link.next("remove overlapping", "lost");
    expect(await stage.until(stage.store.release(stage.held))).toMatchObject({ kind: "unknown" });
    // Its entry is to go back, but the request is lost.
    stage.link.next(entry, { before: () => undefined }, "lost");
    expect(await stage.until(stage.store.claim(again, false))).toMatchObject({ kind: "unknown" });
    expect(stage.entry(text)?.id).toBe("c2");
    expect(await stage.until(stage.store.release(stage.held))).toEqual({ kind: "freed" });
    expect(stage.standing().filter((one) => one.startsWith("blue-10.0.0.5"))).toEqual([]);
  });

  test("of such an address whose reservation cannot be written is tried again later", async () => {
    const stage = await held();
    stage.writeEntry(text, takenOver);
    stage.link.next(reserve, "away");
    expect(await stage.until(stage.store.release(stage.held))).toEqual({
      kind: "unknown",
      reason: "connection refused",
    });
  });

  test.for<{ name: string; arrange: (stage: StoreStage) => void; is: object }>([
    { name: "is gone: nothing of it is ours any more", arrange: uproot, is: { kind: "freed" } },
    { name: "another holds: it is theirs", arrange: takeOver, is: { kind: "changed", now: { attempt: "other" } } },
    {
      name: "cannot be read: nothing is concluded",
      arrange: ({ link }) => link.next("read overlapping", "away"),
      is: { kind: "unknown" },
    },
  ])("of an address whose entry is another's, and whose reservation $name", async ({ arrange, is }) => {
    const stage = await held();
    stage.writeEntry(text, theirs);
    arrange(stage);
    expect(await stage.until(stage.store.release(stage.held))).toMatchObject(is);
    expect(stage.entry(text)).toEqual(theirs);
  });

  test("of what Whereabouts wrote, and has given to another pod meanwhile, leaves both halves", async () => {
    const stage = await held();
    const unmark = (podref: string) =>
      stage.plant("blue-10.0.0.5", ({ metadata: { annotations: _all, ...metadata }, ...object }) => ({
        ...object,
        metadata: { ...metadata, annotations: {} },
        spec: { podref, containerid: "", ifname: "net1" },
      }));
    unmark("default/gone");
    const judged = await stage.store.look(mine.place);
    if (judged === undefined) throw new Error("no reservation");
    unmark("default/wb");
    stage.writeEntry(text, theirs);
    expect(await stage.until(stage.store.release(judged))).toMatchObject({ kind: "changed" });
    expect(stage.entry(text)).toEqual(theirs);
    expect(await stage.store.look(mine.place)).toMatchObject({ holder: { pod: { name: "wb" } } });
  });
});

test("an entry that was written anew by another is not tidied away", async () => {
  const stage = await held();
  stage.writeEntry(text, theirs);
  expect(await stage.until(stage.store.tidy(mine))).toEqual({ kind: "done" });
  expect(stage.entry(text)).toEqual(theirs);
});

test("a withheld address of a pool has an entry that names no pod", () => {
  expect(entryOf({ holder: undefined, attempt: "w1" })).toEqual({ id: "w1", podref: "/withheld", ifname: "" });
});

test("a lease without interface has an entry without one, as old versions of Whereabouts wrote it", () => {
  expect(entryOf({ ...mine, holder: holder({ attachment: attachment({ ifName: "" }) }) })).toEqual({
    id: "c1",
    podref: "default/web-0",
  });
});
