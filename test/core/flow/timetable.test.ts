/**
 * Duties of a loop: due, put off, hurried; also while they are being done.
 *
 * @module
 */
import { expect, test } from "vitest";
import { againMs, Timetable } from "../../../core/flow/timetable.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

async function table() {
  const clock = createVirtualClock();
  return { clock, duties: new Timetable(clock, ["read", "write"]) };
}

test("all are due at once; what is put off is due after that time", async () => {
  const { clock, duties } = await table();
  expect([duties.isDue("read"), duties.isDue("write")]).toEqual([true, true]);
  duties.putOff("read", 500);
  expect([duties.isDue("read"), duties.isWithin("read", 499), duties.isWithin("read", 500)]).toEqual([
    false,
    false,
    true,
  ]);
  await clock.advance(500);
  expect(duties.isDue("read")).toBe(true);
});

test("what was done is due again when it said", async () => {
  const { clock, duties } = await table();
  await duties.carryOut("read", async () => 300);
  expect(duties.isDue("read")).toBe(false);
  await clock.advance(300);
  expect(duties.isDue("read")).toBe(true);
});

test("what is hurried while it is being done is done once more", async () => {
  const { duties } = await table();
  await duties.carryOut("read", async () => {
    expect(duties.isDue("read")).toBe(false);
    duties.hurry("read");
    return 300;
  });
  expect(duties.isDue("read")).toBe(true);
});

test("what throws is tried again soon", async () => {
  const { clock, duties } = await table();
  await expect(duties.carryOut("read", () => Promise.reject(new Error("a defect")))).rejects.toThrow("a defect");
  expect(duties.isDue("read")).toBe(false);
  await clock.advance(againMs);
  expect(duties.isDue("read")).toBe(true);
});

test("the pause lasts until the first is due: no longer than told, and never nothing", async () => {
  const { duties } = await table();
  expect(duties.pauseMs(5_000)).toBe(1);
  duties.putOff("read", 700);
  duties.putOff("write", 9_000);
  expect(duties.pauseMs(5_000)).toBe(700);
  duties.putOff("read", 9_000);
  expect(duties.pauseMs(5_000)).toBe(5_000);
});
