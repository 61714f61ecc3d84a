/**
 * A write on trial: tells whether the state directory and the state file can be written just now.
 *
 * @module
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";

/** More than a commit needs: the write-ahead log may have room of its own for a small one on a full disk. */
const trialBytes = 64 * 1024;

/** Leaves everything as it was. Costs under a millisecond. */
export function canWriteState(database: DatabaseSync, stateDir: string): boolean {
  const path = join(stateDir, "trial");
  try {
    writeFileSync(path, Buffer.alloc(trialBytes, "berth "), { mode: 0o600 });
    rmSync(path);
    const version = database.prepare("PRAGMA user_version").get()?.["user_version"];
    // The same number again is a commit like any other.
    database.exec(`PRAGMA user_version = ${Number(version)}`);
    return true;
  } catch {
    removeHalf(path);
    return false;
  }
}

function removeHalf(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Read-only by now: the next trial writes over it.
  }
}
