/**
 * A state file in a directory of its own, gone when the test ends.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { openStateFile } from "../../adapters/sqlite/open.ts";

export function temporaryDirectory(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "berth-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function opened(path: string): DatabaseSync {
  const answer = openStateFile(path, { journalId: "journal-1" });
  if (answer.kind === "fault") throw new Error(answer.fault.message);
  return answer.database;
}
