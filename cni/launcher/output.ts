/**
 * Standard output: the agent's bytes as they are, or an error of our own (CNI SPEC, "Error").
 *
 * @module
 */
import { writeSync } from "node:fs";
import { isSystemError, pauseSync } from "./system.ts";

export const startAgent = "start it: systemctl start berth-agent";
export const askDoctor = "run: berthctl doctor";

/** `Cannot <what> "<value>": expected <wanted>`. */
export type Failure = {
  readonly code: number;
  readonly what: string;
  readonly value: string | Buffer;
  readonly wanted: string;
  readonly details: string;
};

const shownBytesMax = 200;

/** One line. Control characters of the value are escaped, bytes beyond ASCII become `?`. */
export function formatFailure(cniVersion: string, failure: Failure): string {
  const { code, what, wanted, details } = failure;
  const msg = `Cannot ${what} \\"${quote(Buffer.from(failure.value))}\\": expected ${wanted}`;
  return `{"cniVersion":"${cniVersion}","code":${code},"msg":"${msg}","details":"${details}"}\n`;
}

/** Returns false when the descriptor cannot be written. */
export function writeAll(fd: number, bytes: Uint8Array): boolean {
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (error.code !== "EAGAIN" && error.code !== "EINTR") return false;
      pauseSync(1);
    }
  }
  return true;
}

function quote(value: Buffer): string {
  const characters = Array.from(value.subarray(0, shownBytesMax), (byte) => {
    if (byte < 0x20) return `\\u${byte.toString(16).padStart(4, "0")}`;
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte < 0x7f ? String.fromCharCode(byte) : "?";
  });
  return characters.join("") + (value.length > shownBytesMax ? "..." : "");
}
