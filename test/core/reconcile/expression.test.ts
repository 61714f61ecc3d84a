/**
 * The schedule's text: what robfig/cron takes is taken, what it refuses is refused. The rows were held against robfig/cron 3.0.1.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { createCron } from "../../../adapters/cron/cron.ts";
import { defaultSchedule, parseSchedule, readSchedule } from "../../../core/reconcile/expression.ts";
import { parseGoDuration } from "../../../core/reconcile/go-duration.ts";

const taken: readonly { name: string; text: string; fields: string; zone?: string }[] = [
  { name: "Whereabouts' default", text: "30 4 * * *", fields: "30 4 * * *" },
  { name: "what a file has around it", text: " 30\t4  * * *\n", fields: "30 4 * * *" },
  { name: "a no-break space between", text: "30\u00a04 * * *", fields: "30 4 * * *" },
  { name: "question marks for stars", text: "0 4 ? * ?", fields: "0 4 * * *" },
  { name: "names in any case", text: "0 4 * jan,DEC Mon-fri", fields: "0 4 * 1,12 1,2,3,4,5" },
  { name: "ranges and lists", text: "0-3,10 4 1-3,2-4 * *", fields: "0,1,2,3,10 4 1,2,3,4 * *" },
  { name: "a step through all", text: "*/20 4 * * *", fields: "0,20,40 4 * * *" },
  { name: "a step from a number on", text: "5/15 4 * * *", fields: "5,20,35,50 4 * * *" },
  { name: "a step through a range", text: "0-10/5 4 * * *", fields: "0,5,10 4 * * *" },
  { name: "a step of 1 restricts nothing", text: "0 4 */1 * 1", fields: "0 4 * * 1" },
  { name: "a step beyond the end", text: "*/70 4 * * *", fields: "0 4 * * *" },
  { name: "a step of 2 does: either field of days is enough", text: "0 4 1/15 * 1", fields: "0 4 1,16,31 * 1" },
  {
    name: "all days by name are a restriction, as robfig/cron has it",
    text: "0 4 13 * 0-6",
    fields: "0 4 13 * 0,1,2,3,4,5,6",
  },
  { name: "a star among others", text: "0 4 13,* * 1", fields: "0 4 * * 1" },
  { name: "nothing between commas", text: "0,,5, 4 * * *", fields: "0,5 4 * * *" },
  { name: "a plus and a leading nought", text: "+5 04 * * *", fields: "5 4 * * *" },
  { name: "what stands behind a star", text: "*-5 4 * * *", fields: "* 4 * * *" },
  { name: "a day that only the weekday can bring", text: "0 4 31 2 1", fields: "0 4 * 2 1" },
  { name: "days of the month that name none, beside weekdays", text: "0 4 , * 1", fields: "0 4 * * 1" },
  { name: "days that one of the months lacks", text: "0 4 30,31 2,4 *", fields: "0 4 30 2,4 *" },
  { name: "@yearly", text: "@yearly", fields: "0 0 1 1 *" },
  { name: "@annually", text: "@annually", fields: "0 0 1 1 *" },
  { name: "@monthly", text: "@monthly", fields: "0 0 1 * *" },
  { name: "@weekly", text: "@weekly", fields: "0 0 * * 0" },
  { name: "@daily", text: "@daily\n", fields: "0 0 * * *" },
  { name: "@midnight", text: "@midnight", fields: "0 0 * * *" },
  { name: "@hourly", text: "@hourly", fields: "0 * * * *" },
  { name: "TZ=", text: "TZ=Europe/Berlin 30 4 * * *", fields: "30 4 * * *", zone: "Europe/Berlin" },
  { name: "CRON_TZ= before a name", text: "CRON_TZ=Asia/Kolkata  @daily", fields: "0 0 * * *", zone: "Asia/Kolkata" },
  { name: "an empty zone", text: "TZ= 30 4 * * *", fields: "30 4 * * *", zone: "UTC" },
  { name: "the zone of the machine, which is a pod's", text: "TZ=Local 30 4 * * *", fields: "30 4 * * *", zone: "UTC" },
];
test.each(taken)("takes $name", ({ text, fields, zone = "UTC" }) => {
  const times = { kind: "times", text, times: { fields, zone } };
  expect(readSchedule(text, createCron(), 0)).toEqual({ kind: "schedule", schedule: times });
});

const five = (found: number) => `five fields, and not ${found}, such as 30 4 * * *`;
const named =
  "one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, or @every with a time such as 1h30m";
const refused: readonly { name: string; text: string; expected: string }[] = [
  { name: "nothing", text: "", expected: "five fields, such as 30 4 * * *" },
  { name: "only spaces", text: " \n", expected: "five fields, such as 30 4 * * *" },
  { name: "four fields", text: "4 * * *", expected: five(4) },
  { name: "six fields", text: "0 30 4 * * *", expected: five(6) },
  { name: "words", text: "every day at noon", expected: five(4) },
  { name: "another unit's name", text: "@minutely", expected: named },
  { name: "a name in capitals", text: "@Daily", expected: named },
  { name: "@reboot", text: "@reboot", expected: named },
  { name: "@every without a time", text: "@every", expected: named },
  { name: "@every with something else", text: "@every day", expected: "a time such as 1h30m after @every" },
  { name: "@every with two spaces", text: "@every  1h", expected: "a time such as 1h30m after @every" },
  { name: "a minute too high", text: "60 4 * * *", expected: "0 to 59 for the minute instead of 60" },
  { name: "an hour too high", text: "0 24 * * *", expected: "0 to 23 for the hour instead of 24" },
  { name: "a day below the first", text: "0 4 0 * *", expected: "1 to 31 for the day of the month instead of 0" },
  { name: "a month too high", text: "0 4 * 13 *", expected: "1 to 12 or jan to dec for the month instead of 13" },
  { name: "7 for Sunday", text: "0 4 * * 7", expected: "0 to 6 or sun to sat for the day of the week instead of 7" },
  {
    name: "a whole name of a day",
    text: "0 4 * * monday",
    expected: "0 to 6 or sun to sat for the day of the week instead of monday",
  },
  { name: "the last day", text: "0 4 L * *", expected: "1 to 31 for the day of the month instead of L" },
  {
    name: "the last Friday",
    text: "0 4 * * 5L",
    expected: "0 to 6 or sun to sat for the day of the week instead of 5L",
  },
  {
    name: "the second Monday",
    text: "0 4 * * 1#2",
    expected: "0 to 6 or sun to sat for the day of the week instead of 1#2",
  },
  { name: "the nearest weekday", text: "0 4 15W * *", expected: "1 to 31 for the day of the month instead of 15W" },
  { name: "a hashed minute", text: "H 4 * * *", expected: "0 to 59 for the minute instead of H" },
  { name: "a negative number", text: "-5 4 * * *", expected: "0 to 59 for the minute instead of -5" },
  { name: "a range that falls", text: "5-1 4 * * *", expected: "a range that rises for the minute instead of 5-1" },
  {
    name: "a range of three",
    text: "1-2-3 4 * * *",
    expected: "a range such as 0-59/2 for the minute instead of 1-2-3",
  },
  { name: "two steps", text: "*/2/3 4 * * *", expected: "a range such as 0-59/2 for the minute instead of */2/3" },
  { name: "a step of 0", text: "*/0 4 * * *", expected: "a step of at least 1 for the minute instead of */0" },
  { name: "a step of nothing", text: "*/ 4 * * *", expected: "a step of at least 1 for the minute instead of */" },
  {
    name: "a step beyond 64 bits",
    text: "*/9223372036854775808 4 * * *",
    expected: "a step of at least 1 for the minute instead of */9223372036854775808",
  },
  { name: "a list of nothing", text: ", 4 * * *", expected: "a day that some month has" },
  { name: "days of the week that name none", text: "0 4 * * ,", expected: "a day that some month has" },
  { name: "the 31st of February", text: "0 4 31 2 *", expected: "a day that some month has" },
  {
    name: "a zone that is none",
    text: "TZ=Mars/Olympus 0 4 * * *",
    expected: "a time zone such as Europe/Berlin instead of Mars/Olympus",
  },
  {
    name: "such a zone before @every",
    text: "TZ=Mars/Olympus @every 1h",
    expected: "a time zone such as Europe/Berlin instead of Mars/Olympus",
  },
  {
    name: "an offset for a zone",
    text: "TZ=+02:00 0 4 * * *",
    expected: "a time zone such as Europe/Berlin after TZ=",
  },
  { name: "a path for a zone", text: "TZ=../x 0 4 * * *", expected: "a time zone such as Europe/Berlin after TZ=" },
  { name: "a zone and a tab", text: "TZ=UTC\t0 4 * * *", expected: "a time zone such as Europe/Berlin after TZ=" },
  { name: "a zone alone", text: "TZ=UTC", expected: five(0) },
  { name: "a zone in small letters", text: "tz=UTC 0 4 * * *", expected: five(6) },
  {
    name: "control characters, told without them",
    text: "\u001b 4 * * *",
    expected: "0 to 59 for the minute instead of \\u001b",
  },
];
test.each(refused)("refuses $name", ({ text, expected }) => {
  const read = readSchedule(text, createCron(), 0);
  const message = `Cannot read schedule ${JSON.stringify(text)}: expected ${expected}`;
  expect(read).toMatchObject({ kind: "failed", failure: { name: "InvalidSchedule", message } });
});

test("refuses a text of more than 1,024 characters, before it is looked at", () => {
  const read = parseSchedule(`${"1,".repeat(600)}2 4 * * *`);
  expect(read).toMatchObject({
    kind: "failed",
    failure: { message: expect.stringMatching(/expected at most 1024 characters$/) },
  });
});

test("refuses what the calendar never comes to, for whatever reason", () => {
  const read = readSchedule("0 4 * * *", { next: () => ({ kind: "never" }) }, 0);
  expect(read).toMatchObject({
    kind: "failed",
    failure: { message: expect.stringMatching(/a day that some month has$/) },
  });
});

test("the default is what its text says", () => {
  expect(parseSchedule(defaultSchedule.text)).toEqual({ kind: "schedule", schedule: defaultSchedule });
});

const durations: readonly { text: string; everyMs: number }[] = [
  { text: "@every 1h30m", everyMs: 5_400_000 },
  { text: "@every 90s", everyMs: 90_000 },
  { text: "@every 1.5h", everyMs: 5_400_000 },
  { text: "@every 2999ms", everyMs: 2_000 },
  { text: "@every 500ms", everyMs: 1_000 },
  { text: "@every 0", everyMs: 1_000 },
  { text: "@every -5m", everyMs: 1_000 },
  { text: "TZ=Europe/Berlin @every 1m ", everyMs: 60_000 },
];
test.each(durations)("$text: whole seconds, and at least one", ({ text, everyMs }) => {
  expect(readSchedule(text, createCron(), 0)).toMatchObject({
    kind: "schedule",
    schedule: { kind: "every", text, everyMs },
  });
});

describe("Go's durations", () => {
  test.each([
    { text: "0", ns: 0n },
    { text: "+1m", ns: 60_000_000_000n },
    { text: "-1.5s", ns: -1_500_000_000n },
    { text: ".5s", ns: 500_000_000n },
    { text: "1.s", ns: 1_000_000_000n },
    { text: "1us", ns: 1_000n },
    { text: "1µs", ns: 1_000n },
    { text: "1μs", ns: 1_000n },
    { text: "1h2m3s4ms5us6ns", ns: 3_723_004_005_006n },
    { text: "9223372036854775807ns", ns: 2n ** 63n - 1n },
    { text: "-9223372036854775808ns", ns: -(2n ** 63n) },
  ])("$text", ({ text, ns }) => expect(parseGoDuration(text)).toBe(ns));

  test.each(["", "5", "1d", "1 h", "1h ", ".s", "s", "--1s", "1h30", "9223372036854775808ns", "2562048h", "1S"])(
    "refuses %j",
    (text) => expect(parseGoDuration(text)).toBeUndefined(),
  );
});
