/**
 * One row of a vectors file: what goes in, what was seen to come out, and whether Berth does otherwise.
 *
 * @module
 */
import * as z from "zod";

const fields = z.record(z.string(), z.unknown());

const row = z.looseObject({
  id: z.string().min(1),
  kind: z.string().min(1),
  input: fields,
  expect: fields,
  note: z.string().optional(),
  /** What Berth does instead. */
  differs: z.string().optional(),
});

export type Row = z.output<typeof row>;
export type Fields = z.output<typeof fields>;

const file = z.looseObject({ vectors: z.array(row) });

export type Rows =
  | { readonly kind: "rows"; readonly rows: readonly Row[] }
  | { readonly kind: "malformed"; readonly expected: string };

/** Reads the text of a vectors file. */
export function parseRows(text: string): Rows {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return { kind: "malformed", expected: `a JSON document (${String(error)})` };
  }
  const parsed = file.safeParse(document);
  if (!parsed.success) {
    return { kind: "malformed", expected: `an object with a list "vectors" of rows\n${z.prettifyError(parsed.error)}` };
  }
  const ids = parsed.data.vectors.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) return { kind: "malformed", expected: `each id once, but "${twice}" is there twice` };
  return { kind: "rows", rows: parsed.data.vectors };
}

/** Whether the row says that its answer is not to be given. */
export function isTurnedRound(one: Row): boolean {
  return one.differs !== undefined || (one.note ?? "").startsWith("DEFECT");
}
