/**
 * Which columns of a table fit on a terminal, and how wide each is.
 *
 * @module
 */

export type ColumnShape = {
  readonly title: string;
  /** 0 is never left out; of the others the highest goes first. */
  readonly rank: number;
  /** May be shortened to this many characters before another column is left out; undefined: never shortened. */
  readonly shrinksTo?: number;
};

export type Fitted = {
  /** Position in the given columns. */
  readonly index: number;
  readonly width: number;
};

export type Fit =
  | { readonly kind: "table"; readonly columns: readonly Fitted[]; readonly leftOut: readonly string[] }
  /** Not even the columns that are never left out fit side by side. */
  | { readonly kind: "stack" };

/** Blanks between two columns. */
export const gap = 2;

/**
 * @param widths of the widest cell of each column, title included
 * @param room undefined for no limit
 */
export function fitColumns(columns: readonly ColumnShape[], widths: readonly number[], room: number | undefined): Fit {
  let kept = columns.map((column, index) => ({ ...column, index, width: widths[index] ?? 0 }));
  const leftOut: string[] = [];
  for (;;) {
    const fitted = shrink(kept, room ?? Number.POSITIVE_INFINITY);
    if (fitted !== undefined) return { kind: "table", columns: fitted, leftOut };
    const next = kept.reduce((most, one) => (one.rank > most.rank ? one : most), { rank: 0, index: -1, title: "" });
    if (next.index === -1) return { kind: "stack" };
    leftOut.push(next.title);
    kept = kept.filter(({ index }) => index !== next.index);
  }
}

type Candidate = ColumnShape & Fitted;

/** Takes what is missing from the columns that may be shortened, from the first on. Undefined when it is not enough. */
function shrink(columns: readonly Candidate[], room: number): readonly Fitted[] | undefined {
  let missing = columns.reduce((sum, { width }) => sum + width, gap * (columns.length - 1)) - room;
  const fitted = columns.map(({ index, width, title, shrinksTo }) => {
    const least = shrinksTo === undefined ? width : Math.max(shrinksTo, title.length);
    const taken = Math.min(Math.max(missing, 0), Math.max(width - least, 0));
    missing -= taken;
    return { index, width: width - taken };
  });
  return missing > 0 ? undefined : fitted;
}
