/**
 * Keeps an eye on a store that other nodes share (P4, P14 to P16), and says whether an ADD may be answered.
 *
 * @module
 */
import { type Failure, failure } from "../failure/failure.ts";
import type { Signal } from "../ports/clock.ts";
import type { Attachment } from "../ports/holder.ts";
import { containerKey } from "./call-keys.ts";
import { createDeadline, type Deadline, unlessAborted } from "./canceller.ts";
import type { KeeperNeeds } from "./keeper-needs.ts";
import { Lately } from "./lately.ts";
import { eachRow } from "./leases.ts";
import { Pulse } from "./pulse.ts";
import { Reach } from "./reach.ts";
import { revisionOfVersion } from "./revision.ts";
import { Upkeep } from "./upkeep.ts";
import { type Watch, watchAt } from "./watch.ts";

/** So long an ADD waits for the first import. */
const importMs = 5_000;

export class Keeper {
  readonly #needs: KeeperNeeds;
  readonly #reach: Reach;
  readonly #pulse: Pulse;
  readonly #upkeep: Upkeep;
  /** Containers' interfaces whose DEL gave addresses back. */
  readonly #ended: Lately;

  constructor(needs: KeeperNeeds) {
    this.#needs = needs;
    this.#reach = new Reach(needs.ports.clock);
    this.#ended = new Lately(needs.ports.clock);
    this.#pulse = new Pulse(needs, this.#reach, {
      wasFit: () => this.isImported,
      changed: () => this.#upkeep.modeChanged(),
    });
    this.#upkeep = new Upkeep(needs, this.#reach, () => this.#pulse.mode);
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
    await this.#upkeep.start();
  }

  /** Works until `end` aborts. Never throws. */
  async run(end: Signal): Promise<void> {
    await Promise.all([this.#pulse.run(end), this.#upkeep.run(end)]);
  }

  /** Whether the import was done since the start: a DEL of an unknown attachment is done only then (P13). */
  get isImported(): boolean {
    return this.#upkeep.imported.aborted;
  }

  /** For people. */
  get watch(): Watch {
    const { mode, confirmedNs } = this.#pulse.fitness;
    const { comparedNs, conflicts } = this.#upkeep;
    return watchAt({ mode, confirmedNs, comparedNs, conflicts: conflicts.count }, this.#needs.ports.clock.bootNs());
  }

  /** Waits, as long as the call has time, for what an ADD needs. @returns why it cannot be answered now */
  async ready({ signal }: Deadline): Promise<Failure | undefined> {
    if (!this.isImported && this.#pulse.fitness.unfit === undefined) {
      this.#pulse.wake();
      this.#upkeep.wake();
      // A cluster that is away does not hold every caller up for all of its time.
      const wait = createDeadline(this.#needs.ports.clock, importMs, signal);
      const imported = new Promise<void>((resolve) => {
        this.#upkeep.imported.addEventListener("abort", resolve);
      });
      await unlessAborted(imported, wait.signal);
      wait.cancel();
    }
    return this.guard();
  }

  /** From memory. */
  guard(): Failure | undefined {
    const expected = this.#expected();
    return expected === undefined
      ? undefined
      : failure("ClusterUnready", `on node ${this.#needs.ports.node}`, expected);
  }

  #expected(): string | undefined {
    const { fitness } = this.#pulse;
    if (fitness.unfit !== undefined) return fitness.unfit;
    if (!this.isImported) return `that the leases of this node can be read: ${this.#reach.lastError}`;
    const alone = this.#upkeep.strangers.reason();
    if (alone !== undefined) return alone;
    return fitness.isOld()
      ? `the mode (ConfigMap "berth", key whereabouts) to be confirmed within 5 minutes: ${this.#reach.lastError}`
      : this.#upkeep.retreat.reason();
  }

  /** Why nothing can be served, for STATUS: an API server that is away for a moment is no reason (F28). */
  trouble(): string | undefined {
    const { limits, node } = this.#needs.ports;
    const { unfit } = this.#pulse.fitness;
    if (unfit !== undefined) return `this cluster lacks ${unfit}`;
    if (this.#upkeep.strangers.reason() !== undefined) return `another agent serves under the name of node ${node}`;
    if (!this.isImported) return `the leases of this node could not be read yet: ${this.#reach.lastError}`;
    return this.#reach.isAway(limits.awayMs)
      ? `the API server does not answer: ${this.#reach.lastError}`
      : this.#upkeep.trouble(limits.awayMs);
  }

  /** A create was sent whose outcome is not known: it is looked for once more when none can land any longer (P9). */
  lookLater(): void {
    this.#upkeep.later.look();
  }

  /** Whereabouts gave something that is not on record. */
  adoptSoon(): void {
    this.#upkeep.adoptSoon();
  }

  /** A DEL is on record. What the journal did not know Whereabouts may have given; what was given back lately had no other address. */
  deleted(container: Pick<Attachment, "containerId" | "ifName">, freeing: number): void {
    const key = containerKey(container);
    if (freeing > 0) this.#ended.note(key);
    else if (!this.#ended.has(key)) this.#upkeep.unknownDel(container.containerId);
  }
}
