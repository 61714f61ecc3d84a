/**
 * Reclaiming stale leases of this node: those whose attachment is proven gone (P18 rule 1). In doubt a lease is kept.
 *
 * @module
 */
import type { Range } from "../ip/range.ts";
import { rangeContains } from "../ip/range.ts";
import { freeing, type Row } from "../ports/journal.ts";
import type { StoreQuery } from "../ports/store.ts";
import { aboutRow } from "./about.ts";
import { judge, type Verdict } from "./evidence.ts";
import type { Freer } from "./freer.ts";
import { eachLease } from "./leases.ts";
import type { FlowPorts } from "./ports.ts";

/** What a look at all leases came to. */
export type SweepCount = {
  readonly lookedAt: number;
  readonly freed: number;
  readonly kept: number;
  readonly unproven: number;
};

type Look = { readonly startedNs: bigint; isRunning: boolean; readonly result: Promise<boolean> };

/** Of so many pools the last look is remembered. */
const looksMax = 1024;

export class Reclaimer {
  readonly #ports: FlowPorts;
  readonly #freer: Freer;
  /** The last look through each pool for a refusal, so that a full pool does not look at every ADD. */
  readonly #looks = new Map<string, Look>();

  constructor(ports: FlowPorts, freer: Freer) {
    this.#ports = ports;
    this.#freer = freer;
  }

  /** Looks at every lease once. Cost: one look at a path for each. */
  async sweep(): Promise<SweepCount> {
    const { clock, metrics } = this.#ports;
    const startNs = clock.bootNs();
    const count = { lookedAt: 0, freed: 0, kept: 0, unproven: 0 };
    for await (const row of eachLease(this.#ports)) {
      const verdict = await this.#judge(row);
      metrics.count("berth_sweep_looked_at_total", { verdict: verdict.kind });
      count.lookedAt += 1;
      if (verdict.kind === "unproven") count.unproven += 1;
      if (this.#isStale(verdict) && (await this.#free(row, verdict))) count.freed += 1;
      else count.kept += 1;
    }
    metrics.observe("berth_sweep_seconds", Number(clock.bootNs() - startNs) / 1e9);
    return count;
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

  async #lookThrough(query: StoreQuery, range: Range): Promise<boolean> {
    let freed = 0;
    for await (const row of eachLease(this.#ports)) {
      if (row.place.network !== query.network || !rangeContains(range, row.place.address)) continue;
      if ((await this.reclaimRow(row)) === "freeing") freed += 1;
    }
    return freed > 0;
  }

  /** Frees one lease if it is proven stale. */
  async reclaimRow(row: Row): Promise<"freeing" | "kept"> {
    const verdict = await this.#judge(row);
    const isStale = verdict.kind === "gone" || verdict.kind === "earlier boot";
    return isStale && (await this.#free(row, verdict)) ? "freeing" : "kept";
  }

  async #judge(row: Row): Promise<Verdict> {
    const { cluster, namespaces, clock } = this.#ports;
    const { pod, evidence, attachment } = row.holder;
    const verdict = await judge(namespaces, clock, evidence);
    const isShared = verdict.kind === "earlier boot" && cluster !== undefined && pod !== undefined;
    // What Whereabouts gave has no evidence of its own.
    const mayBeFollowed = isShared || (verdict.kind === "unproven" && attachment.definition === "");
    if (mayBeFollowed && (await this.#isFollowed(row))) return { kind: "gone", why: "another sandbox of its pod" };
    // A pod that still exists under its uid comes again after a reboot; or it lives on another machine that bears this node's name (P14, P18).
    return isShared && (await cluster.podLives(pod)) !== false
      ? { kind: "unproven", why: "of an earlier boot, and its pod still exists" }
      : verdict;
  }

  /**
   * A pod has one sandbox at a time: a later one of the same pod, with an answered lease of the same interface and range whose
   * namespace stands, says that the earlier has ended (P17).
   */
  async #isFollowed({ id, holder, place }: Row): Promise<boolean> {
    const uid = holder.pod?.uid;
    if (uid === undefined) return false;
    const { journal, namespaces, clock } = this.#ports;
    for (const other of await journal.rowsOfPod(uid, holder.attachment.ifName)) {
      const isLater = other.id !== id && other.state === "lease" && other.answeredMs !== undefined;
      const isSameRange = other.place.network === place.network && other.place.pool === place.pool;
      if (!isLater || !isSameRange || other.holder.attachment.containerId === holder.attachment.containerId) continue;
      if ((await judge(namespaces, clock, other.holder.evidence)).kind === "stands") return true;
    }
    return false;
  }

  /** After a reboot the pods that come again find their addresses: for 10 minutes of the new boot, in a cluster for longer. */
  #isStale(verdict: Verdict): boolean {
    if (verdict.kind === "gone") return true;
    const { clock, limits } = this.#ports;
    return verdict.kind === "earlier boot" && clock.bootNs() >= BigInt(limits.afterBootMs) * 1_000_000n;
  }

  async #free(row: Row, verdict: Verdict): Promise<boolean> {
    const { journal, log } = this.#ports;
    const reason = "why" in verdict ? verdict.why : verdict.kind;
    await journal.commit([freeing(row, reason)], { urgent: true });
    // An ADD may have renewed it since it was judged, or a DEL ended it: then nothing was written.
    const now = await journal.row(row.id);
    if (now?.state !== "freeing") return false;
    log.info("Reclaiming a stale lease", { ...aboutRow(row), reason });
    this.#freer.add([now]);
    return true;
  }
}
