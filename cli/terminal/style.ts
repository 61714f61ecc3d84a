/**
 * Colours, where there are any.
 *
 * @module
 */
import { styleText } from "node:util";

export type Style = "good" | "attention" | "bad" | "heading" | "quiet";

const formats = {
  good: "green",
  attention: "yellow",
  bad: "red",
  heading: "bold",
  quiet: "dim",
} as const;

export type Painter = (text: string, style: Style | undefined) => string;

export function painterFor({ hasColours }: { readonly hasColours: boolean }): Painter {
  if (!hasColours) return (text) => text;
  return (text, style) => (style === undefined ? text : styleText(formats[style], text, { validateStream: false }));
}
