/**
 * The whole file of what Whereabouts does: no row fails, and as many rows of each kind ran as there are.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { differences } from "./differences.ts";
import { judge } from "./judge.ts";
import { kinds } from "./kinds.ts";
import { isTurnedRound, parseRows } from "./row.ts";

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");
const parsed = parseRows(read("whereabouts.json"));
const rows = parsed.kind === "rows" ? parsed.rows : [];
const judged = await Promise.all(rows.map((row) => judge(row, { kinds, differences })));
const ran = judged.filter(({ verdict }) => verdict !== "n/a");

test.each(ran.map((one) => ({ ...one, name: `${one.row.kind} ${one.row.id}` })))("$name", ({ verdict, why }) => {
  expect({ verdict, why }).toEqual({ verdict: "pass", why });
});

test("every row of every kind that has code was run", () => {
  const counts = new Map<string, number>();
  for (const { row } of ran) counts.set(row.kind, (counts.get(row.kind) ?? 0) + 1);
  expect(Object.fromEntries(counts)).toMatchObject({
    "alloc.next": 24,
    cni: 13,
    "config.load": 49,
    "ip.addOffset": 3,
    "ip.inRange": 8,
    "ip.offset": 10,
    "iprange.bounds": 12,
    "name.ippool": 4,
    "name.normalizeIP": 3,
    "name.reconcilerDenormalize": 2,
    "podstatus.ips": 4,
    "pool.decodeKey": 5,
    "pool.patch": 2,
    "pool.patch.error": 2,
    reconcile: 10,
  });
  // The rows of config.flatLookup are in flat-lookup.json.
  expect([...counts.keys(), "config.flatLookup"].sort()).toEqual([...kinds.keys()].sort());
});

describe("the list of differences", () => {
  test("names only rows that are there and have code", () => {
    const ids = new Set(ran.map(({ row }) => row.id));
    expect([...differences.keys()].filter((id) => !ids.has(id))).toEqual([]);
  });

  test("says what the design wants for every row that is turned round", () => {
    expect(ran.filter(({ row }) => isTurnedRound(row) && !differences.has(row.id)).map(({ row }) => row.id)).toEqual(
      [],
    );
  });

  test("is the one in README.md", () => {
    const listed = [...read("README.md").matchAll(/^\| `([^`]+)` \|.* \| (.+) \|$/gm)].map(([, id, reason]) => [
      id,
      reason,
    ]);
    expect(listed).toEqual([...differences].map(([id, { reason }]) => [id, reason]));
  });
});
