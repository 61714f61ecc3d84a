/**
 * One run of a reconciler: look, wait out the grace of the suspects, look again, free what is proven stale. A failure of one part ends
 * nothing but that part.
 *
 * @module
 */
import type { Repaired, Unreadable } from "../../ports/scene.ts";
import { judge } from "../../reconcile/judge.ts";
import type { LeaseSight } from "../../reconcile/sight.ts";
import { type RunSummary, Tally } from "../../reconcile/summary.ts";
import type { Verdict } from "../../reconcile/verdict.ts";
import { inGroups } from "./in-groups.ts";
import { lookAtNode, lookAtNodeless, nodeSight, type NodesSeen, seeNodes } from "./look-elsewhere.ts";
import { NodeLooks } from "./node-looks.ts";
import { lookOwn } from "./look-own.ts";
import type { ReconcileNeeds, RunOptions, Scope } from "./needs.ts";
import { repair } from "./repair.ts";
import { lookAgain, type Suspect } from "./second-look.ts";

/** Suspects of one round; what is beyond them has a round of its own, so that memory is bounded (about 2 KiB each). */
const suspectsMax = 5_000;
const roundsMax = 50;
/** So many leases that could not be judged are named as failed, the others only counted: one reason often hinders thousands. */
const namedMax = 20;

export async function reconcile(needs: ReconcileNeeds, scope: Scope, options: RunOptions): Promise<RunSummary> {
  const begunNs = needs.clock.bootNs();
  const requestsBefore = needs.requests();
  const run = new Run(needs, options);
  for (let round = 0; round < roundsMax; round += 1) if (!(await run.round(scope))) break;
  if (scope.elected && !options.isDry) await run.repair(scope.own);
  const seconds = Number(needs.clock.bootNs() - begunNs) / 1e9;
  return run.tally.summary(seconds, needs.requests() - requestsBefore);
}

class Run {
  readonly tally = new Tally();
  readonly #needs: ReconcileNeeds;
  readonly #options: RunOptions;
  /** Some rule would free them. */
  #suspects: Suspect[] = [];
  #unserved: Suspect[] = [];
  /** Judged twice already, in an earlier round: about 100 bytes each. */
  readonly #looked = new Set<string>();
  /** Names of those that were told: one may come up in several lists. */
  readonly #unreadable = new Set<string>();
  #isFull = false;
  #unjudged = 0;
  #rounds = 0;

  constructor(needs: ReconcileNeeds, options: RunOptions) {
    this.#needs = needs;
    const failed: RunOptions["failed"] = (what, reason) => {
      this.tally.add("failed");
      options.failed(what, reason);
    };
    this.#options = { ...options, failed, unreadable: (one) => this.#passOver(one, options.unreadable) };
  }

  /** @returns whether there were more suspects than fit: they have another round */
  async round(scope: Scope): Promise<boolean> {
    this.#suspects = [];
    this.#unserved = [];
    this.#isFull = false;
    this.#rounds += 1;
    await this.#begin();
    if (scope.own !== undefined) this.#first(await lookOwn(this.#needs, scope.own, this.#options));
    if (scope.only !== undefined) await this.#at(scope.only);
    if (scope.elected) await this.#elsewhere(scope.own);
    await this.#second();
    return this.#isFull && !this.#isOver();
  }

  async repair(own: string | undefined): Promise<void> {
    if (this.#isOver()) return;
    const repaired = (one: Repaired) => {
      this.tally.add("repaired");
      this.#options.repaired?.(one);
    };
    await repair(this.#needs, { own, repaired, failed: this.#options.failed });
  }

  /** Without it both halves of a lease are looked for, which is right and dearer. */
  async #begin(): Promise<void> {
    const unread = await this.#needs.scene.begin();
    if (unread !== undefined) this.#options.failed("mode", unread.reason);
  }

  #isOver(): boolean {
    return this.#options.signal?.aborted === true;
  }

  async #elsewhere(own: string | undefined): Promise<void> {
    // Leases before nodes before pods (F29): who comes in between is only a suspect.
    const counts = new Map<string, number>();
    const unread = await this.#needs.scene.survey({
      begin: () => counts.clear(),
      take: ({ node, isWithheld }) => {
        if (!isWithheld && node !== "") counts.set(node, (counts.get(node) ?? 0) + 1);
      },
      unreadable: this.#options.unreadable,
    });
    if (unread !== undefined) this.#options.failed("leases of all nodes", unread.reason);
    const nodes = await seeNodes(this.#needs, this.#options);
    if (nodes === undefined) return;
    for (const [name, count] of unread === undefined ? counts : []) {
      if (name === own || this.#isOver()) continue;
      const node = nodeSight(nodes, name);
      if (node.kind === "served") this.#others(count);
      else this.#first(await lookAtNode(this.#needs, { name, node }, this.#options));
    }
    if (!this.#isOver()) this.#first(await lookAtNodeless(this.#needs, nodes, this.#options), nodes.nodes);
  }

  /** Somebody asks about one node: also where a member judges it. */
  async #at(name: string): Promise<void> {
    const nodes = await seeNodes(this.#needs, this.#options);
    if (nodes === undefined) return;
    const node = nodeSight(nodes, name);
    this.#first(await lookAtNode(this.#needs, { name, node }, this.#options));
  }

  #others(count: number): void {
    if (this.#rounds === 1) this.tally.others(count);
  }

  #first(seen: readonly LeaseSight[], nodes?: NodesSeen["nodes"]): void {
    const sinceNs = this.#needs.clock.bootNs();
    for (const sight of seen) {
      const verdict = judge(sight, { ms: 0, isUncached: false }, this.#needs.times);
      const isWatched = verdict.kind === "suspect" && !this.#options.isDry;
      // Later rounds are for suspects that had no place before; all else has had its word.
      if (this.#rounds > 1 && (!isWatched || this.#looked.has(keyOf(sight)))) continue;
      // What would only be reported keeps nobody from being freed.
      const list = verdict.kind === "suspect" && verdict.rule === undefined ? this.#unserved : this.#suspects;
      if (!isWatched) this.#told(sight.lease, verdict);
      else if (list.length < suspectsMax) list.push({ sight, sinceNs, nodes });
      else this.#isFull = true;
    }
  }

  async #second(): Promise<void> {
    const suspects = [...this.#suspects, ...this.#unserved];
    if (suspects.length === 0) return;
    const { clock, times } = this.#needs;
    const { signal } = this.#options;
    const last = suspects.reduce((latest, { sinceNs }) => (sinceNs > latest ? sinceNs : latest), 0n);
    const waitMs = Math.max(times.graceMs, times.waitingMs) + 1;
    while (!this.#isOver()) {
      const leftMs = waitMs - Number((clock.bootNs() - last) / 1_000_000n);
      if (leftMs <= 0) break;
      await clock.wait(leftMs, signal);
    }
    await this.#begin();
    const nodes = new NodeLooks(this.#needs, this.#options);
    await inGroups(
      suspects,
      (suspect) => this.#again(suspect, nodes),
      () => this.#isOver(),
    );
  }

  async #again(suspect: Suspect, nodes: NodeLooks): Promise<void> {
    const { lease } = suspect.sight;
    if (this.#isFull) this.#looked.add(keyOf(suspect.sight));
    const looked = await lookAgain(this.#needs, suspect, nodes);
    switch (looked.kind) {
      case "overtaken":
        this.tally.add("overtaken");
        this.tally.add("lookedAt");
        return;
      case "unread":
        return this.#unread(lease, looked.reason);
      case "judged":
        return looked.verdict.kind === "free" ? this.#free(suspect, looked.verdict) : this.#told(lease, looked.verdict);
      default:
        return looked satisfies never;
    }
  }

  async #free({ sight }: Suspect, verdict: Extract<Verdict, { kind: "free" }>): Promise<void> {
    const { lease } = sight;
    const answer = await this.#needs.scene.free(lease);
    this.tally.add("lookedAt");
    if (answer.kind === "freed") this.tally.freed(verdict.rule);
    else if (answer.kind === "changed") this.tally.add("overtaken");
    else this.#options.failed(`lease ${lease.name}`, answer.reason);
    const done = { freed: "freed", changed: "overtaken", unknown: "failed" } as const;
    this.#options.told({ lease, verdict, done: done[answer.kind] });
  }

  #unread({ name }: LeaseSight["lease"], why: string): void {
    this.#unjudged += 1;
    if (this.#unjudged <= namedMax) this.#options.failed(`lease ${name}`, why);
    else this.tally.add("failed");
  }

  #passOver(one: Unreadable, told: RunOptions["unreadable"]): void {
    if (this.#unreadable.has(one.name)) return;
    this.#unreadable.add(one.name);
    this.tally.unreadable();
    told?.(one);
  }

  #told(lease: LeaseSight["lease"], verdict: Verdict): void {
    this.tally.add("lookedAt");
    this.tally.verdict(verdict);
    if (verdict.kind === "keep" && verdict.isUnread === true) this.#unread(lease, verdict.why);
    this.#options.told({ lease, verdict, done: undefined });
  }
}

function keyOf({ lease }: LeaseSight): string {
  return `${lease.name} ${lease.version}`;
}
