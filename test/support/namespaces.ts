/**
 * Network namespaces for tests: made under a name that tells whose they are, removed when disposed of, when the process
 * is interrupted, and, after a crash, by the next process that makes one.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { type Finished, type RunOptions, run, runOrThrow } from "../tools/process.ts";
import { onInterruption } from "./interruption.ts";

const namespaceFolder = "/run/netns";

/** `berth-t-<pid>-<n>`: the process that made it, and a number of its own. */
const nameForm = /^berth-t-(\d+)-\d+$/;

/** One address of an interface. */
export type InterfaceAddress = {
  readonly family: "inet" | "inet6";
  /** Text as iproute2 writes it, without the prefix length. */
  readonly address: string;
  readonly prefixLength: number;
  readonly scope: string;
};

/** A named network namespace with its loopback up. */
export class Namespace implements AsyncDisposable {
  readonly name: string;
  /** The path a runtime passes as `CNI_NETNS`. */
  readonly path: string;
  readonly #withdraw: () => void;

  /** Use `createNamespace`. */
  constructor(name: string) {
    this.name = name;
    this.path = `${namespaceFolder}/${name}`;
    this.#withdraw = onInterruption(() => removeNow(name));
  }

  /** Runs a program inside; `/sys` stays the machine's. */
  run(file: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return run("nsenter", [`--net=${this.path}`, "--", file, ...args], options);
  }

  /** Runs `ip` inside and gives its output; throws when it fails. */
  ip(...args: readonly string[]): Promise<string> {
    return runOrThrow("ip", ["-n", this.name, ...args]);
  }

  /** The addresses of an interface, link-local ones left out; none when there is no such interface. */
  async addresses(ifName: string): Promise<readonly InterfaceAddress[]> {
    const found = await run("ip", ["-n", this.name, "-json", "address", "show", "dev", ifName]);
    if (found.status !== 0) return [];
    const links: { addr_info?: AddressInfo[] }[] = JSON.parse(found.stdout);
    return links
      .flatMap((link) => link.addr_info ?? [])
      .filter((info) => info.scope !== "link")
      .map(({ family, local, prefixlen, scope }) => ({ family, address: local, prefixLength: prefixlen, scope }));
  }

  /** The names of all interfaces but the loopback, sorted. */
  async interfaces(): Promise<readonly string[]> {
    const links: { ifname: string }[] = JSON.parse(await this.ip("-json", "link", "show"));
    return links
      .map(({ ifname }) => ifname)
      .filter((name) => name !== "lo")
      .sort();
  }

  /** Resolves when no IPv6 address is tentative any more; throws after 10 s, or when one turned out a duplicate. */
  async settled(): Promise<void> {
    const until = performance.now() + 10_000;
    for (;;) {
      const tentative = await this.ip("-6", "address", "show", "tentative");
      if (tentative.trim() === "") return;
      if (tentative.includes("dadfailed") || performance.now() > until) {
        throw new Error(`Cannot use the addresses of namespace "${this.name}": expected them to settle\n${tentative}`);
      }
      await delay(50);
    }
  }

  /** True when `address` answers a ping from here before `seconds` (whole ones) are over. */
  async ping(address: string, seconds = 5): Promise<boolean> {
    const ended = await this.run("ping", ["-n", "-q", "-c", "1", "-i", "0.2", "-w", String(seconds), address]);
    return ended.status === 0;
  }

  /** Removes the namespace with every interface in it; does nothing when it is gone already. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#withdraw();
    const removed = await run("ip", ["netns", "delete", this.name]);
    if (removed.status !== 0 && existsSync(this.path)) {
      throw new Error(`Cannot delete namespace "${this.name}": expected ip to\n${removed.stderr}`);
    }
  }
}

type AddressInfo = { family: "inet" | "inet6"; local: string; prefixlen: number; scope: string };

let lastNumber = 0;

/**
 * Makes a new, empty network namespace.
 *
 * @param options.detectsDuplicates - `false` switches IPv6 duplicate address detection off inside, which saves an ADD of
 *   macvlan 1.5 s. Left on (the default), it is one more witness that an address has one holder.
 */
export async function createNamespace(options: { readonly detectsDuplicates?: boolean } = {}): Promise<Namespace> {
  if (lastNumber === 0) removeLeftovers();
  for (;;) {
    lastNumber += 1;
    const name = `berth-t-${process.pid}-${lastNumber}`;
    // In one go with what removes it: an interruption between the two would leave it behind.
    const added = spawnSync("ip", ["netns", "add", name], { encoding: "utf8" });
    if (added.status === 0) return prepare(new Namespace(name), options);
    // The name is taken when this module is loaded twice in one process, as test runners do.
    if (!added.stderr.includes("File exists")) {
      removeNow(name);
      throw new Error(`Cannot make namespace "${name}": expected ip to\n${added.stderr}`);
    }
  }
}

async function prepare(namespace: Namespace, options: { readonly detectsDuplicates?: boolean }): Promise<Namespace> {
  await namespace.ip("link", "set", "lo", "up");
  if (options.detectsDuplicates === false) {
    await namespace.run("sh", ["-c", "echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad"]);
  }
  return namespace;
}

/** Removes the namespaces of test processes that are no more. */
export function removeLeftovers(): void {
  if (!existsSync(namespaceFolder)) return;
  for (const name of readdirSync(namespaceFolder)) {
    const maker = name.match(nameForm)?.[1];
    if (maker !== undefined && !existsSync(`/proc/${maker}`)) removeNow(name);
  }
}

function removeNow(name: string): void {
  spawnSync("ip", ["netns", "delete", name], { stdio: "ignore" });
}
