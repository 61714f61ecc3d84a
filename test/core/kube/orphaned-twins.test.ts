/**
 * Further reservations without their first: removed only when the first is certainly gone (P21).
 *
 * @module
 */
import { expect, test } from "vitest";
import { removeOrphanedTwins } from "../../../core/kube/orphaned-twins.ts";
import { reservations } from "../../../core/kube/resources.ts";
import { claim, place } from "../../support/samples.ts";
import { createStoreStage, home, serving, type StoreStage } from "../../support/store-stage.ts";

const kept = claim("10.0.0.5", { kind: "withheld", holder: undefined, place: place("10.0.0.5", { pool: "" }) });
const name = { resource: reservations, namespace: home, name: "blue-10.0.0.5" };
const [first, twin] = ["blue-10.0.0.5 attempt-10.0.0.5", "blue-10.0.0.0-24.10.0.0.5 attempt-10.0.0.5"];

/** A withheld address and its further reservation. */
async function withheld(): Promise<StoreStage> {
  const stage = createStoreStage(false);
  await stage.until(stage.store.open(serving("10.0.0.0/24", false)));
  await stage.hold(kept);
  return stage;
}

test("one whose first has gone is removed; one whose first stands is not", async () => {
  const stage = await withheld();
  expect(await stage.until(removeOrphanedTwins(stage.needs))).toEqual({ kind: "done", removed: 0 });
  expect(stage.standing()).toEqual([twin, first]);
  stage.server.uproot(name);
  expect(await stage.until(removeOrphanedTwins(stage.needs))).toEqual({ kind: "done", removed: 1 });
  expect(stage.standing()).toEqual([]);
});

test("one whose first was made anew under another attempt is removed", async () => {
  const stage = await withheld();
  stage.server.uproot(name);
  const again = { ...kept, attempt: "again" };
  await stage.until(stage.store.claim({ ...again, place: { ...again.place, network: "blue" } }));
  await stage.until(removeOrphanedTwins(stage.needs));
  expect(stage.standing()).not.toContain(twin);
});

test("one whose first has lost its labels, and so is not listed, stays", async () => {
  const stage = await withheld();
  stage.plant("blue-10.0.0.5", (object) => {
    const { labels: _labels, ...metadata } = object.metadata;
    return { ...object, metadata };
  });
  expect(await stage.until(removeOrphanedTwins(stage.needs))).toEqual({ kind: "done", removed: 0 });
  expect(stage.standing()).toEqual([twin, first]);
});

test.for(["list overlapping", "read overlapping", "remove overlapping"])(
  "while the API server does not answer (%s) none is called removed",
  async (call) => {
    const stage = await withheld();
    stage.server.uproot(name);
    stage.link.next(call, "away");
    expect(await stage.until(removeOrphanedTwins(stage.needs))).toEqual({
      kind: "unknown",
      reason: "connection refused",
    });
    expect(stage.standing()).toEqual([twin]);
  },
);
