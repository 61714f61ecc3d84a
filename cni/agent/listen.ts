/**
 * Listening on a unix socket that only root can reach (DESIGN 7).
 *
 * @module
 */
import { chmodSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { dirname } from "node:path";
import { makeDirectory } from "../../adapters/system/make-directory.ts";

/** Launchers that come all at once wait in the kernel, not in vain. */
const backlog = 1024;

/**
 * The caller holds the socket's lock: whatever lies at the path was left by an agent that is gone. Rejects in words when
 * there can be no socket at the path.
 */
export async function listen(server: Server, path: string): Promise<void> {
  try {
    makeDirectory(dirname(path));
    rmSync(path, { force: true });
    await listenForOwner(server, path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot listen on "${path}": expected a path where a socket can be made: ${reason}`, {
      cause: error,
    });
  }
}

/** Made for its owner only from the first moment on, not just after a chmod. */
async function listenForOwner(server: Server, path: string): Promise<void> {
  const mask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ path, backlog }, resolve);
    });
  } finally {
    process.umask(mask);
  }
  chmodSync(path, 0o600);
}
