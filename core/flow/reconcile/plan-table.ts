/**
 * The plan as a table of at most 80 columns: a line for each lease, and under it why, and what to run.
 *
 * @module
 */
import type { PlanRow } from "./plan-row.ts";

const widthMax = 80;

type Column = {
  readonly title: string;
  readonly text: (row: PlanRow) => string;
  /** May be shortened to so many characters. */
  readonly least?: number;
};

const columns: readonly Column[] = [
  { title: "ADDRESS", text: ({ address }) => address },
  { title: "NETWORK", text: networkWord, least: 8 },
  { title: "NODE", text: ({ node }) => node, least: 10 },
  { title: "POD", text: ({ pod }) => pod, least: 12 },
  { title: "VERDICT", text: verdictWord },
];

/** "" for a plan without rows. */
export function formatPlanTable(rows: readonly PlanRow[]): string {
  if (rows.length === 0) return "";
  const cells = rows.map((row) => columns.map(({ text }) => visible(text(row)) || "-"));
  const widths = fitted(
    columns.map(({ title }, at) => Math.max(title.length, ...cells.map((line) => line[at]?.length ?? 0))),
  );
  const titles = lineOf(
    columns.map(({ title }) => title),
    widths,
  );
  const body = rows.map(({ why, command }, at) => {
    const told = [`  ${visible(why)}`, ...(command === null ? [] : [`  run: ${visible(command)}`])];
    return [lineOf(cells[at] ?? [], widths), ...told.flatMap(folded)].join("\n");
  });
  return `${[titles, ...body].join("\n")}\n`;
}

function networkWord({ network, because }: PlanRow): string {
  if (network !== "" || because === "unreadable") return network;
  return "(unnamed)";
}

/** One word for people, whatever was done already. */
function verdictWord({ verdict, because, rule, done }: PlanRow): string {
  switch (verdict) {
    case "keep":
    case "report":
      return `keep: ${because ?? ""}`;
    case "suspect":
      return rule === null ? "suspect" : `suspect, rule ${rule}`;
    case "free":
      return done === "freed" ? `freed, rule ${rule}` : (done ?? `free, rule ${rule}`);
    case "conflict":
      return "conflict";
    default:
      return verdict satisfies never;
  }
}

/** Takes what is too much from the columns that may be shortened, the widest first. */
function fitted(widths: number[]): readonly number[] {
  for (;;) {
    const over = widths.reduce((sum, width) => sum + width, 2 * (widths.length - 1)) - widthMax;
    const at = widths.reduce((best, width, here) => {
      const spare = (index: number) => (widths[index] ?? 0) - (columns[index]?.least ?? Number.POSITIVE_INFINITY);
      return spare(here) > 0 && (best === -1 || width > (widths[best] ?? 0)) ? here : best;
    }, -1);
    if (over <= 0 || at === -1) return widths;
    widths[at] = (widths[at] ?? 0) - 1;
  }
}

/** No blanks behind the last cell: what is piped is compared and cut. */
function lineOf(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((text, at) => {
      const width = widths[at] ?? 0;
      return (text.length > width ? `${text.slice(0, Math.max(width - 1, 0))}…` : text).padEnd(width);
    })
    .join("  ")
    .trimEnd();
}

/** Broken at blanks; a word that is longer stays whole, so that a command can be copied. */
function folded(text: string): readonly string[] {
  if (text.startsWith("  run: ")) return [text];
  const lines = [""];
  for (const word of text.trim().split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line === "") lines[lines.length - 1] = `  ${word}`;
    else if (line.length + 1 + word.length <= widthMax) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(`  ${word}`);
  }
  return lines;
}

/** Others wrote it: control characters, and those that turn the direction of writing, could forge lines. */
function visible(text: string): string {
  // oxlint-disable-next-line eslint/no-control-regex -- control characters are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
