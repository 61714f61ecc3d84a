/**
 * Notices that the API server went back in time: etcd was restored from an old copy (P16). The answer to a write or to an
 * uncached list bears a revision no lower than any seen before it was asked for.
 *
 * @module
 */
import { revisionOf } from "./version.ts";

/** Attempts whose outcome is not known: an ADD has one at a time. */
const unsettledMax = 100_000;

export class Tide {
  #high = -1n;
  #falls = 0;
  #answers = 0;
  readonly #unsettled = new Map<string, bigint>();

  /** The highest revision seen so far: noted before a request is sent. -1: none. */
  get high(): bigint {
    return this.#high;
  }

  /** What had been seen when this request was first sent; undefined for one whose outcome is known, or that another run sent. */
  sentAt(request: string): bigint | undefined {
    return this.#unsettled.get(request);
  }

  /** Its outcome is not known yet. */
  unsettled(request: string, sentAt: bigint): void {
    if (this.#unsettled.size < unsettledMax && !this.#unsettled.has(request)) this.#unsettled.set(request, sentAt);
  }

  settled(request: string): void {
    this.#unsettled.delete(request);
  }

  /** How often the store fell behind what had been seen. */
  get falls(): number {
    return this.#falls;
  }

  /** How many answers have told the store's revision. */
  get answers(): number {
    return this.#answers;
  }

  /** Takes up where an earlier run of the agent ended. */
  resume(high: bigint): void {
    if (high > this.#high) this.#high = high;
  }

  /**
   * @param sentAt `high` when the request was sent
   * @param judged the resourceVersion that was judged: a write that changes nothing bears it still
   * @returns whether the store fell
   */
  saw(sentAt: bigint, resourceVersion: string | undefined, judged?: string): boolean {
    const revision = revisionOf(resourceVersion);
    if (revision < 0n || resourceVersion === judged) return false;
    this.#answers += 1;
    if (revision < sentAt) {
      // From here on the lower revisions are the truth: one fall is told once for each request that was under way.
      this.#falls += 1;
      this.#high = revision;
      return true;
    }
    if (revision > this.#high) this.#high = revision;
    return false;
  }
}
