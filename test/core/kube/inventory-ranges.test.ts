/**
 * How full ranges are: what is counted in which, and in which order they are shown.
 *
 * @module
 */
import { expect, test } from "vitest";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { parsePrefix } from "../../../core/ip/prefix.ts";
import { type BareRange, countRanges, poolRange } from "../../../core/kube/inventory-ranges.ts";
import type { LeaseRecord } from "../../../core/ports/inventory.ts";
import { holder, place } from "../../support/samples.ts";

function range(cidr: string, changes: Partial<BareRange> = {}): BareRange {
  const read = parsePrefix(cidr);
  if (read.kind !== "prefix") throw new Error(cidr);
  return { ...poolRange("blue", read.prefix, true), ...changes };
}

function record(
  text: string,
  changes: Partial<LeaseRecord> = {},
  where: Parameters<typeof place>[1] = {},
): LeaseRecord {
  return {
    place: place(text, where),
    kind: "dynamic",
    state: "lease",
    holder: holder(),
    sinceMs: 0,
    answeredMs: undefined,
    reason: "",
    attempt: text,
    isHeld: true,
    isJournaled: false,
    ...changes,
  };
}

test.for<{ name: string; records: readonly LeaseRecord[]; changes?: Partial<BareRange>; used: bigint }>([
  {
    name: "leases between its first and last address",
    records: ["10.0.0.1", "10.0.0.6"].map((one) => record(one)),
    used: 2n,
  },
  { name: "none before or behind it", records: ["9.0.0.1", "10.0.0.8"].map((one) => record(one)), used: 0n },
  { name: "none of the other family", records: [record("10.0.0.1"), record("::a00:2")], used: 1n },
  {
    name: "none of another network, whichever comes first",
    records: [record("10.0.0.1", {}, { network: "a" }), record("10.0.0.1"), record("10.0.0.2", {}, { network: "red" })],
    used: 1n,
  },
  { name: "nothing that is not held any more", records: [record("10.0.0.1", { isHeld: false })], used: 0n },
  { name: "an address that two hold once", records: [record("10.0.0.1"), record("10.0.0.1")], used: 1n },
  {
    name: "with overlapping ranges off its own leases and what is of no pool",
    changes: { overlapping: false },
    records: [
      record("10.0.0.1", {}, { overlapping: false, pool: "10.0.0.0/29" }),
      record("10.0.0.2", {}, { overlapping: false, pool: "10.0.0.0/16" }),
      record("10.0.0.3", {}, { pool: "10.0.0.0/29" }),
      record("10.0.0.4", { kind: "static" }, { pool: "" }),
    ],
    used: 2n,
  },
])("a range counts $name", ({ records, changes, used }) => {
  expect(countRanges([range("10.0.0.0/29", changes)], records)).toMatchObject([{ used, free: 6n - used }]);
});

test("of what is used it is told how much is withheld", () => {
  const records = [record("10.0.0.1"), record("10.0.0.2", { kind: "withheld", holder: undefined })];
  expect(countRanges([range("10.0.0.0/29")], records)).toMatchObject([{ used: 2n, withheld: 1n, free: 4n }]);
});

test("ranges are in the order of networks, families, first and last addresses, and definitions; equal ones stay as they came", () => {
  const ordered = [
    range("10.9.0.0/29", { network: "a" }),
    range("10.0.0.0/29", { definition: "x/a" }),
    range("10.0.0.0/29", { definition: "x/b", seenMs: 1 }),
    range("10.0.0.0/29", { definition: "x/b", seenMs: 2 }),
    range("10.0.0.0/28"),
    range("10.0.1.0/29"),
    range("fd00::/126"),
  ];
  const words = ({ network, first, last, definition, seenMs }: BareRange) =>
    [network, formatAddress(first), formatAddress(last), definition, seenMs].join(" ");
  for (const turned of [ordered, ordered.toReversed()]) {
    const shown = countRanges(turned, []).map(words);
    expect(new Set(shown.slice(2, 4))).toEqual(new Set(ordered.slice(2, 4).map(words)));
    expect(shown.toSpliced(2, 2)).toEqual(ordered.map(words).toSpliced(2, 2));
  }
});
