/**
 * The space kept back for recording DELs on a full disk: a file that is given up when nothing else fits (DESIGN 7).
 *
 * @module
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";

/** Room for about 8,000 DELs: more than the containers of a node. */
export const reserveBytes = 4 * 1024 * 1024;
const retryAfterMs = 10_000;

export type Reserve = {
  /** Reports whether the space is kept; tries to keep it again when it is not, at most every 10 s. */
  readonly isKept: () => boolean;
  /** Frees the space. False when there is none left to free. */
  readonly giveUp: () => boolean;
};

/** @param path of the reserve file @param nowMs a clock that only has to advance */
export function createReserve(path: string, nowMs: () => number): Reserve {
  let kept = isWhole(path) || make(path);
  let triedMs = nowMs();
  return {
    isKept: () => {
      if (kept || nowMs() - triedMs < retryAfterMs) return kept;
      triedMs = nowMs();
      kept = make(path);
      return kept;
    },
    giveUp: () => {
      if (!kept) return false;
      kept = false;
      triedMs = nowMs();
      rmSync(path, { force: true });
      return true;
    },
  };
}

function isWhole(path: string): boolean {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  return size === reserveBytes;
}

/** Written, not sparse: a hole keeps no space. Renamed when whole, so that a crash never leaves a short one. */
function make(path: string): boolean {
  const draft = `${path}.new`;
  try {
    const file = openSync(draft, "w", 0o600);
    try {
      const block = Buffer.alloc(64 * 1024, "berth ");
      for (let written = 0; written < reserveBytes; )
        written += writeSync(file, block, 0, Math.min(block.length, reserveBytes - written));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
    return true;
  } catch {
    rmSync(draft, { force: true });
    return false;
  }
}
