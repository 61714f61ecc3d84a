/**
 * What the kernel tells of a running process.
 *
 * @module
 */
import { readFileSync } from "node:fs";

/** USER_HZ: the unit of times in /proc, ms. */
const tickMs = 10;

/** Processor time so far, its own and the kernel's for it. */
export function cpuMsOf(pid: number): number {
  // proc(5): after the name in parentheses the third field is the first; utime and stime are the 14th and 15th.
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

export function residentMiBOf(pid: number): number {
  const kB = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
  return Number(kB) / 1024;
}
