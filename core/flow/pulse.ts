/**
 * Follows the mode and feels the store's pulse (P4, P16), in a loop of its own: whatever else is slow, these are never kept waiting.
 *
 * @module
 */
import type { Signal } from "../ports/clock.ts";
import type { Mode } from "../ports/cluster.ts";
import { Fitness } from "./fitness.ts";
import type { KeeperNeeds } from "./keeper-needs.ts";
import { Loop } from "./loop.ts";
import type { Reach } from "./reach.ts";
import { againMs, Timetable } from "./timetable.ts";

/** So often it is seen whether the connection was made anew. */
const lookMs = 5_000;

type Hooks = {
  /** Whether it has worked before. */
  readonly wasFit: () => boolean;
  /** The mode is another one, the cluster was found fit again, or the store went back in time. */
  readonly changed: () => void;
};

export class Pulse {
  readonly fitness: Fitness;
  readonly #needs: KeeperNeeds;
  readonly #reach: Reach;
  readonly #hooks: Hooks;
  readonly #duties: Timetable<"mode" | "pulse" | "note">;
  readonly #loop: Loop;
  #connections: number;
  #answers = 0;
  #falls = 0;

  constructor(needs: KeeperNeeds, reach: Reach, hooks: Hooks) {
    const { clock } = needs.ports;
    this.#needs = needs;
    this.#reach = reach;
    this.#hooks = hooks;
    this.fitness = new Fitness(needs);
    this.#duties = new Timetable(clock, ["mode", "pulse", "note"]);
    this.#loop = new Loop(clock);
    this.#connections = needs.cluster.connections();
  }

  /** The mode, once it is known and the cluster is fit: until then nothing else is done. */
  get mode(): Mode | undefined {
    return this.fitness.unfit === undefined ? this.fitness.mode : undefined;
  }

  wake(): void {
    this.#loop.wake();
  }

  /** Works until `end` aborts. Never throws. */
  run(end: Signal): Promise<void> {
    return this.#loop.run(end, async () => {
      await this.#reach.attempt(() => this.#round(), {
        log: this.#needs.ports.log,
        words: "Cannot ask the cluster for its mode: trying again",
      });
      // Until the mode is known the pulse is not felt, however long it has been due.
      return this.mode === undefined ? this.#duties.pauseMs(lookMs, ["mode"]) : this.#duties.pauseMs(lookMs);
    });
  }

  /** Throws only for a defect or a journal that cannot be written. */
  async #round(): Promise<void> {
    const connections = this.#needs.cluster.connections();
    if (connections !== this.#connections) {
      this.fitness.doubt();
      this.#duties.hurry("mode");
    }
    this.#connections = connections;
    if (this.#duties.isDue("mode")) await this.#duties.carryOut("mode", () => this.#confirm());
    if (this.mode === undefined) return;
    this.#hear();
    if (this.#duties.isDue("pulse")) await this.#duties.carryOut("pulse", () => this.#feel());
    if (this.#duties.isDue("note")) await this.#duties.carryOut("note", () => this.#note());
  }

  /** Whoever writes hears of the store's revision by the way, and need not ask for it (P16). */
  #hear(): void {
    const { cluster, ports } = this.#needs;
    const [answers, falls] = [cluster.answers(), cluster.falls()];
    if (falls !== this.#falls) this.#hooks.changed();
    if (answers !== this.#answers) {
      this.#reach.answered();
      // It came since the last look.
      if (this.#answers > 0) this.#duties.putOff("pulse", ports.limits.pulseMs - lookMs);
    }
    [this.#answers, this.#falls] = [answers, falls];
  }

  async #confirm(): Promise<number> {
    const known = this.mode;
    const failed = await this.fitness.confirm(this.#hooks.wasFit());
    if (failed !== undefined) return this.#failed(failed);
    if (this.mode !== known) this.#hooks.changed();
    return this.fitness.unfit === undefined ? this.#needs.ports.limits.modeMs / 2 : againMs;
  }

  async #feel(): Promise<number> {
    const answer = await this.#needs.cluster.pulse();
    this.#hear();
    if (answer.kind === "unknown") return this.#failed(answer.reason);
    this.#reach.answered();
    this.#duties.hurry("note");
    return this.#needs.ports.limits.pulseMs;
  }

  /** So that a later run of the agent notices, too, when the store goes back behind it. */
  async #note(): Promise<number> {
    const { cluster, ports } = this.#needs;
    await ports.journal.commit([{ kind: "note", key: "seen", value: String(cluster.seen()) }], { urgent: true });
    return ports.limits.pulseMs;
  }

  #failed(reason: string): number {
    this.#reach.failed(reason);
    return againMs;
  }
}
