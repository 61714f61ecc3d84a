/**
 * Chance that repeats: the same seed, the same numbers (mulberry32).
 *
 * @module
 */

export type SeededRandom = {
  /** A whole number, 0 inclusive to `below` exclusive. */
  readonly below: (below: number) => number;
};

export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  return {
    below: (below) => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
    },
  };
}
