/**
 * One file of the spool. It is untrusted: a link, a pipe, somebody else's file or a huge one is no call.
 *
 * @module
 */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { LauncherRequest } from "../../core/ports/launcher-request.ts";
import { headerBytesMax, stdinBytesMax } from "../../core/wire/protocol.ts";
import { decodeRequest } from "../../core/wire/request.ts";

export type CallReading =
  | { readonly kind: "call"; readonly request: LauncherRequest }
  /** It will never be a call. */
  | { readonly kind: "bad"; readonly reason: string }
  /** Somebody was faster. */
  | { readonly kind: "gone" }
  /** It could not be read now. */
  | { readonly kind: "unreadable"; readonly reason: string };

const fileBytesMax = headerBytesMax + stdinBytesMax;

// O_NONBLOCK: opening a pipe must not wait for its writer.
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Never throws. */
export async function readCall(path: string): Promise<CallReading> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, flags);
    return await readOpen(file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOENT") return { kind: "gone" };
    // ELOOP: a symbolic link. ENXIO: a socket.
    if (code === "ELOOP" || code === "ENXIO") return { kind: "bad", reason: "expected a regular file" };
    return { kind: "unreadable", reason: String(error) };
  } finally {
    await file?.close();
  }
}

async function readOpen(file: FileHandle): Promise<CallReading> {
  const about = await file.stat();
  if (!about.isFile()) return { kind: "bad", reason: "expected a regular file" };
  if (about.uid !== 0 && about.uid !== process.geteuid?.()) return { kind: "bad", reason: "expected a file of root" };
  if (about.size > fileBytesMax) return { kind: "bad", reason: `expected at most ${fileBytesMax} bytes` };
  // One byte more than it had: what grows while it is read is not a launcher's.
  const buffer = Buffer.alloc(about.size + 1);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
  const decoded = decodeRequest(buffer.subarray(0, bytesRead));
  if (decoded.kind === "more") return { kind: "bad", reason: "expected a whole request" };
  if (decoded.kind !== "request") return { kind: "bad", reason: `expected ${decoded.reason}` };
  if (decoded.request.env.get("CNI_COMMAND") !== "DEL") return { kind: "bad", reason: "expected a DEL" };
  return { kind: "call", request: decoded.request };
}
