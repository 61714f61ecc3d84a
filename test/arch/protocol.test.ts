/**
 * The table of rules and tests in docs/protocol.md: every rule is there, and every test it names exists.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { treeRoot } from "../tools/places.ts";

const text = readFileSync(join(treeRoot, "docs/protocol.md"), "utf8");
const rows = [...text.matchAll(/^\| ([PAF]\d+) \| (.+) \|$/gm)].map(([, rule = "", where = ""]) => ({ rule, where }));

/** `file "title", "title"; file "title"`: a file counts for all titles up to the next one. */
function namedTests(where: string): readonly { readonly file: string; readonly title: string }[] {
  let file = "";
  const named = [];
  for (const [, path, title] of where.matchAll(/`([a-z]+\/[\w/-]+)`|"((?:[^"]|"(?=\w))+)"/g)) {
    if (path !== undefined) file = path;
    else if (title !== undefined) named.push({ file, title });
  }
  return named;
}

function range(letter: string, last: number): readonly string[] {
  return Array.from({ length: last }, (_, at) => `${letter}${at + 1}`);
}

test("every rule, defect and hazard has a row", () => {
  const rules = [...range("P", 22), ...range("A", 24), ...range("F", 42)];
  expect(rows.map(({ rule }) => rule)).toEqual(rules);
});

test("every row names a test, or says why it has none", () => {
  const without = rows.filter(({ where }) => namedTests(where).length === 0);
  expect(without.map(({ rule, where }) => `${rule}: ${where}`)).toEqual(
    without
      .filter(({ where }) => where.startsWith("belongs to the reconcilers"))
      .map(({ rule, where }) => `${rule}: ${where}`),
  );
});

test.each(rows)("the tests of $rule exist", ({ where }) => {
  for (const { file, title } of namedTests(where)) {
    const source = readFileSync(join(treeRoot, "test", `${file}.test.ts`), "utf8");
    expect(source.includes(`"${title}`), `test "${title}" of ${file}`).toBe(true);
  }
});
