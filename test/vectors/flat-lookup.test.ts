/**
 * Where a flat file is looked for.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { differences } from "./differences.ts";
import { judge } from "./judge.ts";
import { kinds } from "./kinds.ts";
import { parseRows } from "./row.ts";

const parsed = parseRows(readFileSync(new URL("flat-lookup.json", import.meta.url), "utf8"));
const rows = parsed.kind === "rows" ? parsed.rows : [];

test("the rows are there", () => {
  expect(rows).toHaveLength(7);
});

test.each(rows.map((row) => ({ ...row, name: row.id })))("$name", async (row) => {
  expect(await judge(row, { kinds, differences })).toMatchObject({ verdict: "pass", why: "" });
});
