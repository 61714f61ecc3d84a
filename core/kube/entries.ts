/**
 * The writers of all pools of this agent, one for each (P6: one patch in flight per agent and pool).
 *
 * @module
 */
import type { Address } from "../ip/address.ts";
import type { Clock } from "../ports/clock.ts";
import type { KubeApi } from "../ports/kube-api.ts";
import type { Random } from "../ports/random.ts";
import type { Place } from "../ports/store.ts";
import { EntryWriter } from "./entry-writer.ts";
import { poolName } from "./names.ts";

type Needs = {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly namespace: string;
};

/** A definition names few pools: beyond so many the one unused for longest is made anew when needed. */
const writersMax = 1024;

export class Entries {
  readonly #needs: Needs;
  readonly #writers = new Map<string, EntryWriter>();
  /** By pool: how long a slice of it is, as its definition says. */
  readonly #sliceLengths = new Map<string, number | undefined>();
  readonly #beganNs: bigint;

  constructor(needs: Needs) {
    this.#needs = needs;
    this.#beganNs = needs.clock.bootNs();
  }

  /** Notes what a definition says of a pool's node slices, in bits. */
  noteSlices(network: string, pool: string, sliceLength: number | undefined): void {
    this.#sliceLengths.set(poolName(network, pool), sliceLength);
  }

  sliceLength({ network, pool }: Pick<Place, "network" | "pool">): number | undefined {
    return this.#sliceLengths.get(poolName(network, pool));
  }

  of({ network, pool }: Pick<Place, "network" | "pool">): EntryWriter {
    return this.named(poolName(network, pool));
  }

  /** Takes back what landed late in any pool. @returns how many entries; a reason when a pool cannot be read */
  async removeLate(): Promise<number | string> {
    let removed = 0;
    // As they are now: whoever uses one moves it to the end.
    const writers = [...this.#writers.values()];
    for (const writer of writers) {
      const answer = await writer.removeLate();
      if (typeof answer !== "number") return answer.reason;
      removed += answer;
    }
    return removed;
  }

  /** How long, ms, an entry of this address may still come back in any pool although it was taken back; 0: none may. */
  mayReturnMs(address: Address): number {
    const ends = [...this.#writers.values()].flatMap((writer) => writer.mayReturnUntil(address) ?? []);
    const nowNs = this.#needs.clock.bootNs();
    return ends.reduce((most, endNs) => Math.max(most, Number((endNs - nowNs) / 1_000_000n) + 1), 0);
  }

  /** Of the pool object of that name. */
  named(name: string): EntryWriter {
    const of = { namespace: this.#needs.namespace, name, beganNs: this.#beganNs };
    const writer = this.#writers.get(name) ?? new EntryWriter(this.#needs, of);
    this.#writers.delete(name);
    this.#writers.set(name, writer);
    for (const oldest of this.#writers.keys()) {
      if (this.#writers.size <= writersMax) break;
      this.#writers.delete(oldest);
    }
    return writer;
  }
}
