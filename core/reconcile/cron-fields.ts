/**
 * The five fields of a cron expression, by robfig/cron's rules: lists of numbers, names, ranges and steps. `*` and `?` with a step of 1
 * say that a field restricts nothing; with days of the month and of the week both restricted, either is enough.
 *
 * @module
 */
import { shorten } from "../failure/failure.ts";

export type ParsedFields =
  /** As `CronTimes.fields` has them. */
  | { readonly kind: "fields"; readonly fields: string }
  /** No month has such a day, or a list names nothing. */
  | { readonly kind: "never" }
  | { readonly kind: "wrong"; readonly expected: string };

type Bounds = {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
};

const bounds = [
  { name: "the minute", min: 0, max: 59, names: [] },
  { name: "the hour", min: 0, max: 23, names: [] },
  { name: "the day of the month", min: 1, max: 31, names: [] },
  { name: "the month", min: 1, max: 12, names: "jan feb mar apr may jun jul aug sep oct nov dec".split(" ") },
  { name: "the day of the week", min: 0, max: 6, names: "sun mon tue wed thu fri sat".split(" ") },
] as const satisfies readonly Bounds[];

/** How many days a month can have. */
const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** `isFree`: it restricts nothing, and holds all values. */
type Field = { readonly values: readonly number[]; readonly isFree: boolean };
type Wrong = { readonly kind: "wrong"; readonly expected: string };

/** @param texts exactly five */
export function parseFields(texts: readonly string[]): ParsedFields {
  const fields: Field[] = [];
  for (const [at, bound] of bounds.entries()) {
    const field = parseField(texts[at] ?? "", bound);
    if ("kind" in field) return field;
    fields.push(field);
  }
  const [minute = none, hour = none, dayOfMonth = none, month = none, dayOfWeek = none] = fields;
  const lastDay = Math.max(...month.values.map((one) => longest[one - 1] ?? 0));
  const days = { ...dayOfMonth, values: dayOfMonth.values.filter((day) => day <= lastDay) };
  if ([minute, hour, month].some(isEmpty) || !isSomeDay(days, dayOfWeek)) return { kind: "never" };
  return { kind: "fields", fields: [minute, hour, days, month, dayOfWeek].map(formatField).join(" ") };
}

const none: Field = { values: [], isFree: false };

function isEmpty({ values }: Field): boolean {
  return values.length === 0;
}

/** One that is restricted and names none leaves the other to decide, if that is restricted too. */
function isSomeDay(ofMonth: Field, ofWeek: Field): boolean {
  const isEither = !ofMonth.isFree && !ofWeek.isFree;
  return isEither ? !isEmpty(ofMonth) || !isEmpty(ofWeek) : !isEmpty(ofMonth) && !isEmpty(ofWeek);
}

function formatField(field: Field): string {
  return field.isFree || isEmpty(field) ? "*" : field.values.join(",");
}

function parseField(text: string, bound: Bounds): Field | Wrong {
  const values = new Set<number>();
  let isFree = false;
  for (const item of text.split(",")) {
    if (item === "") continue;
    const parsed = parseItem(item, bound);
    if (parsed.kind === "wrong") return parsed;
    isFree ||= parsed.isFree;
    for (let value = parsed.first; value <= parsed.last; value += parsed.step) values.add(value);
  }
  return { values: [...values].sort((a, b) => a - b), isFree };
}

type Item =
  | Wrong
  | {
      readonly kind: "item";
      readonly first: number;
      readonly last: number;
      readonly step: number;
      readonly isFree: boolean;
    };

function parseItem(item: string, bound: Bounds): Item {
  const { name, min, max } = bound;
  const [range = "", ...steps] = item.split("/");
  const span = parseSpan(range, bound, steps.length > 0);
  if (span === undefined || steps.length > 1) return wrong(`a range such as ${min}-${max}/2`, item, name);
  const { first, last, isWhole } = span;
  const step = parseNumber(steps[0] ?? "1");
  if (!(first >= min && last <= max)) return wrong(valuesOf(bound), item, name);
  if (first > last) return wrong("a range that rises", item, name);
  if (!(step > 0)) return wrong("a step of at least 1", item, name);
  return { kind: "item", first, last, step, isFree: isWhole && step === 1 };
}

/** NaN for what is no number. */
type Span = { readonly first: number; readonly last: number; readonly isWhole: boolean };

/** Undefined: more than one dash. A single number with a step goes on to the end. */
function parseSpan(range: string, bound: Bounds, isStepped: boolean): Span | undefined {
  const [low = "", high, ...rest] = range.split("-");
  // Behind a star nothing is looked at.
  if (low === "*" || low === "?") return { first: bound.min, last: bound.max, isWhole: true };
  if (rest.length > 0) return undefined;
  const first = parseValue(low, bound);
  const single = isStepped ? bound.max : first;
  return { first, last: high === undefined ? single : parseValue(high, bound), isWhole: false };
}

function valuesOf({ min, max, names }: Bounds): string {
  return names.length === 0 ? `${min} to ${max}` : `${min} to ${max} or ${names[0]} to ${names.at(-1)}`;
}

function wrong(expected: string, item: string, name: string): Wrong {
  return { kind: "wrong", expected: `${expected} for ${name} instead of ${shorten(item, 40)}` };
}

function parseValue(text: string, { names, min }: Bounds): number {
  const at = names.indexOf(text.toLowerCase());
  return at === -1 ? parseNumber(text) : at + min;
}

/** As Go's `Atoi`, without a minus; NaN for anything else. */
function parseNumber(text: string): number {
  if (!/^\+?\d+$/.test(text) || BigInt(text.replace("+", "")) >= 2n ** 63n) return Number.NaN;
  return Number(text);
}
