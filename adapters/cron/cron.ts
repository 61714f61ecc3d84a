/**
 * When a schedule is due next: cron-parser finds the times of a calendar without zones, and `zone.ts` says which instants these are.
 * cron-parser's own zones are not used: around a change of clocks it leaves times out and gives others twice.
 *
 * @module
 */
import { CronExpressionParser } from "cron-parser";
import type { Cron, CronTimes } from "../../core/ports/cron.ts";
import { type Change, changeIn, isZone, offsetAt } from "./zone.ts";

/** No zone has ever put its clocks forward or back by more. */
const changeMs = 25 * 3_600_000;

export function createCron(): Cron {
  return {
    next: (times, afterMs) => {
      if (!isZone(times.zone)) return { kind: "unknown-zone" };
      const ms = nextInstant(times, afterMs);
      return ms === undefined ? { kind: "never" } : { kind: "at", ms };
    },
  };
}

function nextInstant({ fields, zone }: CronTimes, afterMs: number): number | undefined {
  // Hours that are not told apart come as often as they come.
  const isEveryHour = fields.split(" ")[1] === "*";
  let change = changeIn(zone, afterMs - changeMs, afterMs);
  for (;;) {
    const fromMs = change === undefined ? afterMs : Math.max(afterMs, change.ms - 1);
    const offset = offsetAt(zone, Math.max(fromMs, change?.ms ?? fromMs));
    const found =
      change === undefined ? later(fields, fromMs, offset) : afterChange(fields, fromMs, { change, isEveryHour });
    if (found === undefined) return undefined;
    // What was found holds as long as clocks are not changed before it.
    const next = changeIn(zone, Math.max(fromMs, change?.ms ?? fromMs), found);
    if (next === undefined) return found;
    change = next;
  }
}

type Changed = { readonly change: Change; readonly isEveryHour: boolean };

function afterChange(
  fields: string,
  fromMs: number,
  { change: { ms, before, after }, isEveryHour }: Changed,
): number | undefined {
  if (after > before) {
    // Told by the clock as it was: times that were left out come as much later as it was put forward.
    const leftOut = later(fields, fromMs, before);
    const ordinary = later(fields, Math.max(fromMs, ms - 1), after);
    if (leftOut === undefined || leftOut >= ms + after - before) return ordinary;
    return ordinary === undefined ? leftOut : Math.min(leftOut, ordinary);
  }
  // Times up to here have been: each counts once.
  const repeatedMs = isEveryHour ? 0 : before - after;
  return later(fields, Math.max(fromMs, ms - 1 + repeatedMs), after);
}

/** The first time after `fromMs` on a clock that is ahead of UTC by `offset`, as an instant. */
function later(fields: string, fromMs: number, offset: number): number | undefined {
  // Whole seconds: cron-parser looks for what is later than those.
  const currentDate = new Date(Math.floor((fromMs + offset) / 1000) * 1000);
  try {
    return CronExpressionParser.parse(fields, { currentDate, tz: "UTC" }).next().getTime() - offset;
  } catch {
    return undefined;
  }
}
