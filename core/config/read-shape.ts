/**
 * A document held against its zod schema: what fits is kept, and everything else is a fault with its path.
 *
 * @module
 */
import * as z from "zod";
import { faultsMax, type Note, type Steps } from "./fault-list.ts";
import { nearestKey } from "./nearest-key.ts";

/** Where keys belong that are known elsewhere: what goes after "expected". */
export type Elsewhere = { readonly [key: string]: string };

export type ShapeReading<T> = {
  /** The document without its faulty parts; undefined when nothing is left of it. */
  readonly value: T | undefined;
  readonly isWhole: boolean;
};

/**
 * Reads `raw`. Faulty parts are told to `note` and left out, so that the rest can be judged in the same go.
 *
 * @param at where `raw` stands in the document
 */
export function readShape<S extends z.ZodType>(
  schema: S,
  raw: unknown,
  to: { readonly at: Steps; readonly note: Note; readonly elsewhere?: Elsewhere },
): ShapeReading<z.output<S>> {
  const first = schema.safeParse(raw, { error: expectedOf });
  if (first.success) return { value: first.data, isWhole: true };
  // What the list of faults would drop is not worth its words.
  for (const issue of first.error.issues.slice(0, faultsMax)) noteIssue(issue, schema, raw, to);
  const second = schema.safeParse(without(raw, first.error.issues), { error: expectedOf });
  return { value: second.success ? second.data : undefined, isWhole: false };
}

function noteIssue(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  raw: unknown,
  to: { readonly at: Steps; readonly note: Note; readonly elsewhere?: Elsewhere },
): void {
  const at = [...to.at, ...issue.path];
  const value = valueAt(raw, issue.path);
  if (issue.code !== "unrecognized_keys") {
    to.note(at, value, issue.message);
    return;
  }
  const known = keysAt(schema, issue.path);
  for (const key of issue.keys.slice(0, faultsMax))
    to.note([...at, key], undefined, wantedFor(key, known, to.elsewhere));
}

function wantedFor(key: string, known: readonly string[], elsewhere: Elsewhere = {}): string {
  const place = Object.hasOwn(elsewhere, key) ? elsewhere[key] : undefined;
  if (place !== undefined) return place;
  const near = nearestKey(key, known);
  return near === undefined ? `one of the keys ${known.join(", ")}` : `the key ${near}, which may be meant`;
}

/** What was expected, in words, where the schema does not say it itself. */
function expectedOf(issue: z.core.$ZodRawIssue): string {
  if (issue.code === "invalid_type") return typeWords[issue.expected] ?? `a value of type ${issue.expected}`;
  if (issue.code === "invalid_value") return `one of ${issue.values.map(String).join(", ")}`;
  if (issue.code === "too_big") return `at most ${issue.maximum}${sizeWords[issue.origin] ?? ""}`;
  if (issue.code === "too_small") return `at least ${issue.minimum}${sizeWords[issue.origin] ?? ""}`;
  return "another value";
}

const typeWords: { readonly [type: string]: string } = {
  string: "a text in double quotes",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object in braces",
};

const sizeWords: { readonly [origin: string]: string } = { array: " entries", string: " characters" };

/** The keys that the schema knows at a place; empty where there is no object. */
function keysAt(schema: z.core.$ZodType, path: Steps): readonly string[] {
  let here = unwrapped(schema);
  for (const step of path) {
    if (here instanceof z.ZodArray) here = unwrapped(here.element);
    else if (here instanceof z.ZodObject) here = unwrapped(here.shape[String(step)]);
  }
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

/** The schema inside `optional` and `default`. */
export function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  let here = schema;
  while (here instanceof z.ZodOptional || here instanceof z.ZodDefault) here = here.unwrap();
  return here;
}

function valueAt(raw: unknown, path: Steps): unknown {
  let here = raw;
  for (const step of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = Reflect.get(here, step);
  }
  return here;
}

/**
 * A copy without the faulty parts. Only keys are taken out, never list entries: positions in paths stay true.
 */
function without(raw: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const copy: unknown = structuredCopy(raw);
  for (const issue of issues) {
    const keys = issue.code === "unrecognized_keys" ? issue.keys : [];
    if (keys.length > 0) for (const key of keys) remove(copy, [...issue.path, key]);
    // Where something is missing, the object that lacks it goes.
    else remove(copy, valueAt(raw, issue.path) === undefined ? issue.path.slice(0, -1) : issue.path);
  }
  return copy;
}

function remove(document: unknown, path: Steps): void {
  const keyAt = path.findLastIndex((step) => typeof step === "string");
  const key = path[keyAt];
  if (key === undefined) return;
  const owner = valueAt(document, path.slice(0, keyAt));
  if (typeof owner === "object" && owner !== null) Reflect.deleteProperty(owner, key);
}

function structuredCopy(value: unknown): unknown {
  const copy: unknown = value === undefined ? undefined : JSON.parse(JSON.stringify(value));
  return copy;
}
