/**
 * Keeps the journal and the cluster in agreement (P9, P14 to P16): imports, compares, adopts, looks at conflicts, and notices a store
 * that went back in time. One after the other, as slow as the cluster is.
 *
 * @module
 */
import { createCanceller } from "./canceller.ts";
import type { Signal } from "../ports/clock.ts";
import type { Mode } from "../ports/cluster.ts";
import { Adopter } from "./adopter.ts";
import { Comparer, type Compared } from "./comparer.ts";
import { Conflicts } from "./conflicts.ts";
import { Hindrances } from "./hindrances.ts";
import type { KeeperNeeds } from "./keeper-needs.ts";
import { Later } from "./later.ts";
import { Loop } from "./loop.ts";
import type { Reach } from "./reach.ts";
import { settleIntents } from "./recover.ts";
import { Retreat } from "./retreat.ts";
import { Strangers } from "./strangers.ts";
import { type Again, Timetable } from "./timetable.ts";

/** So often it is seen whether the connection was made anew. */
const lookMs = 5_000;

/** What fails for good, as without a permission, is tried so seldom in the end: each try may read whole lists. */
const againMaxMs = 60_000;

/** As it goes after "cannot". */
const hinderedWords = {
  compare: "compare this node's leases with the cluster",
  adopt: "take on record what Whereabouts gave to pods of this node",
  wanted: "look for what Whereabouts gave to a pod that has ended",
  orphans: "look for what landed after it had been given back",
} as const;

export class Upkeep {
  readonly conflicts: Conflicts;
  readonly retreat: Retreat;
  readonly strangers: Strangers;
  readonly later: Later;
  /** When the journal was compared with the cluster, on the boot clock. */
  comparedNs: bigint | undefined;
  readonly #needs: KeeperNeeds;
  readonly #reach: Reach;
  readonly #mode: () => Mode | undefined;
  readonly #comparer: Comparer;
  readonly #adopter: Adopter;
  readonly #duties: Timetable<"compare" | "adopt" | "conflicts" | "orphans">;
  /** When those that a DEL came for may be looked for again. */
  readonly #wanted: Timetable<"wanted">;
  readonly #hindrances: Hindrances<keyof typeof hinderedWords>;
  readonly #loop: Loop;
  readonly #imported = createCanceller();
  #connections: number;

  /** @param mode undefined while nothing is to be done */
  constructor(needs: KeeperNeeds, reach: Reach, mode: () => Mode | undefined) {
    const { clock, store } = needs.ports;
    this.#needs = needs;
    this.#reach = reach;
    this.#mode = mode;
    this.conflicts = new Conflicts(needs);
    this.retreat = new Retreat(needs);
    this.strangers = new Strangers(needs);
    this.later = new Later(clock, store.lateMs);
    this.#comparer = new Comparer(needs, this.conflicts);
    this.#adopter = new Adopter(needs);
    this.#duties = new Timetable(clock, ["compare", "adopt", "conflicts", "orphans"]);
    this.#wanted = new Timetable(clock, ["wanted"]);
    this.#hindrances = new Hindrances(clock, hinderedWords);
    this.#loop = new Loop(clock);
    this.#connections = needs.cluster.connections();
  }

  async start(): Promise<void> {
    // In no hurry: what a start is followed by comes first.
    this.#duties.putOff("orphans", this.#needs.ports.limits.compareMs);
    await this.retreat.start();
  }

  /** What has failed for so long although it was tried again and again, for people. */
  trouble(ms: number): string | undefined {
    return this.#hindrances.lasting(ms);
  }

  /** Aborts when the import was done since the start. */
  get imported(): Signal {
    return this.#imported.signal;
  }

  wake(): void {
    this.#loop.wake();
  }

  /** Other halves of the proof count now: they are looked at before their time. */
  modeChanged(): void {
    this.#duties.hurry("compare", "adopt");
    this.#loop.wake();
  }

  adoptSoon(): void {
    this.#duties.hurry("adopt");
    this.#loop.wake();
  }

  /** A DEL of an attachment that the journal does not know: perhaps Whereabouts gave it an address. */
  unknownDel(containerId: string): void {
    if (this.#mode() === "absent") return;
    this.#adopter.want(containerId);
    this.#loop.wake();
  }

  /** Works until `end` aborts. Never throws. */
  run(end: Signal): Promise<void> {
    return this.#loop.run(end, async () => {
      await this.#reach.attempt(() => this.#round(), {
        log: this.#needs.ports.log,
        words: "Cannot keep an eye on the cluster: trying again",
      });
      return this.#pauseMs();
    });
  }

  #pauseMs(): number {
    if (this.#mode() === undefined) return lookMs;
    const wantedMs = this.#adopter.isWanted ? this.#wanted.pauseMs(lookMs) : lookMs;
    return Math.min(wantedMs, this.later.pauseMs(lookMs), this.#duties.pauseMs(lookMs));
  }

  /** Whatever is due, once. Throws only for a defect or a journal that cannot be read. */
  async #round(): Promise<void> {
    this.#noticeChanges();
    if (this.#mode() === undefined) return;
    const duties = this.#duties;
    if (duties.isDue("compare")) await duties.carryOut("compare", () => this.#compare());
    if (duties.isDue("adopt")) await duties.carryOut("adopt", () => this.#adopt());
    else if (this.#adopter.isWanted && this.#wanted.isDue("wanted"))
      await this.#wanted.carryOut("wanted", () => this.#adoptWanted());
    if (duties.isDue("conflicts")) await duties.carryOut("conflicts", () => this.#lookAtConflicts());
    if (duties.isDue("orphans")) await duties.carryOut("orphans", () => this.#removeOrphans());
    await this.retreat.round();
  }

  /** What makes a comparison due before its time. */
  #noticeChanges(): void {
    const { ports, cluster, freer } = this.#needs;
    if (cluster.connections() !== this.#connections || this.retreat.isNew()) {
      this.#connections = cluster.connections();
      freer.hurry();
      this.#duties.hurry("compare");
      this.#duties.hurryFailed();
      this.#wanted.hurryFailed();
    }
    // A fall that anybody noticed: the own leases are looked at now, and until they stand.
    if (this.retreat.isRestoring && !this.#duties.isWithin("compare", ports.limits.conflictMs))
      this.#duties.hurry("compare");
    if (this.later.take()) this.#duties.hurry("compare");
  }

  async #compare(): Promise<number | Again> {
    const { ports } = this.#needs;
    const isAlone = this.#mode() === "absent";
    const compared = await this.#comparer.compare(isAlone);
    // Until the import is done ADDs wait for it.
    if (compared.kind === "unknown")
      return this.#failed("compare", compared.reason, this.imported.aborted ? againMaxMs : ports.limits.conflictMs);
    this.#hindrances.done("compare");
    this.comparedNs = ports.clock.bootNs();
    this.strangers.meet(compared.strangers);
    const isSettled = await this.#followTide(compared);
    if (!this.imported.aborted) await this.#endImport(compared.isWhole, isAlone);
    // No ADD is answered while another agent's reservations stand: that they have gone is noticed soon.
    if (!isSettled || !compared.isWhole || compared.strangers.length > 0) return ports.limits.conflictMs;
    return isAlone ? ports.limits.compareMs : ports.limits.compareMixedMs;
  }

  async #endImport(isWhole: boolean, isAlone: boolean): Promise<void> {
    const { ports, freer, running } = this.#needs;
    // A create of the run before may have been on its way when it was killed.
    this.later.look();
    // What an ADD left half done is judged beside what Whereabouts gave meanwhile. Where there is nothing of the kind no ADD waits.
    const isLookedFirst = !isAlone && (await ports.journal.count("intent")) > 0;
    if (isLookedFirst) await this.#duties.carryOut("adopt", () => this.#adopt());
    await settleIntents(ports, freer, running);
    if (isWhole) this.#imported.cancel();
  }

  /** @returns whether nothing is left to be restored */
  async #followTide({ fell, stands }: Extract<Compared, { kind: "compared" }>): Promise<boolean> {
    if (fell !== undefined) await this.retreat.fell(fell);
    else if (stands) await this.retreat.stands();
    return stands && !this.retreat.isRestoring;
  }

  /** Before the import is called done, every 10 minutes, and when a DEL of something unknown came (P14). */
  async #adopt(): Promise<number | Again> {
    const failed = this.#mode() === "absent" ? undefined : await this.#adopter.adopt(true);
    if (failed !== undefined) return this.#failed("adopt", failed);
    this.#hindrances.done("adopt");
    this.#hindrances.done("wanted");
    return this.#needs.ports.limits.compareMs;
  }

  /** One that a DEL came for: between the looks at everything. */
  async #adoptWanted(): Promise<number | Again> {
    const failed = await this.#adopter.adopt(false);
    if (failed !== undefined) return this.#failed("wanted", failed);
    this.#hindrances.done("wanted");
    return 0;
  }

  async #lookAtConflicts(): Promise<number> {
    await this.conflicts.look((row) => this.#comparer.restore(row));
    return this.#needs.ports.limits.conflictMs;
  }

  async #removeOrphans(): Promise<number | Again> {
    const { ports, cluster } = this.#needs;
    const answer = await cluster.removeOrphans();
    if (answer.kind === "unknown") return this.#failed("orphans", answer.reason);
    this.#hindrances.done("orphans");
    if (answer.removed > 0)
      ports.log.warn("Removed what landed after it had been given back", { count: answer.removed });
    return ports.limits.compareMs;
  }

  #failed(duty: keyof typeof hinderedWords, reason: string, atMostMs = againMaxMs): Again {
    this.#reach.hindered(reason);
    this.#hindrances.failed(duty, reason);
    return { atMostMs };
  }
}
