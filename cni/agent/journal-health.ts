/**
 * Whether the journal can be written, as STATUS, the probes and the metrics tell it: a commit that failed is remembered
 * until one succeeds, or until a write on trial does, since who is not ready may never be asked for a commit again.
 *
 * @module
 */
import type { Journal } from "../../core/ports/journal.ts";

export type JournalHealth = {
  /** The same journal, watched. */
  readonly journal: Journal;
  /** What the last commit failed of; undefined while the journal can be written. */
  readonly trouble: () => { readonly full: boolean; readonly reason: string } | undefined;
};

/** @param canWrite tries a write that changes nothing; asked only while a failure is remembered */
export function watchJournal(journal: Journal, canWrite: () => boolean): JournalHealth {
  let trouble: ReturnType<JournalHealth["trouble"]>;
  return {
    journal: {
      ...journal,
      commit: async (changes, options) => {
        const answer = await journal.commit(changes, options);
        if (answer.kind === "failed") trouble = { full: answer.full, reason: answer.reason };
        // What is superseded or occupied was not written, and proves nothing.
        if (answer.kind === "committed") trouble = undefined;
        return answer;
      },
    },
    trouble: () => {
      // A change that was refused for what it says is no trouble of the journal: then the trial succeeds at once.
      if (trouble !== undefined && canWrite()) trouble = undefined;
      return trouble;
    },
  };
}
