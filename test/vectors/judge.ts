/**
 * Runs one row and judges the answer.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { type Fields, isTurnedRound, type Row } from "./row.ts";

/** What Berth answers. `error`: it refuses; the text is never compared. */
export type Outcome =
  | { readonly kind: "answer"; readonly fields: Fields }
  | { readonly kind: "error"; readonly message: string };

/** Runs the input of one kind of row. `expect` is for the form of the answer only: with or without gateways. */
export type Kind = (input: Fields, expect: Fields) => Outcome | Promise<Outcome>;

/** What the design wants where it differs from the row. */
export type Difference = { readonly expect: Fields; readonly reason: string };

export type Book = {
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly differences: ReadonlyMap<string, Difference>;
};

export type Judged = { readonly row: Row; readonly verdict: "pass" | "fail" | "n/a"; readonly why: string };

export async function judge(row: Row, book: Book): Promise<Judged> {
  const kind = book.kinds.get(row.kind);
  if (kind === undefined) return { row, verdict: "n/a", why: `no code for kind ${row.kind}` };
  const outcome = await outcomeOf(kind, row);
  // An exception is never an answer, not even where another answer than the row's is wanted.
  if (outcome.kind === "thrown") return fail(row, show(outcome));
  const difference = book.differences.get(row.id);
  if (difference !== undefined) return judgeOtherwise(row, outcome, difference);
  if (isTurnedRound(row)) return judgeOtherwise(row, outcome, { expect: {}, reason: row.differs ?? row.note ?? "" });
  if (isMet(row.expect, outcome)) return { row, verdict: "pass", why: "" };
  return fail(row, `${show(outcome)}, expected ${JSON.stringify(row.expect)}`);
}

/** Passes what is not the row's answer, and is the design's where that is known. */
function judgeOtherwise(row: Row, outcome: Ran, { expect, reason }: Difference): Judged {
  // A refusal is not what a panic was: nothing was thrown.
  const isOriginal = !("panic" in row.expect) && isMet(row.expect, outcome);
  if (isOriginal) return fail(row, `must not answer as the original, ${show(outcome)}: ${reason}`);
  const isKnown = Object.keys(expect).length > 0;
  if (isKnown && !isMet(expect, outcome)) {
    return fail(row, `${show(outcome)}, the design wants ${JSON.stringify(expect)}: ${reason}`);
  }
  return { row, verdict: "pass", why: `differs: ${reason}` };
}

type Ran = Outcome | { readonly kind: "thrown"; readonly message: string };

async function outcomeOf(kind: Kind, { input, expect }: Row): Promise<Ran> {
  try {
    return await kind(input, expect);
  } catch (error) {
    return { kind: "thrown", message: String(error) };
  }
}

function isMet(expect: Fields, outcome: Ran): boolean {
  const wantsError = "error" in expect || "errorType" in expect || "panic" in expect;
  if (wantsError || outcome.kind !== "answer") return wantsError && outcome.kind === "error";
  return covers(outcome.fields, expect);
}

/** Reports whether everything that `wanted` lists is in `found`; lists must be complete, null is the same as nothing. */
function covers(found: unknown, wanted: unknown): boolean {
  if (wanted === null) return found === null || found === undefined;
  if (Array.isArray(wanted)) {
    return Array.isArray(found) && found.length === wanted.length && wanted.every((one, at) => covers(found[at], one));
  }
  if (typeof wanted !== "object") return isDeepStrictEqual(found, wanted);
  if (typeof found !== "object" || found === null) return false;
  return Object.entries(wanted).every(([key, value]) => covers(Reflect.get(found, key), value));
}

function fail(row: Row, why: string): Judged {
  return { row, verdict: "fail", why };
}

function show(outcome: Ran): string {
  return outcome.kind === "answer" ? JSON.stringify(outcome.fields) : `${outcome.kind}: ${outcome.message}`;
}
