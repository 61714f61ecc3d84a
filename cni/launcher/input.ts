/**
 * Standard input, read whole.
 *
 * @module
 */
import { readSync } from "node:fs";
import { stdinBytesMax } from "../../core/wire/protocol.ts";
import { isSystemError, pauseSync } from "./system.ts";

/** One byte more than is allowed when there is more. `errno` is 0 when all went well. */
export function readInput(): { readonly bytes: Uint8Array; readonly errno: number } {
  const chunks: Uint8Array[] = [];
  let left = stdinBytesMax + 1;
  const bytes = (): Uint8Array => Buffer.concat(chunks);
  while (left > 0) {
    const chunk = Buffer.allocUnsafe(Math.min(left, 65_536));
    const length = readSome(chunk);
    if (length === 0) break;
    if (length < 0) return { bytes: bytes(), errno: -length };
    chunks.push(chunk.subarray(0, length));
    left -= length;
  }
  return { bytes: bytes(), errno: 0 };
}

/** Bytes read, 0 at the end, or the negative errno. */
function readSome(chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(0, chunk);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (error.code === "EOF") return 0;
      if (error.code !== "EAGAIN" && error.code !== "EINTR") return error.errno ?? -5;
      pauseSync(1);
    }
  }
}
