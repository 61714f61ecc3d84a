/**
 * Who of all members judges what no member has on its own node. Two at once are harmless, because every removal is a compare-and-set:
 * so there is no fence, and no clock of another machine is ever compared. Who holds the record writes it again and again; it passes on
 * when it was given up, or has not changed for as long as a watcher's own boot clock says.
 *
 * @module
 */
import type { Clock, Signal } from "../../ports/clock.ts";
import type { ElectionLease, ElectionRecord } from "../../ports/election-lease.ts";
import type { Log } from "../../ports/log.ts";
import type { Random } from "../../ports/random.ts";

export type ElectionTimes = {
  /** How long a record has to stand unchanged until another member takes it. */
  readonly durationMs: number;
  readonly renewMs: number;
  readonly lookMs: number;
  /** After a call that nobody answered. */
  readonly retryMs: number;
  /** Who could not renew for so long is not elected any more: before the others may think so. */
  readonly giveUpMs: number;
};

export const electionTimes: ElectionTimes = {
  durationMs: 120_000,
  renewMs: 30_000,
  lookMs: 60_000,
  retryMs: 5_000,
  giveUpMs: 100_000,
};

export type ElectionNeeds = {
  readonly lease: ElectionLease;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** This member's name, the same after a restart. */
  readonly holder: string;
  readonly times?: ElectionTimes;
};

/** A record as it was seen first, and when. */
type Seen = { readonly version: string; readonly sinceNs: bigint };

export class Election {
  readonly #needs: ElectionNeeds;
  readonly #times: ElectionTimes;
  readonly #changed: () => void;
  /** Ours, as it was written last; undefined while another holds it. */
  #own: ElectionRecord | undefined;
  /** When the last renewal that succeeded was sent, boot clock. */
  #renewedNs = 0n;
  #seen: Seen | undefined;
  #lastRunMs: number | undefined;
  /** Told once, not at every look. */
  #isInTrouble = false;

  /** @param changed called whenever `isElected` may say something else */
  constructor(needs: ElectionNeeds, changed: () => void = () => undefined) {
    this.#needs = needs;
    this.#times = needs.times ?? electionTimes;
    this.#changed = changed;
  }

  /** Right at every moment, also while a renewal hangs. */
  get isElected(): boolean {
    return this.#own !== undefined && this.#sinceMs(this.#renewedNs) < this.#times.giveUpMs;
  }

  /**
   * When the last whole run of an elected member began, as far as is known here: wall clock of that one, ms. A wrong one brings a run too
   * many, or leaves one to the schedule's next time.
   */
  get lastRunMs(): number | undefined {
    return this.#lastRunMs;
  }

  /** This member has run as the elected one; written with the next renewal. @param begunMs wall clock, ms */
  ran(begunMs: number): void {
    this.#lastRunMs = begunMs;
  }

  /** Works until `end` aborts, then gives the record up. Never throws. */
  async run(end: Signal): Promise<void> {
    const { clock } = this.#needs;
    while (!end.aborted) await clock.wait(await this.#round(), end);
    if (this.#own !== undefined) await this.#needs.lease.write(this.#own, "", this.#lastRunMs);
    this.#lose();
  }

  /** @returns how long to wait before the next one, ms */
  async #round(): Promise<number> {
    return this.#own === undefined ? this.#look() : this.#renew(this.#own);
  }

  async #renew(own: ElectionRecord): Promise<number> {
    const { lease, log, holder } = this.#needs;
    const answer = await this.#write(own);
    if (answer.kind === "written") return this.#times.renewMs;
    if (answer.kind === "changed") {
      // By another, or by an own renewal whose answer was lost: the record says which.
      const now = await lease.read();
      if (now.kind === "record" && now.record?.holder === holder) {
        this.#own = now.record;
        return 0;
      }
      if (now.kind === "record") return this.#giveUp("another one holds its Lease, or nobody");
    }
    const leftMs = this.#times.giveUpMs - this.#sinceMs(this.#renewedNs);
    if (leftMs <= 0) return this.#giveUp("its Lease could not be renewed");
    const reason = answer.kind === "unknown" ? answer.reason : "the Lease cannot be read";
    log.warn("Cannot renew the Lease of the elected member: expected an answer", { reason });
    return Math.min(this.#times.retryMs, leftMs);
  }

  async #look(): Promise<number> {
    const { lease, holder } = this.#needs;
    const now = await lease.read();
    if (now.kind === "unknown") return this.#missed("read", now.reason);
    this.#isInTrouble = false;
    const { record } = now;
    const isOpen = record === undefined || record.holder === "" || record.holder === holder;
    if (isOpen || this.#isStill(record)) return this.#take(record);
    const leftMs = this.#times.durationMs - this.#sinceMs(this.#seen?.sinceNs ?? 0n);
    return Math.min(this.#pause(), leftMs + this.#jitter());
  }

  /** Whether this very record has been seen for the whole time. */
  #isStill({ version }: ElectionRecord): boolean {
    if (this.#seen?.version !== version) this.#seen = { version, sinceNs: this.#needs.clock.bootNs() };
    return this.#sinceMs(this.#seen.sinceNs) >= this.#times.durationMs;
  }

  async #take(record: ElectionRecord | undefined): Promise<number> {
    const { log, holder } = this.#needs;
    this.#lastRunMs = record?.lastRunMs ?? this.#lastRunMs;
    const answer = await this.#write(record);
    if (answer.kind === "unknown") return this.#missed("take", answer.reason);
    if (answer.kind === "changed") return this.#pause();
    log.info("Elected: this member judges lost nodes, and what Whereabouts wrote", { member: holder });
    this.#changed();
    return this.#times.renewMs;
  }

  async #write(over: ElectionRecord | undefined): ReturnType<ElectionLease["write"]> {
    const sentNs = this.#needs.clock.bootNs();
    const answer = await this.#needs.lease.write(over, this.#needs.holder, this.#lastRunMs);
    if (answer.kind === "written") {
      this.#own = answer.record;
      this.#renewedNs = sentNs;
      this.#seen = undefined;
    }
    return answer;
  }

  /** Nobody is elected as long as no member can do it: somebody has to hear of it. */
  #missed(verb: "read" | "take", reason: string): number {
    const level = this.#isInTrouble ? "debug" : "warn";
    this.#isInTrouble = true;
    this.#needs.log[level](`Cannot ${verb} the Lease of the elected member: expected an answer`, { reason });
    return this.#pause();
  }

  #giveUp(why: string): number {
    this.#needs.log.warn("No longer elected", { member: this.#needs.holder, why });
    this.#lose();
    return this.#pause();
  }

  #lose(): void {
    this.#own = undefined;
    this.#seen = undefined;
    this.#changed();
  }

  /** From three quarters up to five quarters of the time, so that members do not look all at once. */
  #pause(): number {
    return (this.#times.lookMs * 3) / 4 + this.#below(this.#times.lookMs / 2);
  }

  #jitter(): number {
    return 1 + this.#below(this.#times.retryMs);
  }

  #below(ms: number): number {
    return Number(this.#needs.random.below(BigInt(Math.max(1, Math.floor(ms)))));
  }

  #sinceMs(ns: bigint): number {
    return Number((this.#needs.clock.bootNs() - ns) / 1_000_000n);
  }
}
