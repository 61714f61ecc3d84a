/**
 * A schedule as people say it.
 *
 * @module
 */
import type { CronTimes } from "../ports/cron.ts";
import type { Schedule } from "./expression.ts";

/** `every day at 04:30 (UTC)`; where that is no shorter than the expression, the expression. */
export function scheduleWords(schedule: Schedule): string {
  return schedule.kind === "every" ? everyWords(schedule.everyMs / 1000) : timesWords(schedule.text, schedule.times);
}

function everyWords(seconds: number): string {
  const units = [
    ["h", 3600],
    ["min", 60],
    ["s", 1],
  ] as const;
  const [unit, size] = units.find(([, one]) => seconds % one === 0) ?? ["s", 1];
  return `every ${seconds / size} ${unit}`;
}

function timesWords(text: string, { fields, zone }: CronTimes): string {
  const [minute = "", hour = "", ...days] = fields.split(" ");
  const isOne = (field: string) => /^\d+$/.test(field);
  if (days.some((field) => field !== "*") || !isOne(minute)) return `at the times of "${text.trim()}" (${zone})`;
  if (hour === "*") return `every hour at minute ${minute} (${zone})`;
  const at = hour.split(",").map((one) => `${one.padStart(2, "0")}:${minute.padStart(2, "0")}`);
  return at.length > 4 ? `at the times of "${text.trim()}" (${zone})` : `every day at ${at.join(", ")} (${zone})`;
}
