/**
 * Which leases are taken again.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { planReuse, type ReuseQuestion } from "../../../core/allocate/reuse.ts";
import { wantedOf } from "../../../core/allocate/wanted.ts";
import type { RequestedAddress } from "../../../core/cni/call.ts";
import type { Row } from "../../../core/ports/journal.ts";
import { definition } from "../../support/definitions.ts";
import { address, newRow, place } from "../../support/samples.ts";

let ids = 0;
const row = (text: string, changes: Partial<Row> = {}): Row => ({
  ...newRow(text),
  id: ++ids,
  state: "lease",
  version: "1",
  answeredMs: 1,
  reason: "",
  conflict: "",
  ...changes,
});

function plan(ipam: object, question: Partial<ReuseQuestion>, ...requests: RequestedAddress[]) {
  const wanted = wantedOf(definition(ipam), requests);
  if (wanted.kind === "failure") throw new Error(wanted.failure.message);
  return planReuse({ wanted: wanted.list, network: "blue", overlapping: true, own: [], ofPod: [], ...question });
}

const one = { ranges: [{ range: "10.0.0.0/24" }] };
const two = { ranges: [{ range: "10.0.0.0/24" }, { range: "10.0.0.0/24" }] };
const asked = (text: string): RequestedAddress => ({
  address: address(text),
  prefixLength: undefined,
  gateway: undefined,
  from: "",
});

describe("planReuse()", () => {
  test("takes the attachment's own lease again, also one on its way back", () => {
    const own = row("10.0.0.5", { state: "freeing" });
    expect(plan(one, { own: [own] })).toEqual({ again: new Map([[0, own]]), giveBack: [], stillUsed: [] });
  });

  test("keeps two ranges of one CIDR in their order, whichever row comes first", () => {
    const [second, first] = [row("10.0.0.6", { index: 1 }), row("10.0.0.5", { index: 0 })];
    expect(plan(two, { own: [second, first] }).again).toEqual(
      new Map([
        [0, first],
        [1, second],
      ]),
    );
  });

  test("takes a lease of another position when its own has none: a range was put before it", () => {
    const moved = row("10.0.0.5", { index: 0 });
    const ipam = { ranges: [{ range: "10.9.0.0/24" }, { range: "10.0.0.0/24" }] };
    expect(plan(ipam, { own: [moved] }).again).toEqual(new Map([[1, moved]]));
  });

  const notAllowed: {
    name: string;
    ipam: object;
    own: Row;
    changes?: Partial<ReuseQuestion>;
    requests?: RequestedAddress[];
  }[] = [
    {
      name: "an address that is excluded now",
      ipam: { ranges: [{ range: "10.0.0.0/24", exclude: ["10.0.0.5"] }] },
      own: row("10.0.0.5"),
    },
    {
      name: "an address below the first of the range now",
      ipam: { ranges: [{ range: "10.0.0.50-10.0.0.99/24" }] },
      own: row("10.0.0.5"),
    },
    {
      name: "a lease of another pool",
      ipam: one,
      own: row("10.0.0.5", { place: place("10.0.0.5", { pool: "10.0.0.0/16" }) }),
    },
    {
      name: "a lease of another network",
      ipam: one,
      own: row("10.0.0.5", { place: place("10.0.0.5", { network: "red" }) }),
    },
    {
      name: "a lease under the other setting of overlapping ranges",
      ipam: one,
      own: row("10.0.0.5"),
      changes: { overlapping: false },
    },
    {
      name: "another address than the one that is asked for",
      ipam: one,
      own: row("10.0.0.5"),
      requests: [asked("10.0.0.6")],
    },
    { name: "a static lease where a range is wanted", ipam: one, own: row("10.0.0.5", { kind: "static" }) },
  ];
  test.each(notAllowed)("gives $name back, and takes nothing again", ({ ipam, own, changes = {}, requests = [] }) => {
    expect(plan(ipam, { own: [own], ...changes }, ...requests)).toEqual({
      again: new Map(),
      giveBack: [own],
      stillUsed: [],
    });
  });

  test("does not give back what is on its way back already", () => {
    expect(plan(one, { own: [row("10.9.0.5", { state: "freeing" })] }).giveBack).toEqual([]);
  });

  test("takes the requested address again when it is the one", () => {
    const own = row("10.0.0.5");
    expect(plan(one, { own: [own] }, asked("10.0.0.5")).again).toEqual(new Map([[0, own]]));
  });

  test("takes a static lease again at its address only", () => {
    const ipam = { ranges: undefined, addresses: [{ address: "10.9.0.7/24" }] };
    const kept = row("10.9.0.7", { kind: "static", place: place("10.9.0.7", { pool: "" }) });
    const other = row("10.9.0.8", { kind: "static", place: place("10.9.0.8", { pool: "" }) });
    expect(plan(ipam, { own: [other, kept] })).toEqual({
      again: new Map([[0, kept]]),
      giveBack: [other],
      stillUsed: [],
    });
  });

  test("does not take a static lease again that the definition no longer enforces", () => {
    const ipam = { ranges: undefined, addresses: [{ address: "10.9.0.7/24" }], unique: false };
    expect(
      plan(ipam, { own: [row("10.9.0.7", { kind: "static", place: place("10.9.0.7", { pool: "" }) })] }).again.size,
    ).toBe(0);
  });

  test("takes the pod's lease again when its old sandbox has gone, and tells when it has not", () => {
    const old = row("10.0.0.5");
    expect(plan(one, { ofPod: [{ row: old, isGone: true }] })).toEqual({
      again: new Map([[0, old]]),
      giveBack: [],
      stillUsed: [],
    });
    expect(plan(one, { ofPod: [{ row: old, isGone: false }] })).toEqual({
      again: new Map(),
      giveBack: [],
      stillUsed: [old],
    });
  });

  test("prefers the attachment's own lease, and leaves the pod's other one alone", () => {
    const [own, old] = [row("10.0.0.5"), row("10.0.0.6")];
    expect(plan(one, { own: [own], ofPod: [{ row: old, isGone: true }] })).toEqual({
      again: new Map([[0, own]]),
      giveBack: [],
      stillUsed: [],
    });
  });

  test("tells of a sandbox that stands also when only one of two ranges had its address there", () => {
    const old = row("10.0.0.5");
    const ipam = { ranges: [{ range: "10.9.0.0/24" }, { range: "10.0.0.0/24" }] };
    expect(plan(ipam, { ofPod: [{ row: old, isGone: false }] }).stillUsed).toEqual([old]);
  });

  test("does not take a range's lease again as the static one of its address", () => {
    const dynamic = row("10.9.0.7", { place: place("10.9.0.7", { pool: "10.9.0.0/24" }) });
    const ipam = { ranges: undefined, addresses: [{ address: "10.9.0.7/24" }] };
    expect(plan(ipam, { own: [dynamic] })).toEqual({ again: new Map(), giveBack: [dynamic], stillUsed: [] });
  });

  test("says nothing of a sandbox that stands but holds nothing of this definition", () => {
    expect(plan(one, { ofPod: [{ row: row("10.9.0.5"), isGone: false }] }).stillUsed).toEqual([]);
  });
});
