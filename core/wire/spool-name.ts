/**
 * How a spooled DEL is found by its attachment: the first part of its file's name.
 *
 * @module
 */
import { fnv64 } from "./fnv.ts";
import { encodeUtf8 } from "./utf8.ts";

/**
 * FNV-1a of `containerId`, NUL, `ifName`, in 16 hex digits. No secret and no proof: two attachments may share it, so
 * whoever reads a file compares what stands in it.
 */
export function spoolName(containerId: string | Uint8Array, ifName: string | Uint8Array): string {
  return fnv64([...bytesOf(containerId), 0, ...bytesOf(ifName)]);
}

function bytesOf(part: string | Uint8Array): Uint8Array {
  return typeof part === "string" ? encodeUtf8(part) : part;
}
