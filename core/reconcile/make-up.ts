/**
 * Whether a run was missed while no process was there for it: a member that starts knows of none, and the election's Lease tells when
 * the elected part ran last. It is made up soon, by a run on demand.
 *
 * @module
 */
import type { Cron } from "../ports/cron.ts";
import type { Schedule } from "./expression.ts";
import type { Moment } from "./next-run.ts";
import { spreadMs } from "./spread.ts";

export type MakeUpNeeds = { readonly cron: Cron; readonly node: string };

/** What a member knows when it asks. */
export type MakeUpFacts = {
  readonly schedule: Schedule;
  /** Undefined: this member is not elected. */
  readonly elected:
    | {
        /** Wall clock, ms, of whoever was elected then; undefined: nobody has written it. */
        readonly lastMs: number | undefined;
      }
    | undefined;
};

export type Missed = {
  /** 0: now. */
  readonly leftMs: number;
  /** Whether the elected part was missed, too. */
  readonly isElected: boolean;
};

export class MakeUp {
  readonly #needs: MakeUpNeeds;
  /** This process has not run yet. */
  #isFresh = true;
  /** When it is due, boot clock. */
  #atNs: bigint | undefined;

  constructor(needs: MakeUpNeeds) {
    this.#needs = needs;
  }

  /** A time within the last interval counts where nothing is known of a run. Undefined: nothing was missed. */
  step({ wallMs, bootNs }: Moment, { schedule, elected }: MakeUpFacts): Missed | undefined {
    const pauseMs = this.#pauseMs(schedule, wallMs);
    if (pauseMs === undefined) return undefined;
    const isPast = (sinceMs: number) => (this.#after(schedule, sinceMs) ?? Number.POSITIVE_INFINITY) <= wallMs;
    const intervalMs = wallMs - pauseMs;
    const isElected = elected !== undefined && isPast(Math.min(elected.lastMs ?? intervalMs, wallMs));
    if (!isElected && !(this.#isFresh && isPast(intervalMs))) {
      this.#atNs = undefined;
      return undefined;
    }
    this.#atNs ??= bootNs + BigInt(spreadMs(this.#needs.node, pauseMs)) * 1_000_000n;
    const leftMs = Math.max(0, Math.ceil(Number(this.#atNs - bootNs) / 1e6));
    return { leftMs, isElected };
  }

  /** A run begins, for whatever reason. */
  begin(): void {
    this.#isFresh = false;
    this.#atNs = undefined;
  }

  #pauseMs(schedule: Schedule, wallMs: number): number | undefined {
    const next = this.#after(schedule, wallMs);
    const second = next === undefined ? undefined : this.#after(schedule, next);
    return next === undefined || second === undefined ? undefined : second - next;
  }

  #after(schedule: Schedule, ms: number): number | undefined {
    if (schedule.kind === "every") return ms + schedule.everyMs;
    const next = this.#needs.cron.next(schedule.times, ms);
    return next.kind === "at" ? next.ms : undefined;
  }
}
