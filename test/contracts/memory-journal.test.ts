/**
 * The journal in memory: every journal's cases.
 *
 * @module
 */
import { createMemoryJournal, emptyJournal } from "../support/memory-journal.ts";
import { journalCases } from "./journal-cases.ts";

journalCases("the journal in memory", (nowMs) => {
  let journal = createMemoryJournal(emptyJournal("journal-1"), { nowMs });
  return {
    get journal() {
      return journal;
    },
    reopen: () => (journal = createMemoryJournal(journal.copy(), { nowMs })),
    close: () => undefined,
  };
});
