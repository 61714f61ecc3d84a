/**
 * Chance as an argument, so that a simulation can replay it.
 *
 * @module
 */

export type Random = {
  /** A whole number, 0 inclusive to `below` exclusive, evenly spread. */
  readonly below: (below: bigint) => bigint;
  /** A new id, unique in the world: attempts and journals are named by it. */
  readonly id: () => string;
};
