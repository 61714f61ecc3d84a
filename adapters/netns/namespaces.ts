/**
 * Looking at network namespaces by their paths (PROTOCOL P18).
 *
 * @module
 */
import { lstatSync, readFileSync, readlinkSync, realpathSync, statfsSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Namespaces } from "../../core/ports/namespaces.ts";
import { hasPropagation, mountOf } from "./mountinfo.ts";

/** NSFS_MAGIC, linux/magic.h. */
const nsfsMagic = 0x6e736673;
/** PROC_PID_INIT_INO, include/linux/proc_ns.h: the machine's own process namespace. */
const initialPidNamespace = "pid:[4026531836]";

export type NamespacesOptions = {
  /** Default: as found. */
  readonly isContained?: boolean;
  /** The text of mountinfo. Default: this process's own. */
  readonly readMounts?: () => string;
};

export function createNamespaces(options: NamespacesOptions = {}): Namespaces {
  const { isContained = inContainer() } = options;
  const { readMounts = () => readFileSync("/proc/self/mountinfo", "utf8") } = options;
  const reasons = new Map<string, string | undefined>();
  let mounts: string | undefined;
  /** Mounts are read once in a turn of the loop: a sweep judges thousands of leases, and a turn later it reads anew. */
  const mountsOfTurn = () => {
    if (mounts !== undefined) return mounts;
    setImmediate(() => {
      mounts = undefined;
      reasons.clear();
    });
    mounts = readMounts();
    return mounts;
  };
  return {
    // At once: namespaces are bound in memory, and a turn of the thread pool costs five times the look itself.
    look: async (path) => {
      try {
        const seen = statSync(path, { bigint: true });
        if (statfsSync(path).type !== nsfsMagic) return { kind: "other" };
        return { kind: "namespace", device: seen.dev.toString(), inode: seen.ino.toString() };
      } catch (error) {
        const code = codeOf(error);
        if (isAbsence(code)) return { kind: "absent" };
        return { kind: "unreadable", reason: String(code ?? error) };
      }
    },
    voidReason: async (path) => {
      if (!isContained) return undefined;
      const text = mountsOfTurn();
      const directory = dirname(path);
      if (!reasons.has(directory)) reasons.set(directory, voidReasonOf(directory, text));
      return reasons.get(directory);
    },
  };
}

function voidReasonOf(directory: string, mountinfo: string): string | undefined {
  const real = resolveLinks(directory);
  if (real === undefined) return `the directory ${directory} cannot be resolved: what is seen there proves nothing`;
  const mount = mountOf(mountinfo, join(real, "namespace"));
  if (mount !== undefined && hasPropagation(mount)) return undefined;
  return `the mount that holds ${directory} does not propagate: new namespaces of the machine are not seen here (mountPropagation: HostToContainer)`;
}

/**
 * Where a directory really is: mountinfo knows no links, and /var/run is one to /run. What of it is not there stays as
 * written, but what a link that leads nowhere would lead to is not known.
 */
function resolveLinks(directory: string): string | undefined {
  try {
    return realpathSync(directory);
  } catch (error) {
    const above = dirname(directory);
    if (!isAbsence(codeOf(error)) || isLink(directory) || above === directory) return undefined;
    const real = resolveLinks(above);
    return real === undefined ? undefined : join(real, basename(directory));
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, "code") : undefined;
}

function isAbsence(code: unknown): boolean {
  return code === "ENOENT" || code === "ENOTDIR";
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
