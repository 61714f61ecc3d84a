/**
 * How far the clocks of a time zone are ahead of UTC, and when that changes.
 *
 * @module
 */

/** Clocks are changed at `ms`: so far ahead of UTC, ms, before and from then on. */
export type Change = { readonly ms: number; readonly before: number; readonly after: number };

const dayMs = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat | undefined>();
/** Zones are written by people, one in a ConfigMap: whoever tries many gets them made anew. */
const formatsMax = 16;

export function isZone(zone: string): boolean {
  return formatOf(zone) !== undefined;
}

/** ms; 0 for what is no zone. */
export function offsetAt(zone: string, ms: number): number {
  if (zone === "UTC") return 0;
  const parts = new Map(
    formatOf(zone)
      ?.formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  const there = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return parts.size === 0 ? 0 : there - Math.floor(ms / 1000) * 1000;
}

/** The first change later than `fromMs` and up to `toMs`; one that is undone within a day is not seen. Cost: by the days between. */
export function changeIn(zone: string, fromMs: number, toMs: number): Change | undefined {
  if (zone === "UTC") return undefined;
  const before = offsetAt(zone, fromMs);
  for (let low = fromMs; low < toMs; low += dayMs) {
    const high = Math.min(low + dayMs, toMs);
    if (offsetAt(zone, high) !== before) return changeBetween(zone, { low, high, before });
  }
  return undefined;
}

type Span = { readonly low: number; readonly high: number; readonly before: number };

/** To the second: clocks are changed at whole ones. */
function changeBetween(zone: string, span: Span): Change {
  let [low, high] = [Math.floor(span.low / 1000), Math.ceil(span.high / 1000)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle * 1000) === span.before) low = middle;
    else high = middle;
  }
  const ms = high * 1000;
  return { ms, before: span.before, after: offsetAt(zone, ms) };
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(zone)) {
    if (formats.size >= formatsMax) formats.clear();
    formats.set(zone, makeFormat(zone));
  }
  return formats.get(zone);
}

function makeFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  const two = "2-digit";
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      calendar: "gregory",
      numberingSystem: "latn",
      year: "numeric",
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
    });
  } catch {
    return undefined;
  }
}
