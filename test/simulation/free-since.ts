/**
 * When each address came free, as the server knows it, and whether a refusal was right (invariant 7).
 *
 * @module
 */
import { objectName, type SimDefinition, type SimRange } from "./definitions.ts";

export class FreeSince {
  readonly #nowMs: () => number;
  /** By the names of reservations; undefined: it stands. */
  readonly #since = new Map<string, number | undefined>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  wrote(name: string, isThere: boolean): void {
    this.#since.set(name, isThere ? undefined : this.#nowMs());
  }

  /** Everything may have changed. */
  restored(standing: readonly string[]): void {
    for (const name of [...this.#since.keys(), ...standing]) this.wrote(name, standing.includes(name));
  }

  /** Addresses of a range that have been free at least since then. */
  freeSince(definition: SimDefinition, range: SimRange, ms: number): readonly string[] {
    return range.addresses.filter((address) => {
      const name = objectName(definition, range, address);
      const since = this.#since.has(name) ? this.#since.get(name) : 0;
      return since !== undefined && since <= ms;
    });
  }
}
