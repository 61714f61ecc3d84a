/**
 * Chance from a seed, in streams by name: what one actor draws does not depend on what another did.
 *
 * @module
 */
import { createSeededRandom, type SeededRandom } from "../support/seeded-random.ts";

export class Chance {
  readonly #random: SeededRandom;

  constructor(seed: number, stream: string) {
    let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
    for (let at = 0; at < stream.length; at += 1) mixed = Math.imul(mixed ^ stream.charCodeAt(at), 0x01000193);
    this.#random = createSeededRandom(mixed ^ (mixed >>> 15));
  }

  /** A whole number, 0 inclusive to `below` exclusive. */
  below(below: number): number {
    return this.#random.below(below);
  }

  /** True with this probability. */
  is(probability: number): boolean {
    return probability > 0 && this.#random.below(1_000_000) < probability * 1_000_000;
  }

  /** A whole number, both ends included. */
  between(from: number, to: number): number {
    return from + this.#random.below(to - from + 1);
  }

  pick<Item>(list: readonly Item[]): Item {
    const item = list[this.#random.below(list.length)];
    if (item === undefined) throw new Error("Cannot pick: expected a list that is not empty");
    return item;
  }

  /** Each item with its weight. */
  weighted<Item extends string>(weights: Readonly<Record<Item, number>>): Item {
    const items = Object.entries<number>(weights);
    let left = this.#random.below(items.reduce((sum, [, weight]) => sum + weight, 0));
    for (const [item, weight] of items) {
      left -= weight;
      if (left < 0) return item as Item;
    }
    throw new Error("Cannot pick: expected weights above 0");
  }
}
