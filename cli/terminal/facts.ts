/**
 * A few facts about one thing, each on its line: what it is, and what it says.
 *
 * @module
 */
import { type Painter, painterFor } from "./style.ts";
import type { Terminal } from "./terminal.ts";
import { visible } from "./visible.ts";
import { wrap } from "./wrap.ts";

export type Fact = readonly [label: string, text: string];

/** A heading, and the facts under it, indented and aligned. Long text is wrapped in its column. */
export function factLines(terminal: Terminal, heading: string, facts: readonly Fact[]): string {
  const paint: Painter = painterFor(terminal);
  const width = Math.max(...facts.map(([label]) => label.length), 0);
  const indent = 2 + width + 2;
  const lines = facts.flatMap(([label, text]) => {
    const [first = "", ...others] = wrap(visible(text), indent, terminal.columns);
    const head = `  ${paint(label, "quiet")}${" ".repeat(width - label.length)}  ${first}`;
    return [head, ...others.map((line) => `${" ".repeat(indent)}${line}`)];
  });
  return [paint(visible(heading), "heading"), ...lines, ""].join("\n");
}
