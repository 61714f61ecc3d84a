/**
 * Reclaiming stale leases of this node: those whose attachment is proven gone (P18 rule 1). In doubt a lease is kept.
 *
 * @module
 */
import type { Range } from "../ip/range.ts";
import { rangeContains } from "../ip/range.ts";
import type { Signal } from "../ports/clock.ts";
import { freeing, type Row } from "../ports/journal.ts";
import type { StoreQuery } from "../ports/store.ts";
import { aboutRow } from "./about.ts";
import { createDeadline } from "./canceller.ts";
import { ClusterSweep } from "./cluster-sweep.ts";
import type { Doubt } from "./doubts.ts";
import { judge, type Verdict } from "./evidence.ts";
import type { Freer } from "./freer.ts";
import { inTime } from "./in-time.ts";
import { eachLease } from "./leases.ts";
import type { FlowPorts } from "./ports.ts";
import { type KnownPod, type Staleness, weigh } from "./staleness.ts";
import type { SweepCount } from "./sweep-count.ts";

type Look = { readonly startedNs: bigint; isRunning: boolean; readonly result: Promise<boolean> };

/** Of so many pools the last look is remembered. */
const looksMax = 1024;
/** While an ADD waits, so many pods are asked after at most, and so many at once. */
const asksMax = 50;
const asksAtOnce = 10;

export class Reclaimer {
  readonly #ports: FlowPorts;
  readonly #freer: Freer;
  /** Undefined on the embedded store, where the namespace alone decides. */
  readonly #cluster: ClusterSweep | undefined;
  /** The last look through each pool for a refusal, so that a full pool does not look at every ADD. */
  readonly #looks = new Map<string, Look>();

  constructor(ports: FlowPorts, freer: Freer) {
    this.#ports = ports;
    this.#freer = freer;
    const { cluster } = ports;
    const free = (row: Row, why: string) => this.#free(row, why);
    this.#cluster = cluster === undefined ? undefined : new ClusterSweep({ ports, cluster, free });
  }

  /** Looks at every lease once. Cost: one look at a path for each. */
  sweep(): Promise<SweepCount> {
    return this.#cluster?.sweep() ?? this.#sweepAlone();
  }

  /** How long until the next sweep has something to do, ms. */
  pauseMs(longestMs: number): number {
    return this.#cluster?.pauseMs(longestMs) ?? longestMs;
  }

  /** What the last sweep kept in doubt, or observes. */
  get doubts(): readonly Doubt[] {
    return this.#cluster?.doubts ?? [];
  }

  /**
   * Frees what is stale in a full pool, leases of an earlier boot too: an ADD is waiting. All who come while a pool is
   * looked through wait for that look. @returns whether any was freed
   */
  async reclaimPool(query: StoreQuery, range: Range): Promise<boolean> {
    const key = `${query.network}\0${query.pool}`;
    const nowNs = this.#ports.clock.bootNs();
    const last = this.#looks.get(key);
    if (last?.isRunning === true) return last.result;
    const pauseNs = BigInt(this.#ports.limits.reclaimEveryMs) * 1_000_000n;
    if (last !== undefined && nowNs - last.startedNs < pauseNs) return false;
    const look: Look = { startedNs: nowNs, isRunning: true, result: this.#lookThrough(query, range) };
    if (this.#looks.size >= looksMax) this.#looks.clear();
    this.#looks.set(key, look);
    try {
      return await look.result;
    } finally {
      look.isRunning = false;
    }
  }

  /** Frees one lease if it is proven stale: somebody waits for just this one (P20). */
  async reclaimRow(row: Row): Promise<"freeing" | "kept"> {
    const wait = createDeadline(this.#ports.clock, this.#ports.limits.fullMs);
    try {
      const staleness = await this.#staleness(row);
      if (staleness.kind === "gone" && !(await this.#hasGone(staleness.pod, wait.signal))) return "kept";
      return (await this.#freeStale(row, staleness)) ? "freeing" : "kept";
    } finally {
      wait.cancel();
    }
  }

  /** A runtime does not know it any more (P19): freed if its namespace has gone in this boot, else the sweep looks at it. */
  async reclaimUnlisted(row: Row): Promise<"freeing" | "kept"> {
    const { namespaces, clock } = this.#ports;
    const verdict = await judge(namespaces, clock, row.holder.evidence);
    if (verdict.kind === "gone" && (await this.#free(row, verdict.why))) return "freeing";
    this.#cluster?.hint(row);
    return "kept";
  }

  async #lookThrough(query: StoreQuery, range: Range): Promise<boolean> {
    const { clock, limits } = this.#ports;
    const wait = createDeadline(clock, limits.fullMs);
    const gone: { readonly row: Row; readonly staleness: Extract<Staleness, { kind: "gone" }> }[] = [];
    let freed = 0;
    for await (const row of eachLease(this.#ports)) {
      if (row.place.network !== query.network || !rangeContains(range, row.place.address)) continue;
      const staleness = await this.#staleness(row);
      if (staleness.kind === "gone" && staleness.pod !== undefined) gone.push({ row, staleness });
      else if (await this.#freeStale(row, staleness)) freed += 1;
    }
    // Those that a sweep did not find the pod of come first.
    const isSuspect = ({ row }: { readonly row: Row }) => Number(this.#cluster?.isSuspect(row) === true);
    const asked = gone.sort((a, b) => isSuspect(b) - isSuspect(a)).slice(0, asksMax);
    for (let at = 0; at < asked.length && !wait.signal.aborted; at += asksAtOnce) {
      const group = asked.slice(at, at + asksAtOnce).map(async ({ row, staleness }) => {
        const isGone = await this.#hasGone(staleness.pod, wait.signal);
        return isGone && (await this.#freeStale(row, staleness));
      });
      freed += (await Promise.all(group)).filter(Boolean).length;
    }
    wait.cancel();
    return freed > 0;
  }

  /** On the embedded store nobody can be asked after pods: what has gone is stale. */
  async #staleness(row: Row): Promise<Staleness> {
    if (this.#cluster !== undefined) return weigh(this.#ports, row);
    const { namespaces, clock } = this.#ports;
    const verdict = await judge(namespaces, clock, row.holder.evidence);
    const isStale = verdict.kind === "gone" || verdict.kind === "earlier boot";
    return isStale ? { kind: "stale", why: whyOf(verdict) } : { kind: "stands" };
  }

  /** Whether its pod is known to have gone, by a read that is not cached; who names none has no pod that comes again. */
  async #hasGone(pod: KnownPod | undefined, signal: Signal): Promise<boolean> {
    const { cluster } = this.#ports;
    if (cluster === undefined || pod === undefined) return true;
    return (await inTime(this.#ports, cluster.podLives(pod), signal)) === false;
  }

  async #freeStale(row: Row, staleness: Staleness): Promise<boolean> {
    return (staleness.kind === "stale" || staleness.kind === "gone") && this.#free(row, staleness.why);
  }

  async #sweepAlone(): Promise<SweepCount> {
    const { clock, metrics, namespaces } = this.#ports;
    const startNs = clock.bootNs();
    const count = { lookedAt: 0, freed: 0, kept: 0, unproven: 0, suspects: 0 };
    for await (const row of eachLease(this.#ports)) {
      const verdict = await judge(namespaces, clock, row.holder.evidence);
      metrics.count("berth_sweep_looked_at_total", { verdict: verdict.kind });
      count.lookedAt += 1;
      if (verdict.kind === "unproven") count.unproven += 1;
      if (this.#isStaleAlone(verdict) && (await this.#free(row, whyOf(verdict)))) count.freed += 1;
      else count.kept += 1;
    }
    metrics.observe("berth_sweep_seconds", Number(clock.bootNs() - startNs) / 1e9);
    return count;
  }

  /** After a reboot the pods that come again find their addresses: for 10 minutes of the new boot. */
  #isStaleAlone(verdict: Verdict): boolean {
    if (verdict.kind === "gone") return true;
    const { clock, limits } = this.#ports;
    return verdict.kind === "earlier boot" && clock.bootNs() >= BigInt(limits.afterBootMs) * 1_000_000n;
  }

  async #free(row: Row, reason: string): Promise<boolean> {
    const { journal, log } = this.#ports;
    await journal.commit([freeing(row, reason)], { urgent: true });
    // An ADD may have renewed it since it was judged, or a DEL ended it: then nothing was written.
    const now = await journal.row(row.id);
    if (now?.state !== "freeing") return false;
    log.info("Reclaiming a stale lease", { ...aboutRow(row), reason });
    this.#freer.add([now]);
    return true;
  }
}

function whyOf(verdict: Verdict): string {
  return "why" in verdict ? verdict.why : verdict.kind;
}
