/**
 * When a run of which something failed is run again: once read badly, a suspect would else stay until the schedule's next time, which
 * may be a day later.
 *
 * @module
 */

/** An API server that was away for a moment is back by then, and the lists of all nodes do not come at short intervals. */
const againNs = 600_000_000_000n;
/** So often after one run of the schedule: what fails for good is told, and left to its next time. */
const triesMax = 3;

/** Over the boot clock, ns: a wall clock that jumps brings nothing forward. */
export class Retry {
  #tries = 0;
  #atNs: bigint | undefined;

  /** How long until the run is due again, ms, 0 when it is; undefined: it is not run again. */
  leftMs(nowNs: bigint): number | undefined {
    if (this.#atNs === undefined) return undefined;
    return this.#atNs <= nowNs ? 0 : Math.ceil(Number(this.#atNs - nowNs) / 1e6);
  }

  /** A run begins. @param isScheduled it is one of the schedule, after which all is tried anew; else the one that was due again */
  begin(isScheduled: boolean): void {
    this.#tries = isScheduled ? 0 : this.#tries + 1;
    this.#atNs = undefined;
  }

  /** It has ended, at `nowNs`. @param failed how much of it */
  end(failed: number, nowNs: bigint): void {
    this.#atNs = failed === 0 || this.#tries >= triesMax ? undefined : nowNs + againNs;
  }
}
