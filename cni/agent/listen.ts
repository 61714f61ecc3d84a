/**
 * Listening on a unix socket that only root can reach (DESIGN 7).
 *
 * @module
 */
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { dirname } from "node:path";

/** Launchers that come all at once wait in the kernel, not in vain. */
const backlog = 1024;

/** The caller holds the socket's lock: whatever lies at the path was left by an agent that is gone. */
export async function listen(server: Server, path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  rmSync(path, { force: true });
  // Made for its owner only from the first moment on, not just after a chmod.
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
