/**
 * Judges a whole file and words the outcome: one line an id, and a summary.
 *
 * @module
 */
import { type Book, judge } from "./judge.ts";
import { parseRows } from "./row.ts";

export type Report = {
  readonly lines: readonly string[];
  /** 0: nothing failed. 1: a row failed. 2: the file could not be read. */
  readonly exitCode: 0 | 1 | 2;
};

/** @param name what the file is called, for messages */
export async function report(name: string, text: string, book: Book): Promise<Report> {
  const parsed = parseRows(text);
  if (parsed.kind === "malformed") {
    return { lines: [`Cannot read vectors "${name}": expected ${parsed.expected}`], exitCode: 2 };
  }
  const judged = await Promise.all(parsed.rows.map((row) => judge(row, book)));
  const count = (verdict: string): number => judged.filter((one) => one.verdict === verdict).length;
  const lines = judged.map(({ row, verdict, why }) => `${verdict.padEnd(4)}  ${row.id}  ${why}`.trimEnd());
  lines.push("", `${count("pass")} passed, ${count("fail")} failed, ${count("n/a")} not applicable`);
  return { lines, exitCode: count("fail") === 0 ? 0 : 1 };
}
