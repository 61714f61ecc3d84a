/**
 * When a member's next run begins: a state machine over times that it is given. The wall clock decides, and it may jump; so nobody waits
 * long without looking at it again.
 *
 * Times that passed while nothing ran (a machine asleep, a clock put forward, a run that took long) are made up by one run; those before
 * the process began are `make-up.ts`'s. A clock put back by less than the pause between two times repeats none of them; one put back by
 * more was wrong, and times count from where it stands. A new schedule is in force at once, and knows nothing of times before it.
 *
 * @module
 */
import type { Cron } from "../ports/cron.ts";
import type { Schedule } from "./expression.ts";
import { spreadMs } from "./spread.ts";

export type Moment = {
  /** Wall clock, ms. */
  readonly wallMs: number;
  /** Boot clock, ns. */
  readonly bootNs: bigint;
};

export type NextStep =
  /** Call `begin` when it does. */
  | { readonly kind: "run" }
  | {
      readonly kind: "wait";
      /** At most `lookMs`: then ask again. */
      readonly ms: number;
      /** Wall clock, ms, when the next run begins as far as is known; undefined while one is going, and where none will be. */
      readonly nextMs: number | undefined;
    };

/** So often the wall clock is looked at. */
export const lookMs = 60_000;

/** A time found this late was slept over, on other nodes too: their runs are spread once more. */
const lateMs = 2 * lookMs;

/** A time on the schedule, and how much later this node begins. */
type Due = { readonly atMs: number; readonly delayMs: number; readonly pauseMs: number };

export type NextRunOptions = {
  readonly cron: Cron;
  readonly node: string;
  readonly schedule: Schedule;
  readonly now: Moment;
};

export class NextRun {
  readonly #cron: Cron;
  readonly #node: string;
  #schedule: Schedule;
  /** Times up to here have had their run. */
  #doneMs: number;
  #due: Due | undefined;
  #isRunning = false;
  /** A late run is held back until then, boot clock. */
  #heldNs: bigint | undefined;

  constructor({ cron, node, schedule, now }: NextRunOptions) {
    this.#cron = cron;
    this.#node = node;
    this.#schedule = schedule;
    this.#doneMs = now.wallMs;
    this.#due = this.#find();
  }

  /** What to do now. Cheap: the schedule is asked once for each time on it. */
  step(now: Moment): NextStep {
    this.#followClock(now.wallMs);
    if (this.#isRunning || this.#due === undefined) return { kind: "wait", ms: lookMs, nextMs: undefined };
    const { atMs, delayMs } = this.#due;
    const startMs = atMs + delayMs;
    const early = startMs - now.wallMs;
    if (early > 0) {
      this.#heldNs = undefined;
      return wait(early, startMs);
    }
    if (-early >= lateMs) this.#heldNs ??= now.bootNs + BigInt(Math.round(delayMs)) * 1_000_000n;
    const heldMs = this.#heldNs === undefined ? 0 : Number(this.#heldNs - now.bootNs) / 1e6;
    return heldMs > 0 ? wait(heldMs, now.wallMs + heldMs) : { kind: "run" };
  }

  /** Another schedule: in force at once. The same one again changes nothing. */
  follow(schedule: Schedule, now: Moment): void {
    if (schedule.text === this.#schedule.text) return;
    this.#schedule = schedule;
    this.#count(now.wallMs);
  }

  /** A run begins, for whatever reason: one on demand makes up for missed times, too. */
  begin(now: Moment): void {
    this.#isRunning = true;
    this.#heldNs = undefined;
    this.#doneMs = this.#lastUpTo(now.wallMs);
    this.#due = this.#find();
  }

  /** It has ended, in any way. */
  end(): void {
    this.#isRunning = false;
  }

  #followClock(wallMs: number): void {
    // The times of `@every` are told from here on, so a clock that was put back brings them along.
    const allowedMs = this.#schedule.kind === "every" ? 0 : (this.#due?.pauseMs ?? 0);
    if (this.#doneMs - wallMs > allowedMs) this.#count(wallMs);
  }

  /** Times count from here. */
  #count(wallMs: number): void {
    this.#heldNs = undefined;
    this.#doneMs = wallMs;
    this.#due = this.#find();
  }

  /** With `@every`, the last time on the schedule: so the runs do not drift by what they are late, nor by one in between. */
  #lastUpTo(wallMs: number): number {
    const due = this.#due;
    if (this.#schedule.kind === "times" || due === undefined) return wallMs;
    if (wallMs < due.atMs) return this.#doneMs;
    return wallMs - ((wallMs - due.atMs) % this.#schedule.everyMs);
  }

  #find(): Due | undefined {
    const atMs = this.#after(this.#doneMs);
    if (atMs === undefined) return undefined;
    const pauseMs = (this.#after(atMs) ?? atMs) - atMs;
    return { atMs, pauseMs, delayMs: spreadMs(this.#node, pauseMs) };
  }

  #after(ms: number): number | undefined {
    if (this.#schedule.kind === "every") return ms + this.#schedule.everyMs;
    const next = this.#cron.next(this.#schedule.times, ms);
    return next.kind === "at" ? next.ms : undefined;
  }
}

function wait(ms: number, nextMs: number): NextStep {
  return { kind: "wait", ms: Math.max(1, Math.min(lookMs, ms)), nextMs };
}
