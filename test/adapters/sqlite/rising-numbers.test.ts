/**
 * Versions over restarts.
 *
 * @module
 */
import { join } from "node:path";
import { expect, test } from "vitest";
import { createJournal } from "../../../adapters/sqlite/journal.ts";
import { risingNumbers } from "../../../adapters/sqlite/rising-numbers.ts";
import { createEmbeddedStore } from "../../../adapters/sqlite/store.ts";
import { createWriter } from "../../../adapters/sqlite/writer.ts";
import { claim, newRow } from "../../support/samples.ts";
import { opened, temporaryDirectory } from "../../support/state-file.ts";

test("a version that a row on its way back still names is never given to the next holder, also after a restart", async () => {
  const directory = temporaryDirectory();
  const path = join(directory.path, "state.db");
  let database = opened(path);
  let store = createEmbeddedStore(database, createWriter(database));
  const journal = createJournal(database, createWriter(database), { isKept: () => true, giveUp: () => false });
  const intent = await journal.commit([{ kind: "intend", row: newRow("10.0.0.5") }]);
  const id = intent.kind === "committed" ? (intent.ids[0] ?? 0) : 0;
  const first = await store.claim(claim("10.0.0.5"));
  const version = first.kind === "held" ? first.version : "";
  await journal.commit([
    { kind: "lease", id, version },
    { kind: "free", id, reason: "DEL", whileAttempt: "attempt-10.0.0.5" },
  ]);
  // Given back, and killed before the journal heard of it.
  await store.release({ ...claim("10.0.0.5"), version });
  database.close();
  database = opened(path);
  store = createEmbeddedStore(database, createWriter(database));
  const next = await store.claim(claim("10.0.0.5", { attempt: "next" }));
  expect(next).toMatchObject({ kind: "held" });
  expect(next.kind === "held" && next.version).not.toBe(version);
  expect(await store.release({ ...claim("10.0.0.5"), version })).toMatchObject({
    kind: "changed",
    now: { attempt: "next" },
  });
  expect(risingNumbers(database)()).toBeGreaterThan(Number(version));
  database.close();
  directory.remove();
});
