/**
 * The commands of CNI, how long each waits, and what it does without an answer (PROTOCOL 7).
 *
 * @module
 */

export type Command = {
  readonly name: string;
  /** How long a socket may be missing, from the start on. */
  readonly absentMs: number;
  /** How long the socket's queue may be full, from the start on. */
  readonly busyMs: number;
  /** How long the answer may take. */
  readonly answerMs: number;
  readonly otherwise: "fail-11" | "fail-50" | "succeed" | "spool";
};

export const commands: readonly Command[] = [
  { name: "ADD", absentMs: 10_000, busyMs: 10_000, answerMs: 27_000, otherwise: "fail-11" },
  { name: "CHECK", absentMs: 10_000, busyMs: 10_000, answerMs: 11_000, otherwise: "fail-11" },
  { name: "DEL", absentMs: 0, busyMs: 1_000, answerMs: 6_000, otherwise: "spool" },
  { name: "GC", absentMs: 0, busyMs: 1_000, answerMs: 31_000, otherwise: "succeed" },
  { name: "STATUS", absentMs: 0, busyMs: 0, answerMs: 3_000, otherwise: "fail-50" },
];

const begun = process.hrtime.bigint();

/** Since this file was loaded, on a clock that does not jump. */
export function elapsedMs(): number {
  return Number(process.hrtime.bigint() - begun) / 1e6;
}
