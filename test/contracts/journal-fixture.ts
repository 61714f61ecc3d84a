/**
 * A journal for each case, and how it is told apart from the one a restarted process finds.
 *
 * @module
 */
import { afterEach, beforeEach } from "vitest";
import type { Change, Journal, NewRow } from "../../core/ports/journal.ts";
import { newRow } from "../support/samples.ts";

export type JournalUnderTest = {
  readonly journal: Journal;
  /** What a restarted process finds; the one before is not used any more. */
  readonly reopen: () => Journal;
  readonly close: () => void;
};

/** @param nowMs the wall clock by which finished attempts are remembered; undefined: they are not */
export type CreateJournal = (nowMs?: () => number) => JournalUnderTest;

export class JournalFixture {
  nowMs = 1_700_000_000_000;
  journal: Journal;
  readonly #made: JournalUnderTest;

  constructor(create: CreateJournal) {
    this.#made = create(() => this.nowMs);
    this.journal = this.#made.journal;
  }

  restart(): void {
    this.journal = this.#made.reopen();
  }

  close(): void {
    this.#made.close();
  }

  /** @returns the id of the row. Throws when there is none. */
  async intend(text: string, changes: Partial<NewRow> = {}): Promise<number> {
    return this.made({ kind: "intend", row: newRow(text, changes) });
  }

  /** An intent that became a lease: what most cases begin with. */
  async lease(text: string, version = "uid-a/7"): Promise<number> {
    const id = await this.intend(text);
    await this.journal.commit([{ kind: "lease", id, version }]);
    return id;
  }

  async made(change: Change): Promise<number> {
    const answer = await this.journal.commit([change]);
    if (answer.kind !== "committed" || answer.ids[0] === undefined) throw new Error(`no row was made: ${answer.kind}`);
    return answer.ids[0];
  }
}

/** @returns the fixture of the case that runs */
export function everyCase(create: CreateJournal): () => JournalFixture {
  let fixture: JournalFixture | undefined;
  beforeEach(() => {
    fixture = new JournalFixture(create);
  });
  afterEach(() => fixture?.close());
  return () => {
    if (fixture === undefined) throw new Error("no case runs");
    return fixture;
  };
}
