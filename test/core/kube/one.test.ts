/**
 * One reservation, when it is not as it was believed to be (P5, P9, P11, P12, P16).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { reservations } from "../../../core/kube/resources.ts";
import type { Held } from "../../../core/ports/store.ts";
import { attachment, claim, holder, place } from "../../support/samples.ts";
import { createStoreStage, home, type StoreStage } from "../../support/store-stage.ts";

const create = "create overlapping";
const name = "blue-10.0.0.5";
const mine = claim("10.0.0.5");
const next = claim("10.0.0.5", { attempt: "next", holder: holder({ attachment: attachment({ containerId: "c2" }) }) });

async function held(): Promise<StoreStage & { readonly held: Held }> {
  const stage = createStoreStage(false);
  return { ...stage, held: await stage.hold(mine) };
}

function uproot({ server }: StoreStage): void {
  server.uproot({ resource: reservations, namespace: home, name });
}

/** Somebody deletes it, and a finalizer keeps it. */
function keepLeaving({ server, plant }: StoreStage): void {
  plant(name, (object) => ({ ...object, metadata: { ...object.metadata, finalizers: ["example.org/keep"] } }));
  server.remove({ resource: reservations, namespace: home, name });
}

/** etcd was put back: from now on revisions are lower than what was seen. */
function restore(stage: StoreStage, deed: () => Promise<unknown>): Promise<unknown> {
  const backup = stage.server.backup();
  stage.server.advance(1000);
  return deed().then(() => stage.server.restore(backup));
}

test("an address that no object can be named for is refused, and nothing is asked", async () => {
  const stage = createStoreStage(false);
  const nameless = claim("::1", { place: place("::1", { network: "" }) });
  expect(await stage.store.claim(nameless)).toMatchObject({ kind: "refused", passesMs: 0 });
  expect(stage.link.calls).toEqual([]);
});

test("P16: a claim whose own answer shows that the API server went back in time is not held, though it stands", async () => {
  const stage = createStoreStage(false);
  await restore(stage, () => stage.hold(claim("10.0.0.6")));
  expect(await stage.store.claim(mine)).toMatchObject({ kind: "unknown", hopeless: true, mayLand: true });
  expect(stage.needs.tide.falls).toBe(1);
  expect(stage.server.all(reservations).map(({ metadata }) => metadata.name)).toEqual([name]);
});

describe("a claim that is repeated", () => {
  test.for<{ name: string; arrange: (stage: StoreStage) => void; is: object }>([
    {
      name: "while its own reservation is being deleted is not held",
      arrange: keepLeaving,
      is: { kind: "unknown", reason: "our own reservation is being deleted", mayLand: false },
    },
    {
      name: "when the address comes free at that moment is asked again",
      arrange: (stage) => stage.link.next("read overlapping", { before: () => uproot(stage) }),
      is: { kind: "unknown", hopeless: false, mayLand: true },
    },
    {
      name: "when it may not be read is not held, and not refused: it may have landed",
      arrange: ({ link }) =>
        link.next("read overlapping", {
          refused: { kind: "refused", status: 403, reason: "Forbidden", message: "not you" },
        }),
      is: { kind: "unknown", reason: "not you", hopeless: true, mayLand: true },
    },
    {
      name: "when nobody answers may have landed, although the question was not heard",
      arrange: ({ link }) => link.next("read overlapping", "away"),
      is: { kind: "unknown", mayLand: true },
    },
    {
      name: "when another living lease has the address, too, is not held",
      arrange: ({ plant }) =>
        plant(name, (object) => {
          const { annotations, ...metadata } = object.metadata;
          const contested = contestedBy;
          return { ...object, metadata: { ...metadata, annotations: { ...annotations, ...contested } } };
        }),
      is: { kind: "taken" },
    },
  ])("$name", async ({ arrange, is }) => {
    const stage = await held();
    arrange(stage);
    expect(await stage.until(stage.store.claim(mine, true))).toMatchObject(is);
  });

  test("with expired credentials is asked again, and has not landed", async () => {
    const stage = createStoreStage(false);
    stage.link.next(create, { refused: { kind: "refused", status: 401, reason: "Unauthorized", message: "who" } });
    expect(await stage.store.claim(mine)).toEqual({
      kind: "unknown",
      reason: "who",
      hopeless: false,
      mayLand: false,
    });
  });
});

const contestedBy = {
  "ipam.berth.io/contested": JSON.stringify({
    attempt: "other",
    kind: "dynamic",
    sinceMs: 1,
    definition: "blue-net",
    containerId: "c9",
    ifName: "net1",
    namespace: "default",
    name: "web-9",
    node: "node-9",
    bootId: "boot-9",
    bootNs: "1",
    evidence: "{}",
  }),
};

describe("a renewal", () => {
  test.for<{ name: string; arrange: (stage: StoreStage) => void; is: object }>([
    { name: "of what is gone is lost", arrange: uproot, is: { kind: "lost", now: undefined } },
    {
      name: "of what is gone between the refusal and the look is lost",
      arrange: (stage) => {
        stage.plant(name, (object) => object);
        stage.link.next("read overlapping", { before: () => uproot(stage) });
      },
      is: { kind: "lost", now: undefined },
    },
    {
      name: "that was refused, and cannot be looked at, is unknown",
      arrange: (stage) => {
        stage.plant(name, (object) => object);
        stage.link.next("read overlapping", "away");
      },
      is: { kind: "unknown", reason: "connection refused" },
    },
    {
      name: "that is refused although nothing has changed is unknown, and is not tried for ever",
      arrange: ({ link }) =>
        link.next("patch overlapping", {
          refused: { kind: "refused", status: 422, reason: "Invalid", message: "a webhook says no" },
        }),
      is: { kind: "unknown", reason: "a webhook says no" },
    },
    {
      name: "that is forbidden is unknown",
      arrange: ({ link }) =>
        link.next("patch overlapping", {
          refused: { kind: "refused", status: 403, reason: "Forbidden", message: "not you" },
        }),
      is: { kind: "unknown", reason: "not you" },
    },
    {
      name: "of what another renewed first is lost, and says to whom",
      arrange: ({ plant }) =>
        plant(name, (object) => {
          const { annotations, ...metadata } = object.metadata;
          const other = { "ipam.berth.io/attempt": "other" };
          return { ...object, metadata: { ...metadata, annotations: { ...annotations, ...other } } };
        }),
      is: { kind: "lost", now: { attempt: "other" } },
    },
  ])("$name", async ({ arrange, is }) => {
    const stage = await held();
    arrange(stage);
    expect(await stage.until(stage.store.renew(stage.held, next))).toMatchObject(is);
  });

  test("that an API server answers which went back in time is not believed", async () => {
    const stage = await held();
    await restore(stage, () => stage.hold(claim("10.0.0.6")));
    expect(await stage.until(stage.store.renew(stage.held, next))).toEqual({
      kind: "unknown",
      reason: "the API server went back in time",
    });
    expect(stage.needs.tide.falls).toBe(1);
  });
});

describe("a release", () => {
  test.for<{ name: string; arrange: (stage: StoreStage) => void; is: object }>([
    {
      name: "of what was changed, and is gone when it is looked at, is free",
      arrange: (stage) => {
        stage.plant(name, (object) => object);
        stage.link.next("read overlapping", { before: () => uproot(stage) });
      },
      is: { kind: "freed" },
    },
    {
      name: "of what was changed, and cannot be looked at, is unknown",
      arrange: (stage) => {
        stage.plant(name, (object) => object);
        stage.link.next("read overlapping", "away");
      },
      is: { kind: "unknown", reason: "connection refused" },
    },
    {
      name: "that is forbidden is unknown",
      arrange: ({ link }) =>
        link.next("remove overlapping", {
          refused: { kind: "refused", status: 403, reason: "Forbidden", message: "not you" },
        }),
      is: { kind: "unknown", reason: "not you" },
    },
  ])("$name", async ({ arrange, is }) => {
    const stage = await held();
    arrange(stage);
    expect(await stage.until(stage.store.release(stage.held))).toMatchObject(is);
  });
});

test("a release that a finalizer holds up is not called free", async () => {
  const stage = await held();
  stage.plant(name, (object) => ({ ...object, metadata: { ...object.metadata, finalizers: ["example.org/keep"] } }));
  const found = await stage.store.look(mine.place);
  if (found === undefined) throw new Error("nothing is held");
  expect(await stage.store.release(found)).toEqual({ kind: "unknown", reason: "a finalizer keeps the reservation" });
  expect(stage.standing()).toHaveLength(1);
});

test("P16: reservations of one static address are judged each by its own request: none of them went back in time", async () => {
  const stage = createStoreStage(false);
  for (const pool of ["10.0.0.0/24", "10.0.0.0/25"]) {
    const range = { pool, first: mine.place.address, last: mine.place.address, excluded: [] };
    const serving = { network: "blue", definition: pool, overlapping: false, ranges: [range], atMs: 1 };
    await stage.until(stage.store.open(serving));
  }
  const fixed = claim("10.0.0.5", { kind: "static", place: place("10.0.0.5", { pool: "" }) });
  stage.link.next("create overlappingrangeipreservations blue-10.0.0.0-25.10.0.0.5", "unheard");
  expect(await stage.until(stage.store.claim(fixed))).toMatchObject({ kind: "unknown", mayLand: true });
  expect(await stage.until(stage.store.claim(fixed, true))).toMatchObject({ kind: "held" });
  expect(stage.needs.tide.falls).toBe(0);
});
