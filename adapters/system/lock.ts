/**
 * Keeps two agents off one state directory or socket. SQLite's own file lock: the kernel drops it when the process dies,
 * however it dies, so a lock is never stale.
 *
 * @module
 */
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makeDirectory } from "./make-directory.ts";

export type Lock =
  | { readonly kind: "locked"; readonly release: () => void }
  | { readonly kind: "refused"; readonly message: string };

/** @param path of the lock file, made when missing @param thing what it stands for, as it goes into the message */
export function lock(path: string, thing: string): Lock {
  try {
    makeDirectory(dirname(path));
    const database = new DatabaseSync(path, { timeout: 0 });
    try {
      // Without a rollback journal: nothing is ever written.
      database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
      return { kind: "locked", release: () => database.close() };
    } catch (error) {
      database.close();
      return { kind: "refused", message: refusal(thing, error) };
    }
  } catch (error) {
    return { kind: "refused", message: refusal(thing, error) };
  }
}

function refusal(thing: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  const expected = /locked|busy/i.test(reason)
    ? "no other agent that uses it (find it with: pgrep -af berth)"
    : `a directory that can be written: ${reason}`;
  return `Cannot lock ${thing}: expected ${expected}`;
}
