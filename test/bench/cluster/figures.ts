/**
 * The figures of the cluster's benchmark: named numbers beside each other, and the bounds some of them have.
 *
 * @module
 */

export type Figure = {
  readonly name: string;
  readonly berth: number | undefined;
  readonly whereabouts?: number | undefined;
  readonly unit: string;
  /** What Berth's has to be: `<=` or `>=` this. */
  readonly bound?: { readonly is: "<=" | ">="; readonly than: number; readonly says: string };
};

export type Report = {
  readonly figure: (figure: Figure) => void;
  /** A line of words under the table. */
  readonly note: (text: string) => void;
  readonly figures: readonly Figure[];
};

/** Prints each figure as it comes: a run takes minutes. */
export function createReport(): Report {
  const figures: Figure[] = [];
  return {
    figures,
    figure: (figure) => {
      figures.push(figure);
      console.log(formatFigure(figure));
    },
    note: (text) => console.log(`  ${text}`),
  };
}

const nameWidth = 62;

export const heading = `${"".padEnd(nameWidth)} ${"Berth".padStart(11)} ${"Whereabouts".padStart(12)}`;

function formatFigure({ name, berth, whereabouts, unit, bound }: Figure): string {
  const cell = (value: number | undefined, width: number) =>
    (value === undefined ? "" : value.toFixed(value < 100 ? 2 : 0)).padStart(width);
  const verdict = bound === undefined || berth === undefined ? "" : isMet(berth, bound) ? "met" : "MISSED";
  const bounded = bound === undefined ? "" : `  ${bound.says} (${bound.is} ${bound.than.toFixed(2)}): ${verdict}`;
  return `${name.padEnd(nameWidth)} ${cell(berth, 11)} ${cell(whereabouts, 12)} ${unit}${bounded}`;
}

/** For docs/benchmarks.md. */
export function formatTable(figures: readonly Figure[]): string {
  const cell = (value: number | undefined) => (value === undefined ? "" : value.toFixed(value < 100 ? 2 : 0));
  const rows = figures.map(({ name, berth, whereabouts, unit, bound }) => {
    const met = bound === undefined || berth === undefined ? "" : isMet(berth, bound) ? "met" : "**missed**";
    const says =
      bound === undefined ? "" : `${bound.is === "<=" ? "≤" : "≥"} ${cell(bound.than)} (${bound.says}): ${met}`;
    const indented = name.startsWith("  ") ? `· ${name.trim()}` : name;
    return `| ${indented} | ${cell(berth)} | ${cell(whereabouts)} | ${unit} | ${says} |`;
  });
  return ["| | Berth | Whereabouts | | bound |", "| --- | --- | --- | --- | --- |", ...rows, ""].join("\n");
}

function isMet(value: number, { is, than }: NonNullable<Figure["bound"]>): boolean {
  return is === "<=" ? value <= than : value >= than;
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** Of one address more than once, how often more. */
export function duplicates(addresses: readonly string[]): number {
  return addresses.length - new Set(addresses).size;
}
