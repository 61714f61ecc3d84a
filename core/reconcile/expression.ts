/**
 * Reads the schedule's text, as Whereabouts' scheduler does (gocron 2 over robfig/cron 3, whose zone there is UTC): what that refuses is
 * refused, what it takes is taken with the same meaning. A library of cron times sees only what `cron-fields.ts` made of it, because
 * cron-parser
 *
 * - takes six fields, or two, or none at all (then every minute): here there are exactly five;
 * - knows `L`, `#`, `H`, `7` for Sunday, `@minutely`, `@weekdays` and the like: refused here;
 * - knows neither `@midnight`, `@every`, `TZ=` nor `CRON_TZ=`: read here, before it is asked;
 * - refuses a list with nothing between two commas, `+5` and `*-5`, which are the list without it, `5`, and `*`;
 * - goes wrong where clocks are changed: there an adapter of ours decides (`core/ports/cron.ts`).
 *
 * What both take, they take with the same meaning: `?`, names in any case, ranges, steps (`5/15` is 5, 20, 35, 50; none of 0),
 * and either of two restricted fields of days. Two things differ from Whereabouts: where clocks are put forward it leaves a time out, and
 * where they are put back it runs twice; and here a zone's name may be in any case.
 *
 * @module
 */
import { type Failure, failure } from "../failure/failure.ts";
import type { Cron, CronTimes } from "../ports/cron.ts";
import { parseFields } from "./cron-fields.ts";
import { parseGoDuration } from "./go-duration.ts";

export type Schedule =
  | { readonly kind: "times"; readonly text: string; readonly times: CronTimes }
  /** Whole seconds, at least one. The zone means nothing, but has to be one. */
  | { readonly kind: "every"; readonly text: string; readonly everyMs: number; readonly zone: string };

export type ReadSchedule =
  | { readonly kind: "schedule"; readonly schedule: Schedule }
  /** `InvalidSchedule` */
  | { readonly kind: "failed"; readonly failure: Failure };

/** What is in force where nobody has said anything, as with Whereabouts. */
export const defaultSchedule: Schedule = {
  kind: "times",
  text: "30 4 * * *",
  times: { fields: "30 4 * * *", zone: "UTC" },
};

/** Go's `unicode.IsSpace`. */
const space = "[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const spaces = new RegExp(space);
const outerSpaces = new RegExp(`^${space}|${space}$`, "g");

/** As many as an expression can need that names every value twice; nobody writes longer ones. */
const lengthMax = 1024;

const named: ReadonlyMap<string, string> = new Map([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
]);

/** A schedule that will be due some day. @param nowMs wall clock */
export function readSchedule(text: string, cron: Cron, nowMs: number): ReadSchedule {
  const parsed = parseSchedule(text);
  if (parsed.kind === "failed") return parsed;
  const { schedule } = parsed;
  const times = schedule.kind === "times" ? schedule.times : { fields: "* * * * *", zone: schedule.zone };
  const { kind } = cron.next(times, nowMs);
  if (kind === "unknown-zone") return refused(text, `a time zone such as Europe/Berlin instead of ${times.zone}`);
  return kind === "never" ? refused(text, noDay) : parsed;
}

const noDay = "a day that some month has";

/** All but what only a calendar of time zones can tell. */
export function parseSchedule(text: string): ReadSchedule {
  if (text.length > lengthMax) return refused(text, `at most ${lengthMax} characters`);
  const trimmed = text.replaceAll(outerSpaces, "");
  if (trimmed === "") return refused(text, "five fields, such as 30 4 * * *");
  const zoned = /^(?:CRON_)?TZ=([^ ]*)(.*)$/s.exec(trimmed);
  const zone = zoned?.[1] ?? "UTC";
  const rest = (zoned?.[2] ?? trimmed).replaceAll(outerSpaces, "");
  if (!isZoneName(zone)) return refused(text, "a time zone such as Europe/Berlin after TZ=");
  return rest.startsWith("@") ? parseNamed(text, rest, zone) : parseTimes(text, rest, zone);
}

function parseNamed(text: string, name: string, zone: string): ReadSchedule {
  const fields = named.get(name);
  if (fields !== undefined) return parseTimes(text, fields, zone);
  const every = /^@every (.*)$/s.exec(name)?.[1];
  if (every === undefined) {
    return refused(text, `one of ${[...named.keys()].join(", ")}, or @every with a time such as 1h30m`);
  }
  const ns = parseGoDuration(every);
  if (ns === undefined) return refused(text, "a time such as 1h30m after @every");
  const seconds = ns < 1_000_000_000n ? 1n : ns / 1_000_000_000n;
  return { kind: "schedule", schedule: { kind: "every", text, everyMs: Number(seconds) * 1000, zone: zoneOf(zone) } };
}

function parseTimes(text: string, times: string, zone: string): ReadSchedule {
  const fields = times.split(spaces).filter((field) => field !== "");
  if (fields.length !== 5) return refused(text, `five fields, and not ${fields.length}, such as 30 4 * * *`);
  const parsed = parseFields(fields);
  switch (parsed.kind) {
    case "fields":
      return {
        kind: "schedule",
        schedule: { kind: "times", text, times: { fields: parsed.fields, zone: zoneOf(zone) } },
      };
    case "never":
      return refused(text, noDay);
    case "wrong":
      return refused(text, parsed.expected);
    default:
      return parsed satisfies never;
  }
}

/** Anything else is no name of a zone, whatever a library makes of it: "+02:00", "system", "../x". */
function isZoneName(zone: string): boolean {
  return /^(?:[A-Za-z][\w+-]*(?:\/[\w+-]+)*)?$/.test(zone);
}

function zoneOf(zone: string): string {
  return zone === "" || zone === "Local" ? "UTC" : zone;
}

function refused(text: string, expected: string): ReadSchedule {
  return { kind: "failed", failure: failure("InvalidSchedule", text, expected) };
}
