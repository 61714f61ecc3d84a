/**
 * When the next run begins: on clocks that jump, machines that sleep, and schedules that change.
 *
 * @module
 */
import { test as property } from "@fast-check/vitest";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createCron } from "../../../adapters/cron/cron.ts";
import { readSchedule, type Schedule } from "../../../core/reconcile/expression.ts";
import { lookMs, NextRun, type NextStep } from "../../../core/reconcile/next-run.ts";
import { spreadMs } from "../../../core/reconcile/spread.ts";

const cron = createCron();
const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000];
const noon = Date.UTC(2026, 5, 1, 12);

function schedule(text: string): Schedule {
  const read = readSchedule(text, cron, noon);
  if (read.kind === "failed") throw new Error(read.failure.message);
  return read.schedule;
}

/** A node and its clocks: looks as often as it is told to, and runs when it is told to. */
class Node {
  wallMs: number;
  bootNs = 1_000_000_000n;
  readonly begun: number[] = [];
  readonly next: NextRun;
  #endsNs: bigint | undefined;
  readonly #tookMs: number;

  constructor(text: string, { fromMs = noon, tookMs = 1_000 } = {}) {
    this.wallMs = fromMs;
    this.#tookMs = tookMs;
    this.next = new NextRun({ cron, node: "node-1", schedule: schedule(text), now: this.now });
  }

  get now() {
    return { wallMs: this.wallMs, bootNs: this.bootNs };
  }

  /** The machine lives on for so long, on both clocks. */
  live(ms: number): void {
    const endNs = this.bootNs + BigInt(Math.round(ms)) * 1_000_000n;
    while (this.bootNs < endNs) {
      const step = this.next.step(this.now);
      if (step.kind === "run") this.#begin();
      else this.#pass(Math.min(this.#untilNextMs(step), Number(endNs - this.bootNs) / 1e6));
    }
  }

  /** Nothing runs meanwhile. */
  sleep(ms: number): void {
    this.#pass(ms);
  }

  #begin(): void {
    expect(this.#endsNs).toBeUndefined();
    this.begun.push(this.wallMs);
    this.next.begin(this.now);
    this.#endsNs = this.bootNs + BigInt(this.#tookMs) * 1_000_000n;
  }

  #untilNextMs(step: Extract<NextStep, { kind: "wait" }>): number {
    expect(step.ms).toBeGreaterThanOrEqual(1);
    expect(step.ms).toBeLessThanOrEqual(lookMs);
    return this.#endsNs === undefined ? step.ms : Math.min(step.ms, Number(this.#endsNs - this.bootNs) / 1e6);
  }

  #pass(ms: number): void {
    const whole = Math.max(1, Math.ceil(ms));
    this.wallMs += whole;
    this.bootNs += BigInt(whole) * 1_000_000n;
    if (this.#endsNs === undefined || this.bootNs < this.#endsNs) return;
    this.#endsNs = undefined;
    this.next.end();
  }
}

const delayOf = (pauseMs: number) => spreadMs("node-1", pauseMs);
const at = (day: number, hour: number, minute = 0) => Date.UTC(2026, 5, day, hour, minute);

test("a run begins at each time on the schedule, as much later as this node does, and none at the start", () => {
  const node = new Node("30 4 * * *");
  node.live(3 * dayMs);
  expect(node.begun).toEqual([2, 3, 4].map((day) => at(day, 4, 30) + delayOf(dayMs)));
  expect(delayOf(dayMs)).toBeGreaterThan(0);
});

test("how long until the next run is told, and the wall clock is looked at once a minute", () => {
  const node = new Node("30 4 * * *");
  expect(node.next.step(node.now)).toEqual({ kind: "wait", ms: 60_000, nextMs: at(2, 4, 30) + delayOf(dayMs) });
  node.live(16.5 * hourMs + delayOf(dayMs) - 2_500);
  expect(node.next.step(node.now)).toMatchObject({ kind: "wait", ms: 2_500 });
});

test("a run that is still going is not started twice; the times it passed are made up by one", () => {
  const node = new Node("0 * * * *", { tookMs: 3.5 * hourMs });
  node.live(5 * hourMs);
  const [first = 0, second = 0] = node.begun;
  expect(node.begun).toHaveLength(2);
  expect(first).toBe(at(1, 13) + delayOf(hourMs));
  expect(second - first).toBeGreaterThanOrEqual(3.5 * hourMs);
});

test("a machine that slept over many times makes them up once, not before its delay, and goes on as planned", () => {
  const node = new Node("0 * * * *");
  node.sleep(30 * hourMs + 20 * minuteMs);
  const awake = node.wallMs;
  node.live(hourMs);
  expect(node.begun).toEqual([awake + delayOf(hourMs), at(2, 19) + delayOf(hourMs)]);
});

test("a clock put forward makes up what lies between once", () => {
  const node = new Node("0 * * * *");
  node.live(10 * minuteMs);
  node.wallMs += 5 * hourMs;
  node.live(30 * minuteMs);
  expect(node.begun).toHaveLength(1);
});

test("a clock put back by less than a pause repeats nothing", () => {
  const node = new Node("30 4 * * *");
  node.live(17 * hourMs);
  expect(node.begun).toHaveLength(1);
  node.wallMs -= hourMs;
  node.live(20 * hourMs);
  expect(node.begun).toHaveLength(1);
  node.live(5 * hourMs);
  expect(node.begun).toEqual([2, 3].map((day) => at(day, 4, 30) + delayOf(dayMs)));
});

test("a clock that was wrong by far and is put right does not silence the node", () => {
  const node = new Node("0 * * * *");
  node.wallMs += 365 * dayMs;
  node.live(2 * hourMs);
  const before = node.begun.length;
  node.wallMs -= 365 * dayMs;
  node.live(2.5 * hourMs);
  expect(node.begun.length - before).toBe(2);
});

test("a new schedule is in force at once, and makes up nothing from before it", () => {
  const node = new Node("30 4 * * *");
  node.live(10 * hourMs);
  node.next.follow(schedule("0 20 * * *"), node.now);
  node.live(10 * minuteMs);
  expect(node.begun).toEqual([]);
  node.next.follow(schedule("*/5 * * * *"), node.now);
  expect(node.next.step(node.now)).toMatchObject({ nextMs: at(1, 22, 15) + delayOf(5 * minuteMs) });
  node.live(6 * minuteMs);
  expect(node.begun).toHaveLength(1);
});

test("the same schedule again changes nothing: a time that is due stays due", () => {
  const node = new Node("30 4 * * *");
  node.sleep(17 * hourMs);
  node.next.follow(schedule("30 4 * * *"), node.now);
  node.live(10 * minuteMs);
  expect(node.begun).toHaveLength(1);
});

test("@every counts from the start, and does not drift by what runs are late", () => {
  const node = new Node("@every 10m", { tookMs: 30_000 });
  node.live(hourMs);
  const first = noon + 10 * minuteMs + delayOf(10 * minuteMs);
  expect(node.begun).toEqual([0, 1, 2, 3, 4].map((at) => first + at * 10 * minuteMs));
});

test("@every goes on when the clock is put back or forward", () => {
  const node = new Node("@every 10m");
  node.live(hourMs);
  node.wallMs -= 5 * hourMs;
  node.live(hourMs);
  node.wallMs += 5 * hourMs;
  node.live(hourMs);
  expect(node.begun.length).toBeGreaterThanOrEqual(15);
  expect(node.begun.length).toBeLessThanOrEqual(18);
});

test("a run on demand makes up for what was missed, too", () => {
  const node = new Node("30 4 * * *");
  node.sleep(17 * hourMs);
  node.next.begin(node.now);
  node.next.end();
  node.live(hourMs);
  expect(node.begun).toEqual([]);
});

test("a run between two times of @every moves neither", () => {
  const node = new Node("@every 1h");
  node.live(30 * minuteMs);
  node.next.begin(node.now);
  node.next.end();
  node.live(hourMs);
  expect(node.begun).toEqual([noon + hourMs + delayOf(hourMs)]);
});

test("a time that does not exist and one that comes twice run once each", () => {
  for (const [text, fromMs] of [
    ["TZ=Europe/Berlin 30 2 * * *", Date.UTC(2026, 2, 28, 12)],
    ["TZ=Europe/Berlin 30 2 * * *", Date.UTC(2026, 9, 24, 12)],
  ] as const) {
    const node = new Node(text, { fromMs });
    node.live(dayMs);
    expect(node.begun).toHaveLength(1);
  }
});

const texts = ["0 * * * *", "*/7 * * * *", "0,1 4 * * *", "30 4 * * *", "TZ=Europe/Berlin 30 2,14 * * *"] as const;
const events = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("live" as const), ms: fc.integer({ min: 1, max: 6 * hourMs }) }),
    fc.record({ kind: fc.constant("sleep" as const), ms: fc.integer({ min: 1, max: 40 * hourMs }) }),
    fc.record({ kind: fc.constant("forward" as const), ms: fc.integer({ min: 1, max: 30 * hourMs }) }),
    fc.record({ kind: fc.constant("back" as const), ms: fc.integer({ min: 1, max: minuteMs }) }),
  ),
  { maxLength: 8 },
);

property.prop([fc.constantFrom(...texts), events, fc.constantFrom(1_000, 20 * minuteMs)], { numRuns: 20 })(
  "each run makes up for a time that none has made up for, and no time is left without one",
  (text, happenings, tookMs) => {
    const node = new Node(text, { fromMs: Date.UTC(2026, 9, 24, 12), tookMs });
    const startMs = node.wallMs;
    let latestMs = startMs;
    for (const { kind, ms } of happenings) {
      if (kind === "live") node.live(ms);
      else if (kind === "sleep") node.sleep(ms);
      else node.wallMs += kind === "forward" ? ms : -ms;
      latestMs = Math.max(latestMs, node.wallMs);
    }
    node.live(hourMs);
    const times: number[] = [];
    const { times: wanted } = schedule(text) as Extract<Schedule, { kind: "times" }>;
    for (
      let next = cron.next(wanted, startMs);
      next.kind === "at" && next.ms <= node.wallMs;
      next = cron.next(wanted, next.ms)
    ) {
      times.push(next.ms);
    }
    let doneMs = startMs;
    for (const begun of node.begun) {
      const isNew = times.some((time) => time > doneMs && time <= begun);
      expect(isNew).toBe(true);
      doneMs = Math.max(doneMs, begun);
    }
    // The delay, a run that was going, and a look.
    const slackMs = 10 * minuteMs + tookMs + 2 * lookMs;
    expect(times.filter((time) => time > doneMs && time < node.wallMs - slackMs)).toEqual([]);
  },
);
