/**
 * Leases whose pod seems gone, and since when that has been observed: by this agent, in this life, on the boot clock (P17, F27).
 *
 * @module
 */
import type { Clock } from "../ports/clock.ts";
import { newestAttempt, type Row } from "../ports/journal.ts";

/** How long it is observed, and under which circumstances: under others it begins anew. */
export type Observing = { readonly forMs: number; readonly mark?: string };

type Suspicion = { readonly attempt: string; readonly mark: string; readonly dueNs: bigint };

export class Suspects {
  readonly #clock: Pick<Clock, "bootNs">;
  readonly #byId = new Map<number, Suspicion>();

  constructor(clock: Pick<Clock, "bootNs">) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** As it is by now: a row that was renewed since is none. */
  has(row: Row): boolean {
    return this.#of(row) !== undefined;
  }

  /** Begins to observe it, or goes on. */
  observe(row: Row, { forMs, mark = "" }: Observing): void {
    if (this.#of(row)?.mark === mark) return;
    const dueNs = this.#clock.bootNs() + BigInt(forMs) * 1_000_000n;
    this.#byId.set(row.id, { attempt: newestAttempt(row), mark, dueNs });
  }

  /** Whether it has been observed for long enough: time for the second look. */
  isDue(row: Row): boolean {
    const suspicion = this.#of(row);
    return suspicion !== undefined && suspicion.dueNs <= this.#clock.bootNs();
  }

  forget({ id }: Pick<Row, "id">): void {
    this.#byId.delete(id);
  }

  /** Forgets those of all other rows. */
  keepOnly(ids: ReadonlySet<number>): void {
    for (const id of this.#byId.keys()) if (!ids.has(id)) this.#byId.delete(id);
  }

  /** How long until the first of those is due that were not at `sinceNs`, ms; at most `longestMs`. */
  pauseMs(longestMs: number, sinceNs: bigint): number {
    const nowNs = this.#clock.bootNs();
    const waits = [...this.#byId.values()]
      .filter(({ dueNs }) => dueNs > sinceNs)
      .map(({ dueNs }) => Number(dueNs - nowNs) / 1e6);
    return Math.max(1, Math.min(longestMs, Math.ceil(Math.min(...waits, longestMs))));
  }

  #of(row: Row): Suspicion | undefined {
    const suspicion = this.#byId.get(row.id);
    return suspicion?.attempt === newestAttempt(row) ? suspicion : undefined;
  }
}
