/**
 * A power cut as it meets a state file: the last commits of the write-ahead log are gone (https://sqlite.org/walformat.html).
 *
 * @module
 */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";

const headerBytes = 32;
const frameHeaderBytes = 24;

/** The length of the log after each of its commits, ascending; the first is that of a log without any. */
export function commitEnds(walPath: string): readonly number[] {
  const wal = readFileSync(walPath);
  const pageSize = wal.readUInt32BE(8);
  // A log that was started anew keeps old frames behind the new ones: they carry another salt.
  const salt = wal.subarray(16, 24);
  const ends = [headerBytes];
  for (let at = headerBytes; at + frameHeaderBytes + pageSize <= wal.length; at += frameHeaderBytes + pageSize) {
    if (!wal.subarray(at + 8, at + 16).equals(salt)) break;
    const isCommit = wal.readUInt32BE(at + 4) !== 0;
    if (isCommit) ends.push(at + frameHeaderBytes + pageSize);
  }
  return ends;
}

/** Copies a state file that is in use, without the last `lost` commits of its log. */
export function copyWithout(lost: number, from: string, to: string): void {
  const ends = commitEnds(`${from}-wal`);
  const end = ends[ends.length - 1 - lost];
  if (end === undefined) throw new Error(`the log has ${ends.length - 1} commits: expected at least ${lost}`);
  copyFileSync(from, to);
  writeFileSync(`${to}-wal`, readFileSync(`${from}-wal`).subarray(0, end));
}
