/**
 * Text that is broken into lines, and text that would break a terminal.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { visible } from "../../../cli/terminal/visible.ts";
import { wrap } from "../../../cli/terminal/wrap.ts";

describe("wrapped text", () => {
  test.for([
    { name: "without a limit", columns: undefined, lines: ["one two three four five"] },
    { name: "that just fits", columns: 27, lines: ["one two three four five"] },
    { name: "that is too long by one", columns: 26, lines: ["one two three four", "five"] },
    { name: "with hardly any room", columns: 15, lines: ["one two three four five"] },
  ])("$name", ({ columns, lines }) => {
    expect(wrap("one two three four five", 4, columns)).toEqual(lines);
  });

  test("keeps a long word whole, so that it can be copied", () => {
    const path = "/a/very/long/path/that/is/longer";
    expect(wrap(`look at ${path} now`, 0, 20)).toEqual(["look at", path, "now"]);
  });
});

test.for([
  { name: "a line's end", text: "a\nb", shown: "a\\u000ab" },
  { name: "an escape", text: "\u001b[2J", shown: "\\u001b[2J" },
  { name: "a turned direction", text: "a\u202eb\u2066c\u200f", shown: "a\\u202eb\\u2066c\\u200f" },
  { name: "an 8-bit control", text: "\u009b1m", shown: "\\u009b1m" },
  { name: "plain text of any script", text: "Hafen ⚓ 港", shown: "Hafen ⚓ 港" },
])("$name is shown as $shown", ({ text, shown }) => {
  expect(visible(text)).toBe(shown);
});
