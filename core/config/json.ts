/**
 * JSON from outside: its size and depth are bounded before it is parsed, and repeated keys, which `JSON.parse` hides,
 * are seen.
 *
 * @module
 */
import { shorten } from "../failure/failure.ts";
import type { Fault } from "./definition.ts";
import { afterBlanks, afterScalar, afterString, stringOf } from "./json-token.ts";

/** UTF-16 units, which is never more than bytes: 1 MiB of text always passes, more than 1 MiB of ASCII never. */
export const jsonLengthMax = 1_048_576;
export const jsonDepthMax = 64;
/** More repeated keys than these are not listed. */
const repeatsMax = 100;

export type JsonText =
  | { readonly kind: "json"; readonly value: unknown; readonly repeats: readonly Repeat[] }
  | {
      readonly kind: "unreadable";
      readonly fault: Fault;
      /** What stands where reading stopped, cut but not escaped. */
      readonly found: string;
      readonly isTooLarge: boolean;
    };

/** A key that stands twice in one object, also when only the case of its letters differs. */
export type Repeat = { readonly steps: readonly (string | number)[]; readonly isExact: boolean };

/** What was read last: one call asks several times about one document, and the next call brings the same one again. */
let last: { readonly text: string; readonly answer: JsonText } | undefined;

/**
 * Reads one JSON document. Of a repeated key the last counts, as everywhere. Cost is that of the text, once. The answer is
 * shared: it must not be changed.
 */
export function parseJson(text: string): JsonText {
  if (last?.text !== text) last = { text, answer: readJson(text) };
  return last.answer;
}

function readJson(text: string): JsonText {
  if (text.length > jsonLengthMax) {
    const expected = `at most ${jsonLengthMax} characters of JSON`;
    const found = `${text.length} characters`;
    return { kind: "unreadable", fault: { path: "", value: found, expected }, found, isTooLarge: true };
  }
  const scan: Scan = { text, at: 0, path: [], repeats: [], wanted: undefined };
  scanValue(scan);
  if (scan.wanted === undefined && skipBlanks(scan) < text.length) scan.wanted = "nothing after the JSON document";
  if (scan.wanted !== undefined) {
    const found = text.slice(scan.at, scan.at + 20);
    const fault = { path: "", value: shorten(found), expected: `${scan.wanted} ${place(scan)}` };
    return { kind: "unreadable", fault, found, isTooLarge: false };
  }
  return { kind: "json", value: JSON.parse(text), repeats: scan.repeats };
}

/** `a.b[3]`; text that is no plain key is quoted and shortened, so that a hostile key cannot forge a path. */
export function formatPath(steps: readonly PropertyKey[]): string {
  let path = "";
  for (const step of steps) {
    if (typeof step === "number") path += `[${step}]`;
    else path += `${path === "" ? "" : "."}${plainKey(String(step))}`;
  }
  return path;
}

function plainKey(key: string): string {
  return /^[\w-]{1,60}$/.test(key) ? key : `"${shorten(key, 40)}"`;
}

type Scan = {
  readonly text: string;
  at: number;
  readonly path: (string | number)[];
  readonly repeats: Repeat[];
  /** What was expected where reading stopped. */
  wanted: string | undefined;
};

function scanValue(scan: Scan): void {
  skipBlanks(scan);
  const opening = scan.text[scan.at];
  if (opening === "{" || opening === "[") {
    if (scan.path.length >= jsonDepthMax) scan.wanted = `at most ${jsonDepthMax} levels of nesting`;
    else if (opening === "{") scanItems(scan, "}", objectItem(scan));
    else scanItems(scan, "]", listItem(scan));
    return;
  }
  const end = afterString(scan.text, scan.at) ?? afterScalar(scan.text, scan.at);
  if (end === undefined) scan.wanted = "a JSON value";
  else scan.at = end;
}

/** Reads `item, item …` up to the closing bracket; `scan.at` is at the opening one. */
function scanItems(scan: Scan, closing: string, item: () => void): void {
  scan.at += 1;
  skipBlanks(scan);
  if (takes(scan, closing)) return;
  for (;;) {
    item();
    if (scan.wanted !== undefined) return;
    skipBlanks(scan);
    if (takes(scan, closing)) return;
    if (!takes(scan, ",")) {
      scan.wanted = `"," or "${closing}"`;
      return;
    }
  }
}

function objectItem(scan: Scan): () => void {
  const exact = new Set<string>();
  const folded = new Set<string>();
  return () => {
    skipBlanks(scan);
    const end = afterString(scan.text, scan.at);
    if (end === undefined) {
      scan.wanted = "a key in double quotes";
      return;
    }
    const key = stringOf(scan.text.slice(scan.at, end));
    scan.path.push(key);
    const isExact = exact.has(key);
    if ((isExact || folded.has(foldKey(key))) && scan.repeats.length < repeatsMax) {
      scan.repeats.push({ steps: [...scan.path], isExact });
    }
    exact.add(key);
    folded.add(foldKey(key));
    scan.at = end;
    skipBlanks(scan);
    if (takes(scan, ":")) scanValue(scan);
    else scan.wanted = '":"';
    scan.path.pop();
  };
}

function listItem(scan: Scan): () => void {
  let index = 0;
  return () => {
    scan.path.push(index);
    index += 1;
    scanValue(scan);
    scan.path.pop();
  };
}

/** One spelling for all that Go's decoder takes for the same key (encoding/json: simple case folding). */
export function foldKey(key: string): string {
  // Upper case first: it also folds the long s and the Kelvin sign, as Go does.
  return key.toUpperCase().toLowerCase();
}

function takes(scan: Scan, character: string): boolean {
  if (scan.text[scan.at] !== character) return false;
  scan.at += 1;
  return true;
}

function skipBlanks(scan: Scan): number {
  scan.at = afterBlanks(scan.text, scan.at);
  return scan.at;
}

function place(scan: Scan): string {
  const lines = scan.text.slice(0, scan.at).split("\n");
  return `at line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}
