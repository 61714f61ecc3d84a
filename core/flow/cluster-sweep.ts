/**
 * The sweep of a node in a cluster (P17, P18 rule 1): namespaces first; pods are asked after only where a namespace has gone, or
 * never tells anything. A suspect is looked at twice. In doubt a lease is kept, and it is told why.
 *
 * @module
 */
import type { Cluster } from "../ports/cluster.ts";
import { newestAttempt, type Row } from "../ports/journal.ts";
import { Doubts, keptBy, type KeptBy } from "./doubts.ts";
import { eachLease } from "./leases.ts";
import { PodSights } from "./pod-sights.ts";
import { PodsSeen } from "./pods-seen.ts";
import type { FlowPorts } from "./ports.ts";
import { type KnownPod, knownPod, type Staleness, weigh } from "./staleness.ts";
import { Suspects } from "./suspects.ts";
import type { SweepCount } from "./sweep-count.ts";

type Needs = {
  readonly ports: FlowPorts;
  readonly cluster: Cluster;
  /** Begins to give a row back, unless it was renewed since. */
  readonly free: (row: Row, why: string) => Promise<boolean>;
};

/** A lease whose namespace alone does not keep it. */
type Open = { readonly row: Row; readonly staleness: Staleness };
type Of<Kind extends Staleness["kind"]> = Extract<Staleness, { kind: Kind }>;

type Finding =
  | { readonly kind: "free"; readonly why: string }
  /** `why` is "" where there is nothing to tell. */
  | { readonly kind: "kept"; readonly by: KeptBy; readonly why: string };

/** So many are asked after at once. */
const atOnce = 10;
/** What could not be asked is asked again so soon, ms. */
const againMs = 10_000;

export class ClusterSweep {
  readonly #needs: Needs;
  readonly #suspects: Suspects;
  readonly #seen: PodsSeen;
  readonly #doubts: Doubts;
  /** Leases that a GC did not list: the newest attempt of each row. */
  readonly #hinted = new Map<number, string>();
  #beganNs = 0n;
  #isShort = false;

  constructor(needs: Needs) {
    this.#needs = needs;
    this.#suspects = new Suspects(needs.ports.clock);
    this.#seen = new PodsSeen(needs.ports.journal);
    this.#doubts = new Doubts(needs.ports);
  }

  /** What the last sweep kept although its namespace does not stand. */
  get doubts(): Doubts["all"] {
    return this.#doubts.all;
  }

  isSuspect(row: Row): boolean {
    return this.#suspects.has(row);
  }

  /** A GC does not list it (P19): the next sweep looks at it even where its namespace stands. */
  hint(row: Row): void {
    this.#hinted.set(row.id, newestAttempt(row));
  }

  /** How long until the next sweep has something to do, ms: suspects are looked at when their time has come. */
  pauseMs(longestMs: number): number {
    return this.#suspects.pauseMs(this.#isShort ? Math.min(longestMs, againMs) : longestMs, this.#beganNs);
  }

  /** Looks at every lease once. Cost: one look at a path for each; where any is open one list, and one read for each due suspect. */
  async sweep(): Promise<SweepCount> {
    const { clock, metrics } = this.#needs.ports;
    this.#beganNs = clock.bootNs();
    const { open, standing, lookedAt } = await this.#lookAtNamespaces();
    const kept = new Map<KeptBy, number>(keptBy.map((by) => [by, 0]));
    const add = (by: KeptBy, count = 1) => void kept.set(by, (kept.get(by) ?? 0) + count);
    add("stands", lookedAt - open.length);
    // Read after the leases: a pod that is younger than its lease is not missed (F29).
    const sights = new PodSights(this.#needs.cluster, standing);
    this.#doubts.begin();
    let freed = 0;
    for (let at = 0; at < open.length; at += atOnce) {
      const group = open.slice(at, at + atOnce);
      for (const by of await Promise.all(group.map((one) => this.#carryOut(one, sights)))) {
        if (by === undefined) freed += 1;
        else add(by);
      }
    }
    await this.#settle(open, sights);
    for (const by of keptBy) metrics.set("berth_sweep_kept", kept.get(by) ?? 0, { reason: by });
    metrics.set("berth_sweep_suspects", this.#suspects.size);
    metrics.observe("berth_sweep_seconds", Number(clock.bootNs() - this.#beganNs) / 1e9);
    const suspects = kept.get("suspect") ?? 0;
    const unproven = lookedAt - freed - suspects - (kept.get("stands") ?? 0);
    return { lookedAt, freed, kept: lookedAt - freed, unproven, suspects };
  }

  async #lookAtNamespaces() {
    const { ports } = this.#needs;
    const open: Open[] = [];
    const standing = new Set<string>();
    let lookedAt = 0;
    for await (const row of eachLease(ports)) {
      const staleness = await weigh(ports, row);
      lookedAt += 1;
      ports.metrics.count("berth_sweep_looked_at_total", { verdict: staleness.kind });
      const uid = row.holder.pod?.uid;
      if (staleness.kind === "stands" && uid !== undefined) standing.add(uid);
      if (staleness.kind !== "stands" || this.#isHinted(row)) open.push({ row, staleness });
    }
    return { open, standing, lookedAt };
  }

  /** What was remembered of leases that are not open any more is forgotten. */
  async #settle(open: readonly Open[], sights: PodSights): Promise<void> {
    this.#doubts.end();
    this.#isShort = sights.isShort;
    const ids = new Set(open.map(({ row }) => row.id));
    this.#suspects.keepOnly(ids);
    for (const id of this.#hinted.keys()) if (!ids.has(id)) this.#hinted.delete(id);
    const uids = open.flatMap(({ row, staleness }) => (staleness.kind === "void" ? [row.holder.pod?.uid ?? ""] : []));
    await this.#seen.keep(new Set(uids));
  }

  /** @returns undefined: freed */
  async #carryOut({ row, staleness }: Open, sights: PodSights): Promise<KeptBy | undefined> {
    const finding = await this.#find(row, staleness, sights);
    if (finding.kind === "free") {
      this.#suspects.forget(row);
      // Renewed meanwhile, or ended by a DEL: then its namespace stands.
      return (await this.#needs.free(row, finding.why)) ? undefined : "stands";
    }
    if (finding.why !== "") this.#doubts.note(row, finding.by, finding.why);
    return finding.by;
  }

  async #find(row: Row, staleness: Staleness, sights: PodSights): Promise<Finding> {
    switch (staleness.kind) {
      case "stands":
        return this.#findHinted(row, sights);
      case "stale":
        return { kind: "free", why: staleness.why };
      case "gone":
        return this.#findGone(row, staleness, sights);
      case "void":
        return this.#findVoid(row, staleness, sights);
      case "unproven":
        this.#suspects.forget(row);
        return kept("unproven", staleness.why);
      default:
        return staleness satisfies never;
    }
  }

  /** GC is a hint: it frees nothing whose namespace stands (P19). */
  async #findHinted(row: Row, sights: PodSights): Promise<Finding> {
    this.#suspects.forget(row);
    const pod = knownPod(row);
    const isThere = pod !== undefined && (await sights.first(pod)) === "lives";
    if (isThere) this.#hinted.delete(row.id);
    return kept("stands", isThere ? "" : "GC does not list it, but its network namespace stands");
  }

  async #findGone(row: Row, { why, pod }: Of<"gone">, sights: PodSights): Promise<Finding> {
    if (this.#suspects.isDue(row)) return this.#lookAgain(row, { why, pod }, sights);
    const sight = pod === undefined ? "missing" : await sights.first(pod);
    if (sight === "lives") return this.#livesOn(row, why);
    if (sight === "unknown" && !this.#suspects.has(row)) return kept("unknown", `${why}; ${unasked}`);
    this.#suspects.observe(row, { forMs: this.#needs.ports.limits.graceMs });
    return kept("suspect", pod === undefined ? `${why}; it names no pod` : `${why}; its pod was not found`);
  }

  /** By its pod alone: once seen, then gone for a while on a node whose kubelet would have ended its containers (P18). */
  async #findVoid(row: Row, { why, pod }: Of<"void">, sights: PodSights): Promise<Finding> {
    if (pod === undefined) return kept("unproven", `${why}; it names no pod that could be asked after`);
    const sight = await sights.first(pod);
    if (sight === "lives") await this.#seen.saw(pod.uid);
    if (sight === "lives") return this.#livesOn(row, why);
    if (sight === "unknown") return kept("unknown", `${why}; ${unasked}`);
    // The uid of what Whereabouts gave comes from the API itself.
    const isSeen = row.holder.attachment.definition === "" || (await this.#seen.has(pod.uid));
    if (!isSeen) return kept("unproven", `${why}; its pod was never seen`);
    const node = await sights.node();
    if (node.kind === "unknown") return kept("unknown", `${why}; its node could not be asked after`);
    if (!node.isReady) this.#suspects.forget(row);
    if (!node.isReady) return kept("unproven", `${why}; its pod was not found, but the node is not Ready`);
    this.#suspects.observe(row, { forMs: this.#needs.ports.limits.waitMs, mark: `void ${node.since}` });
    return this.#suspects.isDue(row)
      ? this.#lookAgain(row, { why: "its pod has gone", pod }, sights)
      : kept("suspect", `${why}; its pod was not found`);
  }

  /** The second look, at the pod as it is now; who names none is looked at by its namespace alone, just now. */
  async #lookAgain(
    row: Row,
    { why, pod }: { readonly why: string; readonly pod: KnownPod | undefined },
    sights: PodSights,
  ): Promise<Finding> {
    const sight = pod === undefined ? "missing" : await sights.second(pod);
    if (sight === "lives") return this.#livesOn(row, why);
    return sight === "missing" ? { kind: "free", why } : kept("unknown", `${why}; ${unasked}`);
  }

  #livesOn(row: Row, why: string): Finding {
    this.#suspects.forget(row);
    return kept("pod", `${why}; its pod is there and may come again for it`);
  }

  #isHinted(row: Row): boolean {
    return this.#hinted.get(row.id) === newestAttempt(row);
  }
}

const unasked = "its pod could not be asked after";

function kept(by: KeptBy, why: string): Finding {
  return { kind: "kept", by, why };
}
