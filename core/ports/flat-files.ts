/**
 * Whereabouts' flat file: settings of a node for all its definitions.
 *
 * @module
 */

export type FlatFile = { readonly path: string; readonly text: string };

export type FlatFiles = {
  /**
   * The first of these regular files that exists and can be read, at most 1 MiB of it; undefined when there is none.
   * A definition may name a path: special files are never opened. Never throws.
   */
  readonly read: (paths: readonly string[]) => Promise<FlatFile | undefined>;
};
