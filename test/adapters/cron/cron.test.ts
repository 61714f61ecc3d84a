/**
 * The next time of a schedule: in a calendar without zones against a slow oracle that looks at every minute, and where clocks are
 * changed against what is written in the port.
 *
 * @module
 */
import { test as property } from "@fast-check/vitest";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCron } from "../../../adapters/cron/cron.ts";
import { parseSchedule } from "../../../core/reconcile/expression.ts";

const cron = createCron();
const hourMs = 3_600_000;

/** The first `count` instants after `from`, in UTC. */
function nexts(fields: string, zone: string, { from, count }: { from: string; count: number }): readonly string[] {
  const found: string[] = [];
  let afterMs = Date.parse(from);
  while (found.length < count) {
    const next = cron.next({ fields, zone }, afterMs);
    if (next.kind !== "at") return [...found, next.kind];
    found.push(new Date(next.ms).toISOString().slice(0, 16));
    afterMs = next.ms;
  }
  return found;
}

const days = [
  {
    name: "a time that is left out comes as much later as clocks are put forward, once",
    fields: "30 2 * * *",
    zone: "Europe/Berlin",
    from: "2026-03-27T12:00Z",
    wanted: ["2026-03-28T01:30", "2026-03-29T01:30", "2026-03-30T00:30"],
  },
  {
    name: "two times that fall together are one",
    fields: "30 2,3 * * *",
    zone: "Europe/Berlin",
    from: "2026-03-28T12:00Z",
    wanted: ["2026-03-29T01:30", "2026-03-30T00:30", "2026-03-30T01:30"],
  },
  {
    name: "times that were left out come among those of the hour after",
    fields: "15,45 2,3 * * *",
    zone: "Europe/Berlin",
    from: "2026-03-29T01:20Z",
    wanted: ["2026-03-29T01:45", "2026-03-30T00:15"],
  },
  {
    name: "a time that comes twice runs the first time",
    fields: "30 2 * * *",
    zone: "Europe/Berlin",
    from: "2026-10-24T12:00Z",
    wanted: ["2026-10-25T00:30", "2026-10-26T01:30"],
  },
  {
    name: "a time that comes twice does not run again for who asks between the two",
    fields: "30 2 * * *",
    zone: "Europe/Berlin",
    from: "2026-10-25T00:45Z",
    wanted: ["2026-10-26T01:30"],
  },
  {
    name: "nor for who asks after clocks were put back",
    fields: "30 2 * * *",
    zone: "Europe/Berlin",
    from: "2026-10-25T01:10Z",
    wanted: ["2026-10-26T01:30"],
  },
  {
    name: "a time that was left out is still to come for who asks after clocks were put forward",
    fields: "30 2 * * *",
    zone: "Europe/Berlin",
    from: "2026-03-29T01:10Z",
    wanted: ["2026-03-29T01:30"],
  },
  {
    name: "every hour is every hour, on the day when clocks are put back",
    fields: "30 * * * *",
    zone: "Europe/Berlin",
    from: "2026-10-24T23:00Z",
    wanted: ["2026-10-24T23:30", "2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T02:30"],
  },
  {
    name: "every hour is every hour, on the day when they are put forward",
    fields: "30 * * * *",
    zone: "Europe/Berlin",
    from: "2026-03-29T00:00Z",
    wanted: ["2026-03-29T00:30", "2026-03-29T01:30", "2026-03-29T02:30"],
  },
  {
    name: "clocks that are put forward by half an hour",
    fields: "10 2 * * *",
    zone: "Australia/Lord_Howe",
    from: "2026-10-03T00:00Z",
    wanted: ["2026-10-03T15:40", "2026-10-04T15:10"],
  },
  {
    name: "a midnight that is left out",
    fields: "0 0 * * *",
    zone: "Africa/Cairo",
    from: "2026-04-23T00:00Z",
    wanted: ["2026-04-23T22:00", "2026-04-24T21:00"],
  },
  {
    name: "a day that is left out",
    fields: "0 12 30 12 *",
    zone: "Pacific/Apia",
    from: "2011-12-01T00:00Z",
    wanted: ["2011-12-30T22:00", "2012-12-29T22:00"],
  },
  {
    name: "once a year, across both changes",
    fields: "0 4 1 7 *",
    zone: "America/New_York",
    from: "2026-07-02T00:00Z",
    wanted: ["2027-07-01T08:00", "2028-07-01T08:00"],
  },
  {
    name: "the 29th of February",
    fields: "0 4 29 2 *",
    zone: "UTC",
    from: "2026-01-01T00:00Z",
    wanted: ["2028-02-29T04:00", "2032-02-29T04:00"],
  },
  { name: "no such day", fields: "0 4 30 2 *", zone: "UTC", from: "2026-01-01T00:00Z", wanted: ["never"] },
  {
    name: "no such zone",
    fields: "0 4 * * *",
    zone: "Mars/Olympus",
    from: "2026-01-01T00:00Z",
    wanted: ["unknown-zone"],
  },
];
test.each(days)("$name", ({ fields, zone, from, wanted }) => {
  expect(nexts(fields, zone, { from, count: wanted.length })).toEqual(wanted);
});

test("what is asked in the middle of a second, or at the time itself, is answered with what is later", () => {
  const times = { fields: "30 4 * * *", zone: "UTC" };
  const due = Date.UTC(2026, 0, 2, 4, 30);
  for (const before of [1, 999, 1000, 1001]) expect(cron.next(times, due - before)).toEqual({ kind: "at", ms: due });
  for (const after of [0, 1, 500]) expect(cron.next(times, due + after)).toEqual({ kind: "at", ms: due + 24 * hourMs });
});

test("many zones do not pile up, and each is still known", () => {
  const zones = Intl.supportedValuesOf("timeZone").slice(0, 40);
  for (const zone of [...zones, ...zones]) expect(cron.next({ fields: "0 4 * * *", zone }, 0).kind).toBe("at");
});

const list = (min: number, max: number) =>
  fc
    .oneof(fc.constant(undefined), fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 6 }))
    .map((values) => values?.toSorted((a, b) => a - b).join(",") ?? "*");
const expressions = fc
  .tuple(list(0, 59), list(0, 23), list(1, 28), list(1, 12), list(0, 6))
  .map((fields) => fields.join(" "));
const year = { min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 0, 1) };

/** Whether a minute of the calendar is meant; `ms` is what a clock shows, as if it were UTC. */
function isMeant(fields: string, ms: number): boolean {
  const shown = new Date(ms);
  const [minute, hour, day, month, weekday] = fields.split(" ");
  const has = (field: string | undefined, value: number) =>
    field === "*" || field?.split(",").includes(String(value)) === true;
  const [isDay, isWeekday] = [has(day, shown.getUTCDate()), has(weekday, shown.getUTCDay())];
  const isOnDay = day !== "*" && weekday !== "*" ? isDay || isWeekday : isDay && isWeekday;
  const isInMonth = has(month, shown.getUTCMonth() + 1);
  return isOnDay && isInMonth && has(minute, shown.getUTCMinutes()) && has(hour, shown.getUTCHours());
}

describe("laws", () => {
  property.prop([expressions, fc.integer(year)], { numRuns: 30 })(
    "the next time is the first minute that is meant",
    (fields, fromMs) => {
      expect(parseSchedule(fields).kind).toBe("schedule");
      const next = cron.next({ fields, zone: "UTC" }, fromMs);
      let ms = Math.floor(fromMs / 60_000) * 60_000 + 60_000;
      const end = ms + 40 * 24 * hourMs;
      while (ms < end && !isMeant(fields, ms)) ms += 60_000;
      if (ms < end) expect(next).toEqual({ kind: "at", ms });
      else expect(next.kind === "at" ? next.ms : Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(end);
    },
  );

  const zones = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Kolkata",
  ];
  /** Days around which clocks of these zones are changed, 2026. */
  const around = ["02-14", "03-08", "03-29", "04-05", "04-24", "10-04", "10-25", "10-30", "11-01", "07-01"];
  const hours = fc.oneof(list(0, 4), fc.constant("*"));
  const daily = fc.tuple(list(0, 59), hours).map(([minute, hour]) => `${minute} ${hour} * * *`);

  property.prop([daily, fc.constantFrom(...zones), fc.constantFrom(...around), fc.integer({ min: -20 * 60, max: 0 })], {
    numRuns: 12,
  })(
    "where clocks are changed, each time on them runs once, or later by as much as they are put forward",
    (fields, zone, day, minutes) => {
      const fromMs = Date.parse(`2026-${day}T12:00Z`) + minutes * 60_000;
      const toMs = fromMs + 16 * hourMs;
      expect(runsOf(fields, zone, { fromMs, toMs })).toEqual(meantBetween(fields, zone, { fromMs, toMs }));
    },
  );
});

type Span = { readonly fromMs: number; readonly toMs: number };

function runsOf(fields: string, zone: string, { fromMs, toMs }: Span): readonly string[] {
  const found: string[] = [];
  for (let ms = fromMs; ; ) {
    const next = cron.next({ fields, zone }, ms);
    if (next.kind !== "at" || next.ms > toMs) return found;
    found.push(new Date(next.ms).toISOString());
    ms = next.ms;
  }
}

/** Looks at what a clock of the zone shows in each minute. */
function meantBetween(fields: string, zone: string, { fromMs, toMs }: Span): readonly string[] {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  const shownAt = (ms: number) => Date.parse(`${format.format(ms).replace(" ", "T")}Z`);
  const isEveryHour = fields.split(" ")[1] === "*";
  const found = new Set<number>();
  const seen = new Set<number>();
  let last: number | undefined;
  for (let ms = fromMs - 4 * hourMs; ms <= toMs; ms += 60_000) {
    const shown = shownAt(ms);
    const isAgain = seen.has(shown);
    seen.add(shown);
    if (isMeant(fields, shown) && (isEveryHour || !isAgain)) found.add(ms);
    // Put forward: what lies between was left out.
    for (let left = (last ?? shown) + 60_000; left < shown; left += 60_000) {
      if (isMeant(fields, left)) found.add(ms + left - (last ?? shown) - 60_000);
    }
    last = shown;
  }
  return [...found]
    .filter((ms) => ms > fromMs && ms <= toMs)
    .sort((a, b) => a - b)
    .map((ms) => new Date(ms).toISOString());
}
