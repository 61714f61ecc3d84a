/**
 * An address that is held twice, found by `berthctl doctor`. The store refuses that, so the records are made up.
 *
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import type { LeaseRecord } from "../../../core/ports/inventory.ts";
import { holder, place } from "../../support/samples.ts";
import { createDesk, type OpenDesk } from "../desk.ts";

let desk: OpenDesk;
afterEach(() => desk.close());

type Changes = Omit<Partial<LeaseRecord>, "place"> & { readonly at?: Partial<LeaseRecord["place"]> };

function record({ at, ...changes }: Changes = {}): LeaseRecord {
  return {
    place: place("10.0.0.1", { network: "blue", pool: "10.0.0.0/29", overlapping: true, ...at }),
    kind: "dynamic",
    state: "lease",
    holder: holder(),
    sinceMs: 0,
    answeredMs: 0,
    reason: "",
    attempt: "a",
    isHeld: true,
    isJournaled: true,
    ...changes,
  };
}

function doctor(records: readonly LeaseRecord[]) {
  desk = createDesk();
  const inventory = { ranges: () => [], leases: () => records, resting: () => [] };
  return desk
    .with({ opened: { kind: "open", store: "embedded", inventory, close: () => undefined } })
    .berthctl("doctor");
}

const apart = { overlapping: false };
const other = { overlapping: false, pool: "10.0.0.0/28" };

describe("berthctl doctor, of an address that is held twice", () => {
  test.for([
    { name: "in one pool, with overlapping ranges on and off", records: [record(), record({ at: apart })] },
    {
      name: "by a lease and outside of pools",
      records: [record(), record({ kind: "static", state: "static", at: { pool: "" } })],
    },
    {
      name: "by the third of it",
      records: [record({ at: apart }), record({ at: other }), record({ at: { pool: other.pool } })],
    },
  ])("fails for one that is held $name", async ({ records }) => {
    const { code, out } = await doctor(records);
    expect(code).toBe(1);
    expect(out).toMatch(/^fail {2}leases +1 lease \(such as 10\.0\.0\.1\) of an address that somebody else /m);
    expect(out).toContain("→ end one of the two: run: berthctl show 10.0.0.1\n");
  });

  test.for([
    { name: "two pools with overlapping ranges off", records: [record({ at: apart }), record({ at: other })] },
    { name: "two networks", records: [record(), record({ at: { network: "red" } })] },
    { name: "another address", records: [record(), { ...record(), place: place("10.0.0.2") }] },
    { name: "one that is on its way back", records: [record(), record({ state: "freeing", at: apart })] },
    {
      name: "what the store does not hold",
      records: [record(), record({ state: "intent", isHeld: false, at: apart })],
    },
  ])("says nothing of $name", async ({ records }) => {
    expect((await doctor(records)).out).not.toContain("somebody else");
  });
});
