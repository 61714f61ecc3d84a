/**
 * A fault as it is planted.
 *
 * @module
 */

export type Edit = {
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
};

export type PlantedFault = {
  readonly name: string;
  /** What is lost, and of which rule. */
  readonly lost: string;
  readonly mode: "exclusive" | "mixed";
  /** So many, from the first on, it took to find it: `npm run simulate -- --faults` counts again. */
  readonly seeds: number;
  readonly edits: readonly Edit[];
};
