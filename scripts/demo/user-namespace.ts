/**
 * The demo for a user who is not root: the same demo in a user namespace, where making network namespaces is allowed.
 *
 * @module
 */
import { spawn, spawnSync } from "node:child_process";

/** Root of the machine, or of a user namespace somebody has made. */
export function mayMakeNamespaces(): boolean {
  return process.getuid?.() === 0;
}

const flags = ["--user", "--map-root-user", "--mount", "--net", "--propagation", "private", "sh", "-c"];
/** Both are empty and this demo's own inside; what the machine has there is out of reach. */
const prepare = "mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /var/lib";

/** Runs `file` again inside, to its end. @returns its exit status; 2 when this machine does not allow it */
export async function enterUserNamespace(file: string): Promise<number> {
  if (spawnSync("unshare", [...flags, prepare], { stdio: "ignore" }).status !== 0) {
    console.error("Cannot make a user namespace for the demo: expected root, or a machine where users may make one");
    console.log("sudo npm run demo");
    return 2;
  }
  const child = spawn("unshare", [...flags, `${prepare} && exec "$0" "$@"`, process.execPath, file], {
    stdio: "inherit",
  });
  const forward = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, forward);
  const { promise, resolve } = Promise.withResolvers<number>();
  child.once("close", (status) => resolve(status ?? 130));
  return promise;
}
