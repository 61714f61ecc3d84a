/**
 * Debian packages the demo and the tests need: which are missing, and how they get here.
 *
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { debianPlugins, findProgram } from "./places.ts";
import { type Finished, run } from "./process.ts";

/** `demo` is a part of `test`. */
export type Purpose = "demo" | "test";

type Package = {
  readonly name: string;
  readonly why: string;
  readonly demo: boolean;
  /** Asks for the thing itself, not for the package: a machine may have it from elsewhere. */
  readonly isHere: () => boolean;
};

const packages: readonly Package[] = [
  { name: "iproute2", why: "network namespaces", demo: true, isHere: () => findProgram("ip") !== undefined },
  {
    name: "containernetworking-plugins",
    why: "the real bridge and macvlan plugins",
    demo: true,
    isHere: () => existsSync(join(debianPlugins(), "bridge")),
  },
  {
    name: "iputils-ping",
    why: "pings between namespaces",
    demo: true,
    isHere: () => findProgram("ping") !== undefined,
  },
  {
    name: "openssl",
    why: "certificates of the tests' API server",
    demo: false,
    isHere: () => findProgram("openssl") !== undefined,
  },
  { name: "gcc", why: "the launcher in C", demo: false, isHere: () => findProgram("gcc") !== undefined },
  { name: "libc6-dev", why: "the launcher in C", demo: false, isHere: () => existsSync("/usr/include/stdio.h") },
  {
    name: "musl-tools",
    why: "the launcher as a static program",
    demo: false,
    isHere: () => findProgram("musl-gcc") !== undefined,
  },
];

/** What this machine lacks for `purpose`, with the reason in a few words each. */
export function missingPackages(purpose: Purpose): readonly { readonly name: string; readonly why: string }[] {
  return packages.filter((wanted) => (purpose === "test" || wanted.demo) && !wanted.isHere());
}

/** True on Debian and what is built on it (by `/etc/os-release`). */
export function isDebian(): boolean {
  try {
    return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}

/**
 * Installs packages as root, asking nothing. The package lists are fetched only when they do not know a package, or
 * after a first failure, of which there may be one: lists that are out of date name files that are gone.
 *
 * @returns `undefined`, or what apt-get said when it failed twice.
 */
export async function installPackages(names: readonly string[]): Promise<string | undefined> {
  if (!(await aptKnows(names))) await updateLists();
  const install = ["install", "-y", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold", ...names];
  const first = await aptGet(install);
  if (first.status === 0) return undefined;
  await updateLists();
  const second = await aptGet(install);
  return second.status === 0 ? undefined : `${second.stdout}${second.stderr}`;
}

/** Fetches the package lists. A failure is not told: the install that follows tells it better. */
export async function updateLists(): Promise<void> {
  await aptGet(["update"]);
}

/** Whether the package lists on this machine have a candidate for every name. */
export async function aptKnows(names: readonly string[]): Promise<boolean> {
  const policy = await run("apt-cache", ["policy", ...names], { env: aptEnvironment() });
  const known = policy.stdout.match(/^ {2}Candidate: (?!\(none\))/gm) ?? [];
  return policy.status === 0 && known.length === names.length;
}

const lockWaitSeconds = 600;

/** Runs apt-get without questions, waiting its turn when another one runs: unattended upgrades start with a machine. */
export async function aptGet(args: readonly string[], cwd = "/"): Promise<Finished> {
  const options = ["-q", "-o", `DPkg::Lock::Timeout=${lockWaitSeconds}`, "-o", "Acquire::Retries=1"];
  const until = performance.now() + lockWaitSeconds * 1000;
  for (;;) {
    const ended = await run("apt-get", [...options, ...args], { env: aptEnvironment(), cwd });
    // The option above waits for dpkg's locks only. The one on the package lists fails at once.
    if (ended.status === 0 || !ended.stderr.includes("Could not get lock") || performance.now() > until) return ended;
    await delay(1000);
  }
}

function aptEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, DEBIAN_FRONTEND: "noninteractive", NEEDRESTART_SUSPEND: "1", LC_ALL: "C" };
}
