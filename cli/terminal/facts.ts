/**
 * A few facts about one thing, each on its line: what it is, and what it says.
 *
 * @module
 */
import { type Painter, painterFor } from "./style.ts";
import type { Terminal } from "./terminal.ts";
import { visible } from "./visible.ts";

export type Fact = readonly [label: string, text: string];

/** A heading, and the facts under it, indented and aligned. Long text is left to the terminal to wrap. */
export function factLines(terminal: Terminal, heading: string, facts: readonly Fact[]): string {
  const paint: Painter = painterFor(terminal);
  const width = Math.max(...facts.map(([label]) => label.length), 0);
  const lines = facts.map(
    ([label, text]) => `  ${paint(label, "quiet")}${" ".repeat(width - label.length)}  ${visible(text)}`,
  );
  return [paint(visible(heading), "heading"), ...lines, ""].join("\n");
}
