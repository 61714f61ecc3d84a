/**
 * One member over a clock that jumps, with a schedule that is said to it and runs that only take time.
 *
 * @module
 */
import { createCron } from "../../adapters/cron/cron.ts";
import { createCanceller } from "../../core/flow/canceller.ts";
import { Duties } from "../../core/flow/reconcile/duties.ts";
import { Member } from "../../core/flow/reconcile/member.ts";
import type { Scope } from "../../core/flow/reconcile/needs.ts";
import type { Signal } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Metrics } from "../../core/ports/metrics.ts";
import { readSchedule } from "../../core/reconcile/expression.ts";
import { type InForce, unseen } from "../../core/reconcile/in-force.ts";
import type { ScheduleHooks } from "../../core/reconcile/schedule-follow.ts";
import { createVirtualClock } from "./virtual-clock.ts";

export const hourMs = 3_600_000;
/** No node begins later than this after a time on its schedule. */
export const spreadMs = 300_000;
export const untilEnd = (end: Signal) => new Promise<void>((resolve) => end.addEventListener("abort", () => resolve()));

type Options = {
  readonly text?: string;
  readonly runMs?: number;
  /** How much fails of the runs, by turns; then nothing does. */
  readonly failures?: readonly number[];
  readonly duty?: (signal: Signal) => Promise<void>;
};

/** A member whose ConfigMap is there unless `text` is undefined. */
export function createMemberStage({ text = "@every 1h", runMs = 1000, failures = [], duty = untilEnd }: Options = {}) {
  const clock = createVirtualClock();
  const cron = createCron();
  const lines: string[] = [];
  const gauges = new Map<string, number>();
  const troubles: string[] = [];
  const runs: { readonly scope: Scope; readonly atMs: number; endedMs: number; cut: boolean }[] = [];
  const write = (message: string, fields = {}) => lines.push(`${message} ${JSON.stringify(fields)}`);
  const log: Log = { debug: () => undefined, info: write, warn: write, error: write };
  const metrics: Metrics = {
    count: () => undefined,
    set: (name, value, ..._labels) => void gauges.set(name, value),
    observe: () => undefined,
  };
  let hooks: ScheduleHooks | undefined;
  let inForce: InForce = unseen;
  /** Runs that make up for what may have been missed before the start; they take no time, and `runs` has none of them. */
  const starts: { readonly scope: Scope; readonly atMs: number }[] = [];
  let isStarted = false;
  const election = { isElected: false, lastRunMs: undefined as number | undefined, changed: (): void => undefined };
  const say = (next: string) => {
    const read = readSchedule(next, cron, clock.nowMs());
    inForce =
      read.kind === "schedule"
        ? { schedule: read.schedule, from: "configmap", trouble: undefined, warning: undefined }
        : { ...inForce, trouble: { failure: read.failure, configMap: undefined } };
    hooks?.changed(inForce);
  };
  const member = new Member({
    clock,
    log,
    metrics,
    cron,
    node: "node-1",
    timestamp: (ms) => new Date(ms).toISOString(),
    follow: (given) => {
      hooks = given;
      return {
        get inForce() {
          return inForce;
        },
        run: untilEnd,
      };
    },
    elect: (changed) => {
      election.changed = changed;
      return {
        get isElected() {
          return election.isElected;
        },
        get lastRunMs() {
          return election.lastRunMs;
        },
        ran: (ms) => void (election.lastRunMs = ms),
        run: untilEnd,
      };
    },
    duties: new Duties([{ name: "a duty", run: duty }], { clock, log }),
    runOnce: async (scope, signal) => {
      if (!isStarted) {
        starts.push({ scope, atMs: clock.nowMs() });
        return { failed: 0 };
      }
      const run = { scope, atMs: clock.nowMs(), endedMs: 0, cut: false };
      runs.push(run);
      await clock.wait(runMs, signal);
      Object.assign(run, { endedMs: clock.nowMs(), cut: signal.aborted });
      return { failed: failures[runs.length - 1] ?? 0 };
    },
    tellTrouble: ({ failure: { message } }) => void troubles.push(message),
  });
  const end = createCanceller();
  const ended = member.run(end.signal);
  return {
    clock,
    lines,
    gauges,
    troubles,
    runs,
    starts,
    member,
    say,
    election,
    begin: async () => {
      await clock.advance(1);
      say(text);
      hooks?.reach(undefined);
      await clock.advance(1);
      while (starts.length === 0) await clock.advance(1000);
      isStarted = true;
    },
    reach: async () => {
      say(text);
      hooks?.reach(undefined);
      await clock.advance(1);
    },
    unreachable: (message: string) => hooks?.reach({ kind: "refused", status: 403, reason: "Forbidden", message }),
    elect: (isElected: boolean) => {
      election.isElected = isElected;
      election.changed();
    },
    stop: () => {
      end.cancel();
      return clock.until(ended);
    },
  };
}
