/**
 * When each duty is due, and when creates that may land late are looked for (P9).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { Later } from "../../../core/flow/later.ts";
import { Timetable } from "../../../core/flow/timetable.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

function table() {
  const clock = createVirtualClock();
  return { clock, duties: new Timetable(clock, ["mode", "sweep"]) };
}

describe("a duty", () => {
  test("is due at first, and again when its time has come", async () => {
    const { clock, duties } = table();
    expect(duties.isDue("mode")).toBe(true);
    await duties.carryOut("mode", async () => 5_000);
    expect([duties.isDue("mode"), duties.isDue("sweep")]).toEqual([false, true]);
    await clock.advance(5_000);
    expect(duties.isDue("mode")).toBe(true);
  });

  test("that is hurried while it is being done is done once more", async () => {
    const { duties } = table();
    await duties.carryOut("mode", async () => (duties.hurry("mode"), 5_000));
    expect(duties.isDue("mode")).toBe(true);
  });

  test("that fails is due again soon", async () => {
    const { clock, duties } = table();
    const failing = duties.carryOut("mode", async () => Promise.reject(new Error("a test")));
    await expect(failing).rejects.toThrow("a test");
    expect(duties.isDue("mode")).toBe(false);
    await clock.advance(1_000);
    expect(duties.isDue("mode")).toBe(true);
  });

  test("that fails again and again is put off twice as long each time, up to its bound, until it is done", async () => {
    const { duties } = table();
    const pauses: number[] = [];
    const fail = async () => {
      await duties.carryOut("mode", async () => ({ atMostMs: 10_000 }));
      pauses.push(duties.pauseMs(60_000, ["mode"]));
    };
    for (let time = 0; time < 6; time += 1) await fail();
    await duties.carryOut("mode", async () => 30_000);
    await fail();
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 1_000]);
  });

  test("that failed can be hurried with all that failed, and with nothing else", async () => {
    const { duties } = table();
    for (const _ of [1, 2]) await duties.carryOut("mode", async () => ({ atMostMs: 10_000 }));
    await duties.carryOut("sweep", async () => 5_000);
    duties.hurryFailed();
    expect([duties.isDue("mode"), duties.isDue("sweep")]).toEqual([true, false]);
    await duties.carryOut("mode", async () => ({ atMostMs: 10_000 }));
    expect(duties.pauseMs(60_000)).toBe(1_000);
  });

  test("is waited for until the first is due, at least 1 ms and at most as long as it is said", async () => {
    const { duties } = table();
    expect(duties.pauseMs(60_000)).toBe(1);
    duties.putOff("mode", 5_000);
    duties.putOff("sweep", 9_000);
    expect([duties.pauseMs(60_000), duties.pauseMs(300)]).toEqual([5_000, 300]);
    expect([duties.isWithin("sweep", 8_999), duties.isWithin("sweep", 9_000)]).toEqual([false, true]);
  });
});

describe("a create that may land late", () => {
  test("is looked for when it can land no longer, once", async () => {
    const clock = createVirtualClock();
    const later = new Later(clock, 90_000);
    expect([later.take(), later.pauseMs(1_000_000)]).toEqual([false, 1_000_000]);
    later.look();
    expect(later.pauseMs(1_000_000)).toBe(90_000);
    await clock.advance(89_999);
    expect([later.take(), later.pauseMs(1_000)]).toEqual([false, 1]);
    await clock.advance(1);
    expect([later.take(), later.take()]).toEqual([true, false]);
  });

  test("does not put off the look for one before it, and has a look of its own", async () => {
    const clock = createVirtualClock();
    const later = new Later(clock, 90_000);
    later.look();
    await clock.advance(60_000);
    later.look();
    await clock.advance(30_000);
    expect(later.take()).toBe(true);
    expect(later.take()).toBe(false);
    await clock.advance(60_000);
    expect(later.take()).toBe(true);
  });
});
