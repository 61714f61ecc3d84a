/**
 * One member for as long as it lives: runs on the schedule, follows what the ConfigMap says, stands for election.
 *
 * @module
 */
import type { Clock, Signal } from "../../ports/clock.ts";
import type { Cron } from "../../ports/cron.ts";
import type { Log } from "../../ports/log.ts";
import type { Metrics } from "../../ports/metrics.ts";
import type { InForce } from "../../reconcile/in-force.ts";
import { MakeUp, type Missed } from "../../reconcile/make-up.ts";
import { type Moment, NextRun } from "../../reconcile/next-run.ts";
import { Retry } from "../../reconcile/retry.ts";
import { scheduleWords } from "../../reconcile/schedule-words.ts";
import type { ScheduleHooks } from "../../reconcile/schedule-follow.ts";
import { Loop } from "../loop.ts";
import type { Duties } from "./duties.ts";
import type { Election } from "./election.ts";
import type { Scope } from "./needs.ts";

/** What goes on beside the runs until `end` aborts. */
type Following = { readonly run: (end: Signal) => Promise<void> };

export type MemberNeeds = {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly cron: Cron;
  readonly node: string;
  readonly follow: (hooks: ScheduleHooks) => Following & { readonly inForce: InForce };
  /** @param changed to be called whenever `isElected` may say something else */
  readonly elect: (changed: () => void) => Following & Pick<Election, "isElected" | "lastRunMs" | "ran">;
  readonly duties: Duties;
  /** Never throws. `failed`: how much could not be read or done. */
  readonly runOnce: (scope: Scope, signal: Signal) => Promise<{ readonly failed: number }>;
  /** An Event on the ConfigMap. */
  readonly tellTrouble: (trouble: NonNullable<InForce["trouble"]>) => void;
  /** Of a wall clock, for the log. */
  readonly timestamp: (ms: number) => string;
};

/** Times of the next run that differ by less are one: a late run is held back by the boot clock. */
const sameMs = 2_000;

export class Member {
  readonly #needs: MemberNeeds;
  readonly #loop: Loop;
  readonly #schedule: ReturnType<MemberNeeds["follow"]>;
  readonly #election: ReturnType<MemberNeeds["elect"]>;
  readonly #nextRun: NextRun;
  readonly #makeUp: MakeUp;
  readonly #retry = new Retry();
  #isReached = false;
  #toldNextMs: number | undefined;
  /** Why the ConfigMap cannot be read; undefined when it can. */
  #hindrance: string | undefined;

  constructor(needs: MemberNeeds) {
    this.#needs = needs;
    const { clock, cron, node } = needs;
    this.#loop = new Loop(clock);
    this.#schedule = needs.follow({
      changed: (inForce) => this.#followed(inForce),
      reach: (why) => this.#reached(why === undefined ? undefined : "message" in why ? why.message : why.reason),
    });
    this.#election = needs.elect(() => this.#elected());
    this.#makeUp = new MakeUp({ cron, node });
    this.#nextRun = new NextRun({ cron, node, schedule: this.#schedule.inForce.schedule, now: this.#now() });
  }

  /** Why it cannot do its work; empty when it can. Asks nobody. */
  get notReady(): readonly string[] {
    if (this.#isReached) return [];
    return [`the API server has not been read yet: ${this.#hindrance ?? "it has not answered"}`];
  }

  /** Works until `end` aborts; a run that is going ends between two leases. */
  async run(end: Signal): Promise<void> {
    this.#needs.metrics.set("berth_reconcile_schedule_valid", 1);
    await Promise.all([this.#schedule.run(end), this.#election.run(end), this.#loop.run(end, () => this.#step(end))]);
    await this.#needs.duties.end();
  }

  async #step(end: Signal): Promise<number> {
    const now = this.#now();
    const step = this.#nextRun.step(now);
    const againMs = this.#retry.leftMs(now.bootNs);
    if (step.kind === "run") return this.#run(end, { isScheduled: true });
    if (againMs === 0) return this.#run(end, { isScheduled: false });
    const missed = this.#missed(now);
    if (missed?.leftMs === 0) {
      this.#needs.log.info("A run may have been missed while nobody was there for it", { elected: missed.isElected });
      return this.#run(end, { isScheduled: true, isElected: missed.isElected });
    }
    const againAtMs = now.wallMs + (againMs ?? Number.POSITIVE_INFINITY);
    const isAgain = againAtMs < (step.nextMs ?? Number.POSITIVE_INFINITY);
    if (this.#isFollowed) this.#tellNext(isAgain ? againAtMs : step.nextMs, isAgain);
    return Math.min(step.ms, againMs ?? step.ms, missed?.leftMs ?? step.ms);
  }

  /** Known only by a schedule that somebody has set. */
  #missed(now: Moment): Missed | undefined {
    const { isElected, lastRunMs } = this.#election;
    const elected = isElected ? { lastMs: lastRunMs } : undefined;
    return this.#isFollowed
      ? this.#makeUp.step(now, { schedule: this.#schedule.inForce.schedule, elected })
      : undefined;
  }

  /** The schedule in force is the one that was set. */
  get #isFollowed(): boolean {
    return this.#isReached || this.#schedule.inForce.from === "file";
  }

  /** @param isElected false: the elected part was run by somebody else */
  async #run(
    end: Signal,
    { isScheduled, isElected = true }: { readonly isScheduled: boolean; readonly isElected?: boolean },
  ): Promise<number> {
    const { clock, log, node, runOnce } = this.#needs;
    const begunMs = clock.nowMs();
    this.#makeUp.begin();
    this.#nextRun.begin(this.#now());
    this.#retry.begin(isScheduled);
    const scope = { own: node, elected: isElected && this.#election.isElected };
    log.info(isScheduled ? "A run begins" : "A run begins again", scope);
    const { failed } = await runOnce(scope, end);
    this.#retry.end(failed, clock.bootNs());
    // One that was cut short is made up by whoever is elected next.
    if (scope.elected && !end.aborted && this.#election.isElected) this.#election.ran(begunMs);
    this.#nextRun.end();
    return 0;
  }

  #followed({ schedule, from, trouble, warning }: InForce): void {
    const { log, metrics, tellTrouble } = this.#needs;
    metrics.set("berth_reconcile_schedule_valid", trouble === undefined ? 1 : 0);
    const inForce = `${scheduleWords(schedule)}, from the ${from}`;
    if (trouble !== undefined) {
      log.error(trouble.failure.message, { details: trouble.failure.details, "in-force": inForce });
      tellTrouble(trouble);
    }
    if (warning !== undefined) log.warn(warning);
    this.#nextRun.follow(schedule, this.#now());
    this.#toldNextMs = undefined;
    this.#loop.wake();
  }

  #reached(hindrance: string | undefined): void {
    const { log } = this.#needs;
    if (hindrance !== undefined && this.#hindrance === undefined)
      log.warn("Cannot follow the schedule: expected an answer of the API server", { reason: hindrance });
    if (hindrance === undefined && this.#hindrance !== undefined) log.info("The schedule is followed again");
    this.#hindrance = hindrance;
    if (hindrance !== undefined || this.#isReached) return;
    this.#isReached = true;
    this.#loop.wake();
  }

  #elected(): void {
    const { metrics, duties } = this.#needs;
    const { isElected } = this.#election;
    metrics.set("berth_reconcile_elected", isElected ? 1 : 0);
    if (isElected) duties.begin();
    else void duties.end();
  }

  /** @param isAgain not by the schedule, but because something failed */
  #tellNext(nextMs: number | undefined, isAgain: boolean): void {
    const known = this.#toldNextMs;
    if (known !== undefined && Math.abs(known - (nextMs ?? Number.POSITIVE_INFINITY)) < sameMs) return;
    this.#toldNextMs = nextMs ?? Number.POSITIVE_INFINITY;
    const { log, metrics, timestamp } = this.#needs;
    const { schedule, from } = this.#schedule.inForce;
    metrics.set("berth_reconcile_next_run_timestamp", nextMs === undefined ? 0 : Math.floor(nextMs / 1000));
    const next = nextMs === undefined ? "never" : timestamp(nextMs);
    const words = isAgain ? "Runs again because something failed" : `Runs ${scheduleWords(schedule)}`;
    log.info(words, { schedule: schedule.text, from, next });
  }

  #now(): Moment {
    const { clock } = this.#needs;
    return { wallMs: clock.nowMs(), bootNs: clock.bootNs() };
  }
}
