/**
 * Keeps an eye on a store that other nodes share: imports what the journal lacks, checks that what it holds still stands,
 * follows the mode, and notices a store that went back in time (P4, P14 to P16). Says whether an ADD may be answered.
 *
 * @module
 */
import { type Failure, failure } from "../failure/failure.ts";
import type { Canceller, Signal } from "../ports/clock.ts";
import type { Mode } from "../ports/cluster.ts";
import type { Deadline } from "./canceller.ts";
import { createCanceller, createDeadline, unlessAborted } from "./canceller.ts";
import { Adopter } from "./adopter.ts";
import { Comparer, type Compared } from "./comparer.ts";
import { Conflicts } from "./conflicts.ts";
import type { KeeperNeeds } from "./keeper-needs.ts";
import { Fitness } from "./fitness.ts";
import { settleIntents } from "./recover.ts";
import { Retreat } from "./retreat.ts";
import { revisionOfVersion } from "./revision.ts";
import { eachRow } from "./leases.ts";
import { Strangers } from "./strangers.ts";
import { type Watch, watchAt } from "./watch.ts";

/** So long an ADD waits for the first import. */
const importMs = 5_000;
/** How soon what failed is tried again. */
const againMs = 1_000;
const lookMs = 5_000;

type Duty = "mode" | "compare" | "conflicts" | "pulse" | "adopt" | "orphans";

export class Keeper {
  readonly #needs: KeeperNeeds;
  readonly #comparer: Comparer;
  readonly #conflicts: Conflicts;
  readonly #retreat: Retreat;
  readonly #adopter: Adopter;
  readonly #imported = createCanceller();
  /** Wakes the loop before its time. */
  #alarm: Canceller = createCanceller();
  readonly #fitness: Fitness;
  /** When the journal was compared with the cluster, on the boot clock. */
  #comparedNs: bigint | undefined;
  readonly #strangers: Strangers;
  #lastError = "it was not asked yet";
  #connections: number;
  /** Since when the API server does not answer, on the boot clock; undefined while it does. */
  #awayNs: bigint | undefined;
  /** When each duty is due, on the boot clock, ns. */
  readonly #due: Record<Duty, bigint> = { mode: 0n, compare: 0n, conflicts: 0n, pulse: 0n, adopt: 0n, orphans: 0n };
  /** Creates that may land late are looked for then: after the first, and after the last of those that came meanwhile. */
  #laterNs: bigint | undefined;
  #latestNs = 0n;

  constructor(needs: KeeperNeeds) {
    this.#needs = needs;
    this.#conflicts = new Conflicts(needs);
    this.#comparer = new Comparer(needs, this.#conflicts);
    this.#retreat = new Retreat(needs);
    this.#strangers = new Strangers(needs);
    this.#adopter = new Adopter(needs);
    this.#fitness = new Fitness(needs);
    this.#connections = needs.cluster.connections();
  }

  /** Takes up what the journal remembers. Before the first call. */
  async start(): Promise<void> {
    const { cluster, ports } = this.#needs;
    let seen = BigInt((await ports.journal.note("seen")) ?? -1);
    for await (const row of eachRow(ports, "lease")) {
      const revision = revisionOfVersion(row.version);
      if (revision > seen) seen = revision;
    }
    cluster.resume(seen);
    // In no hurry: what a start is followed by comes first.
    this.#due.orphans = after(ports.clock.bootNs(), ports.limits.compareMs);
    await this.#retreat.start();
  }

  /** Whether the import was done since the start: a DEL of an unknown attachment is done only then (P13). */
  get isImported(): boolean {
    return this.#imported.signal.aborted;
  }

  /** Undefined until it is known. */
  get mode(): Mode | undefined {
    return this.#fitness.mode;
  }

  /** For people. */
  get watch(): Watch {
    const { mode, confirmedNs } = this.#fitness;
    const at = { mode, confirmedNs, comparedNs: this.#comparedNs, conflicts: this.#conflicts.count };
    return watchAt(at, this.#needs.ports.clock.bootNs());
  }

  /** Waits, as long as the call has time, for what an ADD needs. @returns why it cannot be answered now */
  async ready({ signal }: Deadline): Promise<Failure | undefined> {
    if (!this.isImported && this.#fitness.unfit === undefined) {
      this.wake();
      // A cluster that is away does not hold every caller up for all of its time.
      const wait = createDeadline(this.#needs.ports.clock, importMs, signal);
      const imported = new Promise<void>((resolve) => {
        this.#imported.signal.addEventListener("abort", resolve);
      });
      await unlessAborted(imported, wait.signal);
      wait.cancel();
    }
    return this.guard();
  }

  /** From memory. */
  guard(): Failure | undefined {
    const { ports } = this.#needs;
    const refuse = (expected: string) => failure("ClusterUnready", `on node ${ports.node}`, expected);
    if (this.#fitness.unfit !== undefined) return refuse(this.#fitness.unfit);
    if (!this.isImported) return refuse(`an API server that answers: ${this.#lastError}`);
    const alone = this.#strangers.reason();
    if (alone !== undefined) return refuse(alone);
    if (this.#fitness.isOld())
      return refuse(
        `the mode (ConfigMap "berth", key whereabouts) to be confirmed within 5 minutes: ${this.#lastError}`,
      );
    const back = this.#retreat.reason();
    return back === undefined ? undefined : refuse(back);
  }

  /** Why nothing can be served, for STATUS: an API server that is away for a moment is no reason (F28). */
  trouble(): string | undefined {
    const { clock, limits } = this.#needs.ports;
    if (this.#fitness.unfit !== undefined) return `this cluster lacks ${this.#fitness.unfit}`;
    if (this.#strangers.reason() !== undefined)
      return `another agent serves under the name of node ${this.#needs.ports.node}`;
    if (!this.isImported) return `the leases of this node could not be read yet: ${this.#lastError}`;
    if (this.#awayNs === undefined || clock.bootNs() - this.#awayNs < BigInt(limits.awayMs) * 1_000_000n)
      return undefined;
    return `the API server does not answer: ${this.#lastError}`;
  }

  /** A create was sent whose outcome is not known: it is looked for once more when none can land any longer (P9). */
  lookLater(): void {
    const { clock } = this.#needs.ports;
    this.#latestNs = clock.bootNs() + BigInt(this.#needs.ports.store.lateMs) * 1_000_000n;
    // The first of many is not put off by those after it: they get a look of their own.
    this.#laterNs ??= this.#latestNs;
  }

  wake(): void {
    this.#alarm.cancel();
  }

  /** Works until `end` aborts. Never throws. */
  async run(end: Signal): Promise<void> {
    const { clock, log } = this.#needs.ports;
    while (!end.aborted) {
      try {
        await this.round();
      } catch (error) {
        this.#lastError = error instanceof Error ? error.message : String(error);
        log.warn("Cannot keep an eye on the cluster: trying again", { reason: this.#lastError });
      }
      this.#alarm = createCanceller(end);
      await clock.wait(this.#pauseMs(), this.#alarm.signal);
      this.#alarm.cancel();
    }
  }

  /** Whatever is due, once. Throws only for a defect or a journal that cannot be read. */
  async round(): Promise<void> {
    this.#noticeChanges();
    if (this.#isDue("mode")) await this.#confirmMode();
    // Until the mode is known nothing else is done.
    if (this.#fitness.unfit !== undefined || this.#fitness.mode === undefined) return;
    if (this.#isDue("pulse")) await this.#pulse();
    if (this.#isDue("compare")) await this.#compare();
    if (this.#isDue("adopt") || this.#adopter.isWanted) await this.#adopt();
    if (this.#isDue("conflicts")) await this.#lookAtConflicts();
    if (this.#isDue("orphans")) await this.#removeOrphans();
    await this.#retreat.round();
  }

  #isDue(duty: Duty): boolean {
    return this.#needs.ports.clock.bootNs() >= this.#due[duty];
  }

  /** What makes a comparison due before its time. */
  #noticeChanges(): void {
    const { ports, cluster, freer } = this.#needs;
    if (cluster.connections() !== this.#connections || this.#retreat.isNew()) {
      this.#connections = cluster.connections();
      freer.hurry();
      this.#due.mode = this.#due.compare = 0n;
    }
    const nowNs = ports.clock.bootNs();
    // A fall that anybody noticed: the own leases are looked at now, and until they stand.
    if (this.#retreat.isRestoring && this.#due.compare > after(nowNs, ports.limits.conflictMs))
      this.#due.compare = nowNs;
    if (this.#laterNs !== undefined && nowNs >= this.#laterNs) {
      this.#laterNs = this.#latestNs > this.#laterNs ? this.#latestNs : undefined;
      this.#due.compare = 0n;
    }
  }

  async #lookAtConflicts(): Promise<void> {
    const { clock, limits } = this.#needs.ports;
    this.#due.conflicts = after(clock.bootNs(), limits.conflictMs);
    await this.#conflicts.look((row) => this.#comparer.restore(row));
  }

  async #confirmMode(): Promise<void> {
    const known = this.#fitness.mode;
    const failed = await this.#fitness.confirm(this.isImported);
    if (failed !== undefined) return this.#failed("mode", failed);
    // Other halves of the proof count now: they are looked at before their time.
    if (this.#fitness.mode !== known) this.#due.compare = this.#due.adopt = 0n;
    const { clock, limits } = this.#needs.ports;
    this.#due.mode = after(clock.bootNs(), this.#fitness.unfit === undefined ? limits.modeMs / 2 : againMs);
  }

  async #pulse(): Promise<void> {
    const { cluster, ports } = this.#needs;
    const answer = await cluster.pulse();
    if (answer.kind === "unknown") return this.#failed("pulse", answer.reason);
    this.#awayNs = undefined;
    this.#due.pulse = after(ports.clock.bootNs(), ports.limits.pulseMs);
    await ports.journal.commit([{ kind: "note", key: "seen", value: String(cluster.seen()) }], { urgent: true });
  }

  async #compare(): Promise<void> {
    const { ports } = this.#needs;
    const compared = await this.#comparer.compare(this.#fitness.mode === "absent");
    if (compared.kind === "unknown") return this.#failed("compare", compared.reason);
    this.#comparedNs = ports.clock.bootNs();
    this.#due.compare = after(
      ports.clock.bootNs(),
      this.#fitness.mode === "absent" ? ports.limits.compareMs : ports.limits.compareMixedMs,
    );
    this.#strangers.meet(compared.strangers);
    await this.#followTide(compared);
    if (!this.isImported) {
      // A create of the run before may have been on its way when it was killed.
      this.lookLater();
      await settleIntents(ports, this.#needs.freer, this.#needs.running);
      this.#imported.cancel();
    }
  }

  /** Before the import is called done, every 10 minutes, and when a DEL of something unknown came (P14). */
  async #adopt(): Promise<void> {
    const { clock, limits } = this.#needs.ports;
    const failed = this.#fitness.mode === "absent" ? undefined : await this.#adopter.adopt();
    if (failed !== undefined) return this.#failed("adopt", failed);
    this.#due.adopt = after(clock.bootNs(), limits.compareMs);
  }

  async #removeOrphans(): Promise<void> {
    const { ports, cluster } = this.#needs;
    const answer = await cluster.removeOrphans();
    if (answer.kind === "unknown") return this.#failed("orphans", answer.reason);
    this.#due.orphans = after(ports.clock.bootNs(), ports.limits.compareMs);
    if (answer.removed > 0)
      ports.log.warn("Removed reservations of addresses that are not withheld any more", { count: answer.removed });
  }

  /** A DEL of an attachment that the journal does not know: perhaps Whereabouts gave it an address. */
  unknownDel(containerId: string): void {
    if (this.#fitness.mode === "absent") return;
    this.#adopter.want(containerId);
    this.wake();
  }

  async #followTide({ fell, stands }: Extract<Compared, { kind: "compared" }>): Promise<void> {
    if (fell !== undefined) await this.#retreat.fell(fell);
    else if (stands) await this.#retreat.stands();
    const { clock, limits } = this.#needs.ports;
    if (!stands || this.#retreat.isRestoring) this.#due.compare = after(clock.bootNs(), limits.conflictMs);
  }

  #failed(duty: Duty, reason: string): void {
    this.#lastError = reason;
    this.#awayNs ??= this.#needs.ports.clock.bootNs();
    this.#due[duty] = after(this.#needs.ports.clock.bootNs(), againMs);
  }

  #pauseMs(): number {
    const nowNs = this.#needs.ports.clock.bootNs();
    // Until the mode is known nothing else is done.
    const duties =
      this.#fitness.unfit !== undefined || this.#fitness.mode === undefined
        ? [this.#due.mode]
        : Object.values(this.#due);
    const next = [...duties, this.#laterNs ?? nowNs + BigInt(lookMs) * 1_000_000n];
    const waits = next.map((at) => Number((at - nowNs) / 1_000_000n));
    return Math.min(lookMs, Math.max(1, Math.min(...waits)));
  }
}

function after(nowNs: bigint, ms: number): bigint {
  return nowNs + BigInt(Math.round(ms)) * 1_000_000n;
}
