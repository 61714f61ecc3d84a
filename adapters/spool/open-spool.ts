/**
 * The agent's side of the spool: a directory in memory into which launchers put DELs (port: core/ports/spool.ts).
 *
 * Names: `<16 hex>-<ns>-<pid>` is a call; `.tmp-` one that a launcher is writing; `.taken-` one the agent has in hand;
 * `.bad-` what was no call, kept to be looked at.
 *
 * @module
 */
import { readdirSync } from "node:fs";
import { rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../../core/ports/log.ts";
import type { Spool, SpooledCall } from "../../core/ports/spool.ts";
import { spoolName } from "../../core/wire/spool-name.ts";
import { makeDirectory } from "../system/make-directory.ts";
import { clearOut } from "./clear-out.ts";
import { readCall } from "./read-call.ts";
import { watchSpool } from "./watch-spool.ts";

export type SpoolOptions = {
  readonly directory: string;
  readonly log: Log;
  /** How often the directory is listed in case a notification was lost, ms. */
  readonly pollMs?: number;
};

const callName = /^[0-9a-f]{16}-[0-9]{1,20}-[0-9]{1,10}$/;
const takenMark = ".taken-";
const defaultPollMs = 5_000;

/** Makes the directory where it is missing. Never throws: what fails is logged, and tried again by the watch. */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { directory, log } = options;
  /** Taken and not done, by name. */
  const inHand = new Map<string, SpooledCall>();
  /** By name: who is taking it at this moment. */
  const claims = new Map<string, Promise<void>>();

  /** At once: a directory in memory costs less than a turn of the thread pool, and each ADD pays for it. */
  const list = (): readonly string[] => {
    try {
      return readdirSync(directory);
    } catch (error) {
      log.warn("Cannot list the spool", { directory, error: String(error) });
      return [];
    }
  };

  const setAside = async (entry: string, reason: string): Promise<void> => {
    log.warn("Set a spool file aside", { directory, file: entry, reason });
    const bad = `.bad-${nameOf(entry)}`;
    await rename(join(directory, entry), join(directory, bad)).catch((error: unknown) => {
      log.warn("Cannot set a spool file aside", { directory, file: entry, error: String(error) });
    });
  };

  /** Takes one file, unless it went meanwhile. `entry` may be one that is renamed already. */
  const takeFile = async (entry: string, name: string): Promise<void> => {
    if (inHand.has(name)) return;
    if (!callName.test(name)) return setAside(entry, "expected a name of a launcher");
    const taken = `${takenMark}${name}`;
    try {
      if (entry !== taken) await rename(join(directory, entry), join(directory, taken));
    } catch (error) {
      if (!isAbsent(error)) log.warn("Cannot take a spool file", { directory, file: entry, error: String(error) });
      return;
    }
    const read = await readCall(join(directory, taken));
    if (read.kind === "call") inHand.set(name, { name, request: read.request });
    if (read.kind === "bad") await setAside(taken, read.reason);
    if (read.kind === "unreadable")
      log.warn("Cannot read a spool file", { directory, file: taken, error: read.reason });
  };

  /** One taker a file: the watch and an ADD may look at the same moment, and both shall see what is there. */
  const takeOnce = (entry: string): Promise<void> => {
    const name = nameOf(entry);
    const claim = claims.get(name) ?? takeFile(entry, name).finally(() => claims.delete(name));
    claims.set(name, claim);
    return claim;
  };

  const takeWhere = async (isWanted: (name: string) => boolean): Promise<readonly SpooledCall[]> => {
    for (const entry of list()) {
      const isCandidate = !entry.startsWith(".") || entry.startsWith(takenMark);
      if (isCandidate && isWanted(nameOf(entry))) await takeOnce(entry);
    }
    return [...inHand.values()].sort((a, b) => (a.request.started < b.request.started ? -1 : 1));
  };
  const takeNew = (): Promise<readonly SpooledCall[]> => takeWhere(() => true);

  makeSpool(directory, log);
  return {
    drain: async () => {
      await clearOut(directory, log);
      return takeNew();
    },
    take: async (containerId, ifName) => {
      const prefix = `${spoolName(containerId, ifName)}-`;
      const calls = await takeWhere((name) => name.startsWith(prefix));
      return calls.filter(({ request: { env } }) => {
        return env.get("CNI_CONTAINERID") === containerId && env.get("CNI_IFNAME") === ifName;
      });
    },
    done: async (call) => {
      await unlink(join(directory, `${takenMark}${call.name}`)).catch((error: unknown) => {
        if (!isAbsent(error))
          log.warn("Cannot remove a spool file", { directory, file: call.name, error: String(error) });
      });
      // Afterwards: until then a look that finds the file shall not read it again.
      inHand.delete(call.name);
    },
    watch: (onCall) => {
      const tidy = async (): Promise<void> => {
        makeSpool(directory, log);
        await clearOut(directory, log);
      };
      return watchSpool({ directory, log, pollMs: options.pollMs ?? defaultPollMs, takeNew, tidy, onCall });
    },
  };
}

function makeSpool(directory: string, log: Log): void {
  try {
    makeDirectory(directory);
  } catch (error) {
    log.warn("Cannot make the spool", { directory, error: String(error) });
  }
}

/** The name the launcher gave it. */
function nameOf(entry: string): string {
  return entry.startsWith(takenMark) ? entry.slice(takenMark.length) : entry;
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
