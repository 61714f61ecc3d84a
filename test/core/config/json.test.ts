/**
 * JSON with its limits and its repeated keys.
 *
 * @module
 */
import { describe, expect, it } from "vitest";
import { formatPath, jsonDepthMax, jsonLengthMax, parseJson } from "../../../core/config/json.ts";

describe("parseJson()", () => {
  it.each([
    ["an empty object", "{}", {}],
    ["blanks everywhere", ' \t\r\n{ "a" : [ 1 , -2.5e3 , true , null ] } ', { a: [1, -2500, true, null] }],
    ["a bare text", '"x"', "x"],
    ["escapes", String.raw`{"\u0061\n":"\\\""}`, { "a\n": '\\"' }],
    ["a key named __proto__", '{"__proto__":1}', JSON.parse('{"__proto__":1}')],
  ])("reads %s", (_name, text, value) => {
    expect(parseJson(text)).toEqual({ kind: "json", value, repeats: [] });
  });

  it.each([
    ["nothing", "", "a JSON value at line 1, column 1"],
    ["half an object", '{"a":', "a JSON value at line 1, column 6"],
    ["a missing comma", '{"a":1\n "b":2}', '"," or "}" at line 2, column 2'],
    ["a missing colon", '{"a" 1}', '":" at line 1, column 6'],
    ["a key without quotes", "{ asdf }", "a key in double quotes at line 1, column 3"],
    ["a comma at the end of an object", '{"a":1,}', "a key in double quotes at line 1, column 8"],
    ["a comma at the end of a list", "[1,]", "a JSON value at line 1, column 4"],
    ["an open list", "[1", '"," or "]" at line 1, column 3'],
    ["two documents", "{} {}", "nothing after the JSON document at line 1, column 4"],
    ["a leading zero", "[01]", "a JSON value at line 1, column 2"],
    ["a control character in a text", '["a\u0001"]', "a JSON value at line 1, column 2"],
    ["a half escape", String.raw`["\u12"]`, "a JSON value at line 1, column 2"],
    ["a word that is none", "nul", "a JSON value at line 1, column 1"],
    ["a word with more behind it", "trueish", "a JSON value at line 1, column 1"],
  ])("tells where %s breaks", (_name, text, expected) => {
    expect(parseJson(text)).toMatchObject({ kind: "unreadable", fault: { expected }, isTooLarge: false });
    expect(() => JSON.parse(text)).toThrow();
  });

  it("sees keys that repeat, and those that repeat but for their case", () => {
    const text = '{"a":1,"b":{"X":1,"x":2},"c":[{"k":1,"k":2}],"a":3}';
    expect(parseJson(text)).toMatchObject({
      value: { a: 3, b: { X: 1, x: 2 }, c: [{ k: 2 }] },
      repeats: [
        { steps: ["b", "x"], isExact: false },
        { steps: ["c", 0, "k"], isExact: true },
        { steps: ["a"], isExact: true },
      ],
    });
  });

  it("folds letters as Go does", () => {
    expect(parseJson('{"s":1,"ſ":2,"k":1,"K":2}')).toMatchObject({ repeats: [{}, {}] });
  });

  it("lists a bounded number of repeats", () => {
    const json = parseJson(`{${Array.from({ length: 5000 }, () => '"k":1').join(",")}}`);
    expect(json.kind === "json" && json.repeats.length).toBe(100);
  });

  it("allows the deepest nesting and refuses one level more", () => {
    const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
    expect(parseJson(nested(jsonDepthMax)).kind).toBe("json");
    expect(parseJson(nested(jsonDepthMax + 1))).toMatchObject({
      fault: { expected: expect.stringContaining("at most 64 levels") },
    });
    expect(parseJson("[".repeat(1_000_000)).kind).toBe("unreadable");
    expect(parseJson('{"a":'.repeat(200_000)).kind).toBe("unreadable");
  });

  it("allows the longest text and refuses one character more", () => {
    const longest = `"${"\\n".repeat(jsonLengthMax / 2 - 1)}"`;
    expect(longest).toHaveLength(jsonLengthMax);
    expect(parseJson(longest).kind).toBe("json");
    expect(parseJson(`${longest} `)).toMatchObject({
      kind: "unreadable",
      isTooLarge: true,
      fault: { value: "1048577 characters" },
    });
  });
});

describe("formatPath()", () => {
  it.each([
    ["keys and positions", ["ipam", "ranges", 0, "exclude", 3], "ipam.ranges[0].exclude[3]"],
    ["the document itself", [], ""],
    ["a key that would forge a path", ["a.b\n"], String.raw`"a.b\n"`],
    ["a long key", ["x".repeat(100)], `"${"x".repeat(40)}…"`],
  ])("writes %s", (_name, steps, path) => {
    expect(formatPath(steps)).toBe(path);
  });
});
