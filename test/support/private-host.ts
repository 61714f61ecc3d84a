/**
 * A "host" of its own for plugins: they make bridges and macvlans in the network namespace they run in, and libcni and
 * host-local write below `/var/lib/cni`. Here both are private, so that tests never touch the machine's own.
 *
 * @module
 */

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Finished, type RunOptions, run } from "../tools/process.ts";
import { onInterruption } from "./interruption.ts";
import { createNamespace, type Namespace } from "./namespaces.ts";

/** What stands in for the host of a container: a network namespace and a folder in place of `/var/lib/cni`. */
export class PrivateHost implements AsyncDisposable {
  /** The host's own network namespace: where bridges and macvlan masters are. */
  readonly namespace: Namespace;
  /** Scratch space that lives as long as the host, absolute. */
  readonly folder: string;
  readonly #cniFolder: string;
  readonly #withdraw: () => void;

  /** Use `createPrivateHost`. */
  constructor(namespace: Namespace, folder: string) {
    this.namespace = namespace;
    this.folder = folder;
    this.#cniFolder = join(folder, "var-lib-cni");
    mkdirSync(this.#cniFolder);
    this.#withdraw = onInterruption(() => rmSync(folder, { recursive: true, force: true }));
  }

  /** Runs a program in the host's network namespace, with the host's own `/var/lib/cni`. */
  run(file: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    const enter = 'mount --bind "$1" /var/lib/cni && net="$2" && shift 2 && exec nsenter --net="$net" -- "$@"';
    // slave: a container's namespace that is deleted outside goes here, too, instead of being kept by this mount table.
    const privately = ["--mount", "--propagation", "slave", "--", "sh", "-c", enter, "sh"];
    return run("unshare", [...privately, this.#cniFolder, this.namespace.path, file, ...args], options);
  }

  /**
   * Makes a link that macvlan can stand on: one end of a veth pair, both ends up, so that it has a carrier. (Not every
   * kernel has the dummy driver.)
   */
  async createMaster(name: string): Promise<void> {
    await this.namespace.ip("link", "add", name, "type", "veth", "peer", "name", `${name}-peer`);
    await this.namespace.ip("link", "set", name, "up");
    await this.namespace.ip("link", "set", `${name}-peer`, "up");
  }

  /**
   * Makes a bridge with a hardware address of its own. One that the bridge plugin makes takes the lowest of its ports',
   * so that a second container can change it, and the first one's CHECK then fails by chance.
   */
  async createBridge(name: string): Promise<void> {
    await this.namespace.ip("link", "add", name, "address", "02:00:00:00:00:01", "type", "bridge");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.namespace[Symbol.asyncDispose]();
    this.#withdraw();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function createPrivateHost(): Promise<PrivateHost> {
  mkdirSync("/var/lib/cni", { recursive: true });
  return new PrivateHost(await createNamespace(), mkdtempSync(join(tmpdir(), "berth-host-")));
}
