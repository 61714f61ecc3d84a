/**
 * The journal in the state file: every journal's cases, and a full disk.
 *
 * @module
 */
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createJournal } from "../../adapters/sqlite/journal.ts";
import { createWriter } from "../../adapters/sqlite/writer.ts";
import type { Change, Journal } from "../../core/ports/journal.ts";
import { attachment, newRow, place, started } from "../support/samples.ts";
import { opened, temporaryDirectory } from "../support/state-file.ts";
import { journalCases } from "./journal-cases.ts";

const keptReserve = { isKept: () => true, giveUp: () => false };

journalCases("the journal in the state file", (nowMs) => {
  const directory = temporaryDirectory();
  const path = join(directory.path, "state.db");
  let database = opened(path);
  const create = () =>
    createJournal(
      database,
      createWriter(database),
      keptReserve,
      nowMs === undefined ? {} : { remembersFinished: { nowMs } },
    );
  return {
    journal: create(),
    reopen: () => {
      database.close();
      database = opened(path);
      return create();
    },
    close: () => {
      database.close();
      directory.remove();
    },
  };
});

describe("the journal on a full disk", () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let database: ReturnType<typeof opened>;
  let journal: Journal;

  beforeEach(() => {
    directory = temporaryDirectory();
    database = opened(join(directory.path, "state.db"));
    journal = createJournal(database, createWriter(database), keptReserve);
  });
  afterEach(() => {
    database.close();
    directory.remove();
  });

  test("refuses an intent and an import while the reserve is given up, and still records a DEL and what it needs", async () => {
    journal = createJournal(database, createWriter(database), { isKept: () => false, giveUp: () => false });
    expect(await journal.commit([{ kind: "intend", row: newRow("10.0.0.5") }])).toMatchObject({
      kind: "failed",
      full: true,
    });
    const imported: Change = { kind: "import", row: newRow("10.0.0.6"), version: "7", answeredMs: undefined };
    expect(await journal.commit([imported])).toMatchObject({ kind: "failed", full: true });
    expect(await journal.commit([imported], { urgent: true })).toMatchObject({ kind: "committed" });
    expect(
      await journal.commit(
        [{ kind: "delete", deletion: { attachment: attachment(), started: started(1), acceptedMs: 1 } }],
        { urgent: true },
      ),
    ).toMatchObject({ kind: "committed" });
  });

  test("gives the reserve up for an urgent commit only, and tells that the disk is full", async () => {
    await journal.commit([{ kind: "intend", row: newRow("10.0.0.5") }]);
    const id = (await journal.rowAt(place("10.0.0.5")))?.id ?? 0;
    let given = 0;
    // SQLite's own limit stands in for the disk's: the error is the same SQLITE_FULL.
    const pages = Number(database.prepare("PRAGMA page_count").get()?.["page_count"]);
    const giveUp = () => {
      given += 1;
      database.exec("PRAGMA max_page_count = 100000");
      return true;
    };
    journal = createJournal(database, createWriter(database), { isKept: () => true, giveUp });
    database.exec(`PRAGMA max_page_count = ${pages}`);
    const big = Array.from(
      { length: 400 },
      (_, n): Change => ({ kind: "intend", row: newRow(`10.9.${n >> 8}.${n & 255}`, { attempts: [String(n)] }) }),
    );
    expect(await journal.commit(big)).toMatchObject({ kind: "failed", full: true });
    expect(given).toBe(0);
    expect(
      await journal.commit([{ kind: "free", id, reason: "DEL", whileAttempt: "attempt-10.0.0.5" }, ...big], {
        urgent: true,
      }),
    ).toMatchObject({
      kind: "committed",
    });
    expect(given).toBe(1);
  });
});
