/**
 * Aligned tables, printed row by row: rows are looked at twice and never kept.
 *
 * @module
 */
import { type ColumnShape, type Fit, fitColumns, type Fitted, gap } from "./fit-columns.ts";
import { painterFor, type Painter, type Style } from "./style.ts";
import type { Terminal } from "./terminal.ts";
import { visible } from "./visible.ts";

export type Column<Row> = ColumnShape & {
  readonly text: (row: Row) => string;
  readonly align?: "right";
  readonly style?: (row: Row) => Style | undefined;
};

/** So much is written at once. */
const blockLength = 16_384;

/**
 * Prints a table, or on a very narrow terminal one line for each cell. Nothing when there is no row.
 *
 * @param rows called twice: to measure, and to print
 * @returns how many rows there were
 */
export async function printTable<Row>(
  terminal: Terminal,
  columns: readonly Column<Row>[],
  rows: () => Iterable<Row>,
): Promise<number> {
  const widths = measure(columns, rows());
  const fit = fitColumns(columns, widths, terminal.columns);
  const paint = painterFor(terminal);
  let count = 0;
  let block = fit.kind === "table" ? `${titleLine(columns, fit.columns, paint)}\n` : "";
  for (const row of rows()) {
    block += fit.kind === "table" ? `${rowLine(columns, row, fit.columns, paint)}\n` : stacked(columns, row, count);
    count += 1;
    if (block.length < blockLength) continue;
    await terminal.write(block);
    block = "";
  }
  if (count > 0) await terminal.write(block);
  if (count > 0) await tellLeftOut(terminal, fit);
  return count;
}

/** Whether nothing has to be shortened or left out. */
export function fitsWhole<Row>(terminal: Terminal, columns: readonly Column<Row>[], rows: Iterable<Row>): boolean {
  const width = measure(columns, rows).reduce((sum, one) => sum + one, gap * (columns.length - 1));
  return terminal.columns === undefined || width <= terminal.columns;
}

function measure<Row>(columns: readonly Column<Row>[], rows: Iterable<Row>): readonly number[] {
  const widths = columns.map(({ title }) => title.length);
  for (const row of rows) {
    for (const [index, column] of columns.entries()) {
      const { length } = cellText(column, row);
      if (length > (widths[index] ?? 0)) widths[index] = length;
    }
  }
  return widths;
}

function cellText<Row>(column: Column<Row>, row: Row): string {
  const text = visible(column.text(row));
  return text === "" ? "-" : text;
}

type Cell = { readonly text: string; readonly style: Style | undefined; readonly isRight: boolean };

function titleLine<Row>(columns: readonly Column<Row>[], fitted: readonly Fitted[], paint: Painter): string {
  const cell = ({ title, align }: Column<Row>): Cell => ({ text: title, style: "heading", isRight: align === "right" });
  return line(fitted, (index) => columns.slice(index, index + 1).map(cell)[0], paint);
}

function rowLine<Row>(columns: readonly Column<Row>[], row: Row, fitted: readonly Fitted[], paint: Painter): string {
  const cell = (column: Column<Row>): Cell => ({
    text: cellText(column, row),
    style: column.style?.(row),
    isRight: column.align === "right",
  });
  return line(fitted, (index) => columns.slice(index, index + 1).map(cell)[0], paint);
}

/** No blanks behind the last cell: what is piped is compared and cut. */
function line(fitted: readonly Fitted[], cellAt: (index: number) => Cell | undefined, paint: Painter): string {
  const parts = fitted.map(({ index, width }, position) => {
    const { text, style, isRight } = cellAt(index) ?? { text: "", style: undefined, isRight: false };
    const shown = text.length > width ? `${text.slice(0, Math.max(width - 1, 0))}…` : text;
    const blanks = " ".repeat(width - shown.length);
    if (isRight) return `${blanks}${paint(shown, style)}`;
    return position === fitted.length - 1 ? paint(shown, style) : `${paint(shown, style)}${blanks}`;
  });
  return parts.join(" ".repeat(gap));
}

function stacked<Row>(columns: readonly Column<Row>[], row: Row, position: number): string {
  const lines = columns.map((column) => `${column.title}: ${cellText(column, row)}\n`);
  return `${position === 0 ? "" : "\n"}${lines.join("")}`;
}

async function tellLeftOut(terminal: Terminal, fit: Fit): Promise<void> {
  if (fit.kind === "stack" || fit.leftOut.length === 0) return;
  const names = fit.leftOut.join(", ");
  await terminal.tell(`${painterFor(terminal)(`(no room for ${names}; --json has all)`, "quiet")}\n`);
}
