/**
 * Schedules as people say them.
 *
 * @module
 */
import { expect, test } from "vitest";
import { parseSchedule } from "../../../core/reconcile/expression.ts";
import { scheduleWords } from "../../../core/reconcile/schedule-words.ts";

test.each([
  { text: "30 4 * * *", words: "every day at 04:30 (UTC)" },
  { text: "@hourly", words: "every hour at minute 0 (UTC)" },
  { text: "TZ=Europe/Berlin 5 6,18 * * *", words: "every day at 06:05, 18:05 (Europe/Berlin)" },
  { text: "@every 90m", words: "every 90 min" },
  { text: "@every 2h", words: "every 2 h" },
  { text: "@every 61s", words: "every 61 s" },
  { text: "*/15 * * * *", words: 'at the times of "*/15 * * * *" (UTC)' },
  { text: "0 */2 * * *", words: 'at the times of "0 */2 * * *" (UTC)' },
  { text: "0 3 * * mon", words: 'at the times of "0 3 * * mon" (UTC)' },
])("$text is $words", ({ text, words }) => {
  const read = parseSchedule(text);
  if (read.kind === "failed") throw new Error(read.failure.message);
  expect(scheduleWords(read.schedule)).toBe(words);
});
