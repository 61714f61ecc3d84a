/**
 * What the entry of a living lease says, and writing it anew (P15).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { entrySights, writeEntry } from "../../../core/kube/entry-sights.ts";
import { entryOf } from "../../../core/kube/mixed.ts";
import { pools } from "../../../core/kube/resources.ts";
import type { Reservation } from "../../../core/ports/cluster.ts";
import type { Claim } from "../../../core/ports/store.ts";
import { attachment, claim, holder, place } from "../../support/samples.ts";
import { createStoreStage, home, serving, type StoreStage } from "../../support/store-stage.ts";

const lease = claim("10.0.0.5");
const theirs = { id: "wb-1-and-much-more", podref: "default/wb", ifname: "net1" };

/** Of the same lease, for an earlier sandbox. */
const earlier = claim("10.0.0.5", { holder: holder({ attachment: attachment({ containerId: "c0" }) }) });

async function stage(): Promise<StoreStage> {
  const made = createStoreStage(true);
  await made.until(made.store.open(serving()));
  return made;
}

function reservation(of: Claim): Reservation {
  const marks = { name: "blue-10.0.0.5", uid: "u", revision: 1n, journal: "journal-1", isLabelled: true, twinOf: "" };
  return { ...of, ...marks, version: "v" };
}

describe("the entry of a lease is", () => {
  test.for<{ name: string; arrange: (stage: StoreStage) => void; was?: Reservation; is: object }>([
    { name: "ours", arrange: ({ writeEntry: write }) => write("10.0.0.5", entryOf(lease)), is: { kind: "ours" } },
    { name: "missing", arrange: () => undefined, is: { kind: "missing" } },
    {
      name: "old, when an earlier sandbox of the lease wrote it",
      arrange: ({ writeEntry: write }) => write("10.0.0.5", entryOf(earlier)),
      was: reservation(earlier),
      is: { kind: "old", was: reservation(earlier) },
    },
    {
      name: "another's, when nobody knows of an earlier sandbox",
      arrange: ({ writeEntry: write }) => write("10.0.0.5", entryOf(earlier)),
      is: { kind: "other", by: "pod default/web-0, container c0" },
    },
    {
      name: "another's, when it is neither sandbox's; of its container so much is told as people see",
      arrange: ({ writeEntry: write }) => write("10.0.0.5", theirs),
      was: reservation(earlier),
      is: { kind: "other", by: "pod default/wb, container wb-1-and-much" },
    },
    {
      name: "another's, when a key that cannot be read may mean its address",
      arrange: ({ server }) => {
        const spec = { range: "10.0.0.0/24", allocations: { "05": theirs } };
        server.plant(pools, { metadata: { name: "blue-10.0.0.0-24", namespace: home, uid: "u" }, spec });
      },
      is: { kind: "other", by: "a key that cannot be read" },
    },
    {
      name: "unknown, when the pool cannot be read",
      arrange: ({ link }) => link.next("read ippools", "away"),
      is: { kind: "unknown", reason: "connection refused" },
    },
    {
      name: "unknown, when the pool is nonsense",
      arrange: ({ server }) =>
        server.plant(pools, { metadata: { name: "blue-10.0.0.0-24", namespace: home }, spec: { range: "x" } }),
      is: { kind: "unknown" },
    },
  ])("$name", async ({ arrange, was, is }) => {
    const made = await stage();
    arrange(made);
    const [sight] = await made.until(entrySights(made.needs, [{ ...lease, was }]));
    expect(sight).toMatchObject(is);
  });

  test("nothing to look for when Berth is alone", async () => {
    const made = createStoreStage(false);
    expect(await entrySights(made.needs, [{ ...lease, was: undefined }])).toEqual([{ kind: "ours" }]);
    expect(await writeEntry(made.needs, lease, undefined)).toEqual({ kind: "done" });
    expect(made.link.calls).toEqual([]);
  });
});

test("each pool is read once, however many leases are in it", async () => {
  const made = await stage();
  await made.until(made.store.open(serving("10.0.1.0/24")));
  made.link.calls.splice(0);
  const leases = [lease, claim("10.0.0.6"), claim("10.0.1.5", { place: place("10.0.1.5", { pool: "10.0.1.0/24" }) })];
  const sights = await made.until(
    entrySights(
      made.needs,
      leases.map((one) => ({ ...one, was: undefined })),
    ),
  );
  expect(sights.map(({ kind }) => kind)).toEqual(["missing", "missing", "missing"]);
  expect(made.link.calls).toEqual(["read ippools blue-10.0.0.0-24", "read ippools blue-10.0.1.0-24"]);
});

describe("the entry of a living lease", () => {
  test.for([
    { name: "is written where there is none", stands: undefined, was: undefined },
    { name: "is written over the one that its earlier sandbox wrote", stands: entryOf(earlier), was: earlier },
  ])("$name", async ({ stands, was }) => {
    const made = await stage();
    made.writeEntry("10.0.0.5", stands);
    expect(await made.until(writeEntry(made.needs, lease, was))).toEqual({ kind: "done" });
    expect(made.entry("10.0.0.5")).toEqual(entryOf(lease));
  });

  test.for([
    { name: "where another stands now", was: undefined },
    { name: "where another followed the earlier sandbox's", was: earlier },
  ])("is not written $name, and it is told", async ({ was }) => {
    const made = await stage();
    made.writeEntry("10.0.0.5", theirs);
    expect(await made.until(writeEntry(made.needs, lease, was))).toEqual({
      kind: "unknown",
      reason: "somebody else wrote the entry",
    });
    expect(made.entry("10.0.0.5")).toEqual(theirs);
  });

  test.for([
    { name: "nobody answers", fate: "away", reason: "connection refused" },
    {
      name: "it is forbidden",
      fate: { refused: { kind: "refused", status: 403, reason: "Forbidden", message: "not you" } },
      reason: "not you",
    },
  ] as const)("is not called written when $name", async ({ fate, reason }) => {
    const made = await stage();
    made.link.next("patch ippools", fate);
    expect(await made.until(writeEntry(made.needs, lease, undefined))).toEqual({ kind: "unknown", reason });
  });
});
