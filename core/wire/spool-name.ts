/**
 * How a spooled DEL is found by its attachment: the first part of its file's name.
 *
 * @module
 */
import { encodeUtf8 } from "./utf8.ts";

// FNV-1a, 64 bits: offset basis and prime of draft-eastlake-fnv, section 5.
const offsetBasis = 0xcbf29ce484222325n;
const prime = 0x100000001b3n;

/**
 * FNV-1a of `containerId`, NUL, `ifName`, in 16 hex digits. No secret and no proof: two attachments may share it, so
 * whoever reads a file compares what stands in it.
 */
export function spoolName(containerId: string | Uint8Array, ifName: string | Uint8Array): string {
  let hash = offsetBasis;
  for (const byte of [...bytesOf(containerId), 0, ...bytesOf(ifName)]) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * prime);
  }
  return hash.toString(16).padStart(16, "0");
}

function bytesOf(part: string | Uint8Array): Uint8Array {
  return typeof part === "string" ? encodeUtf8(part) : part;
}
