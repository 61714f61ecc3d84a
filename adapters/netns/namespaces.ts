/**
 * Looking at network namespaces by their paths (PROTOCOL P18).
 *
 * @module
 */
import { readFileSync, readlinkSync, statfsSync, statSync } from "node:fs";
import type { Namespaces } from "../../core/ports/namespaces.ts";
import { hasPropagation, mountOf } from "./mountinfo.ts";

/** NSFS_MAGIC, linux/magic.h. */
const nsfsMagic = 0x6e736673;
/** PROC_PID_INIT_INO, include/linux/proc_ns.h: the machine's own process namespace. */
const initialPidNamespace = "pid:[4026531836]";

export function createNamespaces(): Namespaces {
  const isContained = inContainer();
  return {
    // At once: namespaces are bound in memory, and a turn of the thread pool costs five times the look itself.
    look: async (path) => {
      try {
        const seen = statSync(path, { bigint: true });
        if (statfsSync(path).type !== nsfsMagic) return { kind: "other" };
        return { kind: "namespace", device: seen.dev.toString(), inode: seen.ino.toString() };
      } catch (error) {
        const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
        if (code === "ENOENT" || code === "ENOTDIR") return { kind: "absent" };
        return { kind: "unreadable", reason: String(code ?? error) };
      }
    },
    voidReason: async (path) => {
      if (!isContained) return undefined;
      const mount = mountOf(readFileSync("/proc/self/mountinfo", "utf8"), path);
      if (mount !== undefined && hasPropagation(mount)) return undefined;
      return `the mount that holds ${path} does not propagate: new namespaces of the machine are not seen here (mountPropagation: HostToContainer)`;
    },
  };
}

/** On the machine itself mounts are as they are; in a container a missing propagation hides namespaces. */
function inContainer(): boolean {
  try {
    if (readlinkSync("/proc/self/ns/pid") !== initialPidNamespace) return true;
    return readlinkSync("/proc/self/ns/mnt") !== readlinkSync("/proc/1/ns/mnt");
  } catch {
    // Without root the first process cannot be looked at: then this is no agent on its machine.
    return true;
  }
}
