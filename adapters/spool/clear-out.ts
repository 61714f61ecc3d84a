/**
 * Keeps the spool from growing: the newest hundred bad files stay, and what dying launchers left half written goes.
 *
 * @module
 */
import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../../core/ports/log.ts";

export const badFilesMax = 100;

/** A launcher has 6 s; one that has not renamed its file after this is dead. */
export const abandonedAfterMs = 60_000;

/** Never throws. */
export async function clearOut(directory: string, log: Log): Promise<void> {
  try {
    const names = await readdir(directory);
    const bad = await ages(
      directory,
      names.filter((name) => name.startsWith(".bad-")),
    );
    const abandoned = await ages(
      directory,
      names.filter((name) => name.startsWith(".tmp-")),
    );
    const old = [...bad.slice(badFilesMax), ...abandoned.filter(({ ageMs }) => ageMs > abandonedAfterMs)];
    for (const { path } of old) await rm(path, { recursive: true, force: true });
  } catch (error) {
    log.warn("Cannot clear out the spool", { directory, error: String(error) });
  }
}

type Aged = { readonly path: string; readonly ageMs: number };

/** Youngest first. */
async function ages(directory: string, names: readonly string[]): Promise<readonly Aged[]> {
  const now = Date.now();
  const found: Aged[] = [];
  for (const name of names) {
    const path = join(directory, name);
    const about = await lstat(path).catch(() => undefined);
    if (about !== undefined) found.push({ path, ageMs: now - about.mtimeMs });
  }
  return found.sort((a, b) => a.ageMs - b.ageMs);
}
