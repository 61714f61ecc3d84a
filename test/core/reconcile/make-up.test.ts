/**
 * Which runs were missed while no process was there for them, and when they are made up.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { createCron } from "../../../adapters/cron/cron.ts";
import { readSchedule } from "../../../core/reconcile/expression.ts";
import { MakeUp } from "../../../core/reconcile/make-up.ts";
import { spreadMs } from "../../../core/reconcile/spread.ts";

const cron = createCron();
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** A Friday, 12:00 UTC. */
const noon = Date.UTC(2026, 0, 2, 12);

function schedule(text: string) {
  const read = readSchedule(text, cron, noon);
  if (read.kind === "failed") throw new Error(read.failure.message);
  return read.schedule;
}

const fresh = () => new MakeUp({ cron, node: "node-1" });

function begun() {
  const made = fresh();
  made.begin();
  return made;
}

const at = (wallMs: number, bootMs = 0) => ({ wallMs, bootNs: BigInt(bootMs) * 1_000_000n });

describe("the own part of a member that starts", () => {
  test("is run once, within the node's delay", () => {
    const made = fresh();
    const facts = { schedule: schedule("30 4 * * *"), elected: undefined };
    const delayMs = spreadMs("node-1", dayMs);
    expect(made.step(at(noon), facts)).toEqual({ leftMs: delayMs, isElected: false });
    expect(made.step(at(noon + 1000, 1000), facts)).toEqual({ leftMs: delayMs - 1000, isElected: false });
    expect(made.step(at(noon + hourMs, hourMs), facts)?.leftMs).toBe(0);
    made.begin();
    expect(made.step(at(noon + hourMs, hourMs), facts)).toBeUndefined();
  });

  test.each([
    { name: "no time within the last interval", text: "30 4 * * 1,2", missed: false },
    { name: "a schedule of days, with a time this morning", text: "30 4 * * 1-5", missed: true },
    { name: "a pause from the start on", text: "@every 10m", missed: true },
  ])("$name", ({ text, missed }) => {
    expect(fresh().step(at(noon), { schedule: schedule(text), elected: undefined }) !== undefined).toBe(missed);
  });
});

describe("the elected part", () => {
  const daily = schedule("30 4 * * *");
  test.each([
    { name: "ran before this morning's time", lastMs: noon - dayMs, missed: true },
    { name: "ran since", lastMs: noon - hourMs, missed: false },
    { name: "ran long ago", lastMs: 0, missed: true },
    { name: "nobody knows of a run", lastMs: undefined, missed: true },
    { name: "ran by a clock that is ahead", lastMs: noon + 400 * dayMs, missed: false },
    { name: "ran by a clock that is beyond all dates", lastMs: 9e15, missed: false },
  ])("$name", ({ lastMs, missed }) => {
    const step = begun().step(at(noon), { schedule: daily, elected: { lastMs } });
    expect(step?.isElected ?? false).toBe(missed);
    expect(step !== undefined).toBe(missed);
  });

  test("of a pause counts from its last run", () => {
    const every = schedule("@every 10m");
    const step = (lastMs: number) => begun().step(at(noon), { schedule: every, elected: { lastMs } });
    expect(step(noon - 600_001)?.isElected).toBe(true);
    expect(step(noon - 599_999)).toBeUndefined();
  });

  test("is not run by a member that starts when another one ran it", () => {
    const facts = { schedule: daily, elected: { lastMs: noon - hourMs } };
    expect(fresh().step(at(noon), facts)?.isElected).toBe(false);
  });

  test("is left when the member is not elected any more, and its delay begins anew", () => {
    const made = begun();
    made.step(at(noon), { schedule: daily, elected: { lastMs: undefined } });
    expect(made.step(at(noon), { schedule: daily, elected: undefined })).toBeUndefined();
    const later = made.step(at(noon + hourMs, hourMs), { schedule: daily, elected: { lastMs: undefined } });
    expect(later?.leftMs).toBe(spreadMs("node-1", dayMs));
  });
});
