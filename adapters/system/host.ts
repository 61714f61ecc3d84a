/**
 * This machine, looked at.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { access, constants, readdir, stat, statfs } from "node:fs/promises";
import type { Host, PathSight } from "../../core/ports/host.ts";

const runMs = 2_000;
const outputBytesMax = 64 * 1024;

export function createHost(): Host {
  return {
    look,
    room: async (path) => {
      try {
        const { bavail, bsize, ffree, files } = await statfs(path);
        // Some file systems (btrfs) have no fixed number of files and say 0 of 0.
        return { freeBytes: bavail * bsize, freeFiles: files === 0 ? Number.MAX_SAFE_INTEGER : ffree };
      } catch {
        return undefined;
      }
    },
    list: async (path) => {
      try {
        return await readdir(path);
      } catch {
        return undefined;
      }
    },
    run: (path, args) =>
      new Promise((resolve) => {
        const options = { env: {}, timeout: runMs, maxBuffer: outputBytesMax, encoding: "utf8" } as const;
        const child = execFile(path, args, options, (error, stdout) => {
          if (error === null) resolve({ kind: "ended", status: 0, stdout });
          else if (typeof error.code === "number") resolve({ kind: "ended", status: error.code, stdout });
          else resolve({ kind: "failed", reason: error.killed === true ? "no end within 2 s" : String(error.code) });
        });
        // A program that reads no input may have gone.
        child.stdin?.on("error", () => undefined).end();
      }),
  };
}

async function look(path: string): Promise<PathSight> {
  try {
    const seen = await stat(path);
    const kind = seen.isDirectory() ? "directory" : seen.isFile() ? "file" : seen.isSocket() ? "socket" : "other";
    const [isWritable, isExecutable] = await Promise.all([may(path, constants.W_OK), may(path, constants.X_OK)]);
    return { kind, bytes: seen.size, isWritable, isExecutable };
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "absent" };
    return code === "EACCES" || code === "EPERM"
      ? { kind: "denied" }
      : { kind: "unreadable", reason: String(code ?? error) };
  }
}

async function may(path: string, mode: number): Promise<boolean> {
  try {
    await access(path, mode);
    return true;
  } catch {
    return false;
  }
}
