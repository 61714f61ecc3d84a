/**
 * What a command may know of whoever started it.
 *
 * @module
 */

export type Terminal = {
  /** Width to keep to; undefined: standard output is no terminal, and lines are as long as they need. */
  readonly columns: number | undefined;
  readonly hasColours: boolean;
  /** Whether somebody is there to answer a question. */
  readonly canAsk: boolean;
  /** To standard output. Resolves when it was taken, so that what is slow to read is not kept in memory. */
  readonly write: (text: string) => Promise<void>;
  /** To standard error. */
  readonly tell: (text: string) => Promise<void>;
  /** One line of answer; undefined when it was interrupted or the input ended. */
  readonly ask: (question: string) => Promise<string | undefined>;
};
