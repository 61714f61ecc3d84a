/**
 * The judge itself: it must fail what is wrong, in every direction.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { type Book, judge } from "./judge.ts";
import { report } from "./report.ts";
import type { Row } from "./row.ts";

/** A kind that answers as its input says. */
const book: Book = {
  kinds: new Map([
    [
      "echo",
      (input) => {
        if ("throw" in input) throw new Error("broken");
        return "refuse" in input ? { kind: "error", message: "no" } : { kind: "answer", fields: input };
      },
    ],
  ]),
  differences: new Map([["other", { expect: { ip: "2" }, reason: "because" }]]),
};
const row = (parts: Partial<Row>): Row => ({ id: "one", kind: "echo", input: {}, expect: {}, ...parts });

describe("judge()", () => {
  test.each<{ name: string; parts: Partial<Row>; verdict: string }>([
    { name: "an equal answer", parts: { input: { ip: "1" }, expect: { ip: "1" } }, verdict: "pass" },
    { name: "another answer", parts: { input: { ip: "1" }, expect: { ip: "2" } }, verdict: "fail" },
    {
      name: "fields that are not listed",
      parts: { input: { ip: "1", more: 2 }, expect: { ip: "1" } },
      verdict: "pass",
    },
    { name: "a field that is missing", parts: { input: {}, expect: { ip: "1" } }, verdict: "fail" },
    { name: "another type", parts: { input: { ip: 1 }, expect: { ip: "1" } }, verdict: "fail" },
    { name: "null for nothing", parts: { input: {}, expect: { ip: null } }, verdict: "pass" },
    { name: "null for something", parts: { input: { ip: "1" }, expect: { ip: null } }, verdict: "fail" },
    { name: "nothing for an object", parts: { input: { a: null }, expect: { a: { b: 1 } } }, verdict: "fail" },
    { name: "part of an object", parts: { input: { a: { b: 1, c: 2 } }, expect: { a: { b: 1 } } }, verdict: "pass" },
    { name: "a list", parts: { input: { a: [{ b: 1 }] }, expect: { a: [{ b: 1 }] } }, verdict: "pass" },
    { name: "a longer list", parts: { input: { a: [1, 2] }, expect: { a: [1] } }, verdict: "fail" },
    { name: "no list", parts: { input: { a: "1" }, expect: { a: ["1"] } }, verdict: "fail" },
    { name: "an error for an error", parts: { input: { refuse: 1 }, expect: { error: "any" } }, verdict: "pass" },
    { name: "an error for a panic", parts: { input: { refuse: 1 }, expect: { panic: "any" } }, verdict: "pass" },
    {
      name: "an error for a type of error",
      parts: { input: { refuse: 1 }, expect: { errorType: "T" } },
      verdict: "pass",
    },
    { name: "an answer for an error", parts: { input: { error: "any" }, expect: { error: "any" } }, verdict: "fail" },
    { name: "an error for an answer", parts: { input: { refuse: 1 }, expect: { ip: "1" } }, verdict: "fail" },
    { name: "an error for anything", parts: { input: { refuse: 1 }, expect: {} }, verdict: "fail" },
    { name: "an exception for an error", parts: { input: { throw: 1 }, expect: { error: "any" } }, verdict: "fail" },
    {
      name: "a defect that is copied",
      parts: { note: "DEFECT: x", input: { ip: "1" }, expect: { ip: "1" } },
      verdict: "fail",
    },
    {
      name: "a defect that is not",
      parts: { note: "DEFECT: x", input: { ip: "2" }, expect: { ip: "1" } },
      verdict: "pass",
    },
    {
      name: "a note that only mentions one",
      parts: { note: "no DEFECT", input: { ip: "1" }, expect: { ip: "1" } },
      verdict: "pass",
    },
    {
      name: "a differing row that is copied",
      parts: { differs: "x", input: { ip: "1" }, expect: { ip: "1" } },
      verdict: "fail",
    },
    { name: "a differing row", parts: { differs: "x", input: { ip: "2" }, expect: { ip: "1" } }, verdict: "pass" },
    { name: "a listed difference", parts: { id: "other", input: { ip: "2" }, expect: { ip: "1" } }, verdict: "pass" },
    {
      name: "a listed difference that is neither",
      parts: { id: "other", input: { ip: "3" }, expect: { ip: "1" } },
      verdict: "fail",
    },
    {
      name: "a listed difference that is none",
      parts: { id: "other", input: { ip: "2" }, expect: { ip: "2" } },
      verdict: "fail",
    },
    { name: "a kind without code", parts: { kind: "elsewhere" }, verdict: "n/a" },
  ])("$name: $verdict", async ({ parts, verdict }) => {
    expect((await judge(row(parts), book)).verdict).toBe(verdict);
  });

  test("an exception turned round is no answer either", async () => {
    const judged = await judge(row({ differs: "x", input: { throw: 1 }, expect: { ip: "1" } }), book);
    expect(judged).toMatchObject({ verdict: "fail", why: expect.stringContaining("broken") });
  });
});

describe("report()", () => {
  const file = (...rows: Partial<Row>[]): string => JSON.stringify({ vectors: rows.map(row) });

  test("prints a line for each id and a summary", async () => {
    const good = { input: { ip: "1" }, expect: { ip: "1" } };
    expect(await report("f", file(good, { ...good, id: "two", kind: "elsewhere" }), book)).toEqual({
      lines: ["pass  one", "n/a   two  no code for kind elsewhere", "", "1 passed, 0 failed, 1 not applicable"],
      exitCode: 0,
    });
  });

  test("exits with 1 when a row fails", async () => {
    const { lines, exitCode } = await report("f", file({ input: { ip: "1" }, expect: { ip: "2" } }), book);
    expect(exitCode).toBe(1);
    expect(lines[0]).toBe('fail  one  {"ip":"1"}, expected {"ip":"2"}');
  });

  test.each([
    { name: "no JSON", text: "{", says: "a JSON document" },
    { name: "no list", text: "{}", says: 'an object with a list "vectors" of rows' },
    { name: "a row without an id", text: '{"vectors":[{"kind":"k"}]}', says: "vectors[0].id" },
    { name: "an id that is there twice", text: file({}, {}), says: 'each id once, but "one" is there twice' },
  ])("exits with 2 for $name", async ({ text, says }) => {
    const { lines, exitCode } = await report("f", text, book);
    expect(exitCode).toBe(2);
    expect(lines.join("\n")).toContain('Cannot read vectors "f": expected ');
    expect(lines.join("\n")).toContain(says);
  });
});
