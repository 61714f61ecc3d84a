/**
 * Gives addresses back in the background: ordered per address, never between addresses, retried for ever (P12).
 * Every try is a compare-and-set on what is ours; what has become another's is left alone.
 *
 * @module
 */
import { freeing, newestAttempt, type Row } from "../ports/journal.ts";
import type { Claim, Held, Place, ReleaseAnswer, TidyAnswer } from "../ports/store.ts";
import { aboutRow } from "./about.ts";
import type { Canceller, Signal } from "../ports/clock.ts";
import { createCanceller, unlessAborted } from "./canceller.ts";
import type { FlowPorts } from "./ports.ts";
import type { Pools } from "./pools.ts";

type Job = {
  /** As it was last read. */
  row: Row;
  /** Freed once more while it was being worked on: what a try found may be old. */
  isAskedAgain: boolean;
  readonly sinceNs: bigint;
  /** It is free, but what was sent may bring a half of it back until then, on the boot clock: freed once more after that. */
  returnsNs: bigint;
  /** The try that is on its way: whether the row has ended. */
  trying: Promise<boolean> | undefined;
  isCancelled: boolean;
  readonly done: Promise<void>;
  readonly finish: () => void;
};

/** A row as an ADD made it: its attempt tells it from what became of it. */
export type Taken = { readonly id: number; readonly attempt: string };

export class Freer {
  readonly #ports: FlowPorts;
  readonly #pools: Pools;
  readonly #jobs = new Map<number, Job>();
  #stopping = false;
  readonly #stop: Signal;
  /** Ends the pauses between tries. */
  #pauses: Canceller;

  constructor(ports: FlowPorts, pools: Pools, stop: Signal) {
    this.#ports = ports;
    this.#pools = pools;
    this.#stop = stop;
    this.#pauses = createCanceller(stop);
    stop.addEventListener("abort", () => {
      this.#stopping = true;
    });
  }

  /** Begins to give back rows whose state is `freeing` in the journal. Twice is fine. */
  add(rows: readonly Row[]): void {
    for (const row of rows) {
      const known = this.#jobs.get(row.id);
      if (known !== undefined) known.isAskedAgain = true;
      if (known !== undefined || this.#stopping) continue;
      const { promise, resolve } = Promise.withResolvers<void>();
      const job: Job = {
        row,
        isAskedAgain: false,
        sinceNs: this.#ports.clock.bootNs(),
        returnsNs: 0n,
        trying: undefined,
        isCancelled: false,
        done: promise,
        finish: resolve,
      };
      this.#jobs.set(row.id, job);
      void this.#work(job);
    }
    this.#ports.metrics.set("berth_frees_queued", this.#jobs.size);
  }

  /** Whether it is on its way back. */
  has({ id }: Pick<Row, "id">): boolean {
    return this.#jobs.has(id);
  }

  /** The store answers again: what waits to be tried is tried now. */
  hurry(): void {
    const pauses = this.#pauses;
    this.#pauses = createCanceller(this.#stop);
    pauses.cancel();
  }

  /** How many addresses are on their way back. */
  get size(): number {
    return this.#jobs.size;
  }

  /**
   * Takes a row out of the queue so that its address can be used again (P11). A try that is on its way is waited for,
   * until `signal` aborts. True when the row is out of the queue: whether the store still has the address, the renewal
   * will tell. False when it has gone, or nobody knows in time.
   */
  async cancel(row: Row, signal: Signal): Promise<boolean> {
    const job = this.#jobs.get(row.id);
    if (job === undefined) return false;
    if (job.trying !== undefined) await unlessAborted(job.trying, signal);
    if (this.#jobs.get(row.id) !== job || job.trying !== undefined) return false;
    job.isCancelled = true;
    this.#end(job);
    return true;
  }

  /** Gives back what an ADD took and cannot keep; what was renewed since is left alone. Never throws. */
  async takeBack(taken: readonly Taken[], reason: string): Promise<void> {
    if (taken.length === 0) return;
    const { journal, log } = this.#ports;
    const changes = taken.map(({ id, attempt }) => freeing({ id, attempts: [attempt] }, reason));
    const answer = await journal.commit(changes, { urgent: true });
    if (answer.kind !== "committed") {
      log.error("Cannot give back what an ADD took: expected a journal that can be written; the sweep tries again", {
        reason,
      });
    }
    await this.addFreeing(taken.map(({ id }) => id));
  }

  /** Begins to give back those of the rows that are on their way back by now. */
  async addFreeing(ids: readonly number[]): Promise<number> {
    const rows = await Promise.all(ids.map((id) => this.#ports.journal.row(id)));
    const found = rows.filter((row) => row !== undefined).filter(({ state }) => state === "freeing");
    this.add(found);
    return found.length;
  }

  /** Waits until no address of this pool is on its way back, or `signal` aborts. True when there was any. */
  async settled(isConcerned: (place: Place) => boolean, signal: Signal): Promise<boolean> {
    const jobs = [...this.#jobs.values()].filter(({ row }) => isConcerned(row.place));
    if (jobs.length === 0) return false;
    // One that came back is enough: the one who waits asks again.
    await unlessAborted(Promise.race(jobs.map(({ done }) => done)), signal);
    return true;
  }

  async #work(job: Job): Promise<void> {
    let pauseMs = this.#ports.limits.retryMs;
    for (;;) {
      // Lets the caller answer first: a DEL does not wait for this.
      await Promise.resolve();
      if (job.isCancelled || this.#stopping) return;
      job.isAskedAgain = false;
      job.trying = this.#tryOnce(job);
      const isDone = await job.trying;
      job.trying = undefined;
      if (isDone && !job.isAskedAgain) return this.#end(job);
      const pauses = this.#pauses;
      const returnsMs = Number((job.returnsNs - this.#ports.clock.bootNs()) / 1_000_000n);
      await this.#ports.clock.wait(Math.max(pauseMs, returnsMs), pauses.signal);
      pauseMs = pauses.signal.aborted
        ? this.#ports.limits.retryMs
        : Math.min(pauseMs * 2, this.#ports.limits.retryMaxMs);
    }
  }

  /** @returns whether the row has ended. */
  async #tryOnce(job: Job): Promise<boolean> {
    const { journal, store, clock, log, metrics } = this.#ports;
    const now = await journal.row(job.row.id);
    // Ended, or renewed for a new sandbox, meanwhile.
    if (now?.state !== "freeing") return true;
    job.row = now;
    const gone = await giveBack(store, job.row);
    if (gone.kind === "unknown") {
      log.warn("Cannot give an address back yet: expected an answer of the store", {
        ...aboutRow(job.row),
        reason: gone.reason,
      });
      return false;
    }
    const tidied = await tidyAfter(store, job.row, gone);
    if (tidied.kind === "unknown" || this.#mayStillLand(job, gone) || this.#mayReturn(job, [tidied, gone]))
      return false;
    const isFree = gone.kind !== "another";
    const restUntilMs = isFree && job.row.reuseAfterMs > 0 ? clock.nowMs() + job.row.reuseAfterMs : 0;
    const whileAttempt = newestAttempt(job.row);
    await journal.commit([{ kind: "end", id: job.row.id, restUntilMs, whileAttempt }], { urgent: true });
    // It could not be written down; or it was renewed and freed once more since it was read: the newer attempt is given back, too.
    if ((await journal.row(job.row.id))?.state === "freeing") return false;
    if (isFree) {
      metrics.count("berth_frees_total", { reason: job.row.reason });
      this.#pools.freed(job.row.place, job.row.kind, restUntilMs);
    }
    return true;
  }

  /** A claim whose answer was never seen can land late: "not there" is believed only after a while (P9). */
  #mayStillLand({ row, sinceNs }: Job, gone: GivenBack): boolean {
    const { store, clock } = this.#ports;
    return gone.kind === "absent" && row.version === "" && clock.bootNs() - sinceNs < BigInt(store.lateMs) * 1_000_000n;
  }

  /** Known of what this run of the agent sent, and of an earlier one for a while after the start. */
  #mayReturn(job: Job, answers: readonly (GivenBack | TidyAnswer)[]): boolean {
    const ms = answers.reduce((most, one) => Math.max(most, "mayReturnMs" in one ? (one.mayReturnMs ?? 0) : 0), 0);
    if (ms > 0) job.returnsNs = this.#ports.clock.bootNs() + BigInt(ms) * 1_000_000n;
    return ms > 0;
  }

  #end(job: Job): void {
    this.#jobs.delete(job.row.id);
    this.#ports.metrics.set("berth_frees_queued", this.#jobs.size);
    job.finish();
  }
}

type Changed = Extract<ReleaseAnswer, { kind: "changed" }>;

/** A claim that was never confirmed may have left its other half. */
async function tidyAfter(store: FlowPorts["store"], row: Row, gone: GivenBack): Promise<TidyAnswer> {
  const isUnconfirmed = row.version === "" && (gone.kind === "absent" || gone.kind === "another");
  return isUnconfirmed ? store.tidy({ ...row, attempt: newestAttempt(row) }) : { kind: "done" };
}

export type GivenBack =
  | { readonly kind: "freed"; readonly mayReturnMs?: number }
  /** It was not there when it was first looked for. */
  | { readonly kind: "absent" }
  /** Somebody else holds it now. */
  | { readonly kind: "another" }
  | { readonly kind: "unknown"; readonly reason: string };

/** One try to give a row's address back. What another holds is left alone. */
export async function giveBack(store: FlowPorts["store"], row: Row): Promise<GivenBack> {
  try {
    const attempt = row.attempts.at(-1) ?? "";
    let held: Held | undefined = row.version === "" ? await store.look(row.place) : { ...row, attempt };
    // Twice at most: once for what the journal knows, once for what has become of it by our own hand.
    for (let round = 0; round < 3; round += 1) {
      if (held === undefined) return { kind: "absent" };
      if (round + Number(row.version === "") > 0 && !row.attempts.includes(held.attempt)) return { kind: "another" };
      const answer =
        held.contested === undefined ? await store.release(held) : await handOver(store, held, held.contested);
      if (answer.kind !== "changed") return answer;
      held = answer.now;
    }
    return { kind: "unknown", reason: "it changes faster than it can be judged" };
  } catch (error) {
    return { kind: "unknown", reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Another living lease has this address, too: it gets the reservation, and nobody else can come between (P15). */
async function handOver(store: FlowPorts["store"], held: Held, lease: Claim): Promise<GivenBack | Changed> {
  const answer = await store.renew(held, lease);
  switch (answer.kind) {
    case "held":
      return { kind: "another" };
    case "lost":
      return answer.now === undefined ? { kind: "freed" } : { kind: "changed", now: answer.now };
    case "unknown":
      return answer;
    default:
      return answer satisfies never;
  }
}
