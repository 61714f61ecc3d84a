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
  readonly edits: readonly Edit[];
};
