/**
 * Drives plugins as a runtime does: the real `cnitool`, and `cnigc` for GC with a list of valid attachments, both in a
 * private host.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cnigcFile, cnitoolFile } from "../tools/places.ts";
import type { Finished } from "../tools/process.ts";
import type { PrivateHost } from "./private-host.ts";

export type CnitoolCall = {
  readonly host: PrivateHost;
  readonly verb: "add" | "check" | "del" | "gc" | "status";
  /** The text of a network list (a `.conflist`). */
  readonly list: string;
  /** Path of the container's network namespace. */
  readonly netns: string;
  /** Left out: `eth0`. */
  readonly ifName?: string;
  /** `CNI_ARGS`: `KEY=value` pairs joined by `;`. */
  readonly args?: string;
  /** Becomes `runtimeConfig` of the plugins that declare the capability. */
  readonly capabilityArgs?: { readonly [capability: string]: unknown };
  /** Searched in this order. */
  readonly pluginDirs: readonly string[];
  /** Added to this process's environment; plugins inherit it. */
  readonly env?: NodeJS.ProcessEnv;
};

/** Runs cnitool. An ADD's result, or a plugin's error as libcni prints it, is on standard output or error as is. */
export function cnitool(call: CnitoolCall): Promise<Finished> {
  return withList(call.host, call.list, (_file, folder) => {
    const env = {
      ...pluginEnvironment(call),
      NETCONFPATH: folder,
      CNI_IFNAME: call.ifName ?? "eth0",
      CNI_ARGS: call.args ?? "",
      CAP_ARGS: call.capabilityArgs === undefined ? "" : JSON.stringify(call.capabilityArgs),
    };
    return call.host.run(cnitoolFile(), [call.verb, nameIn(call.list), call.netns], { env });
  });
}

/** The container id that cnitool makes of a namespace's path. */
export function cnitoolContainerId(netns: string): string {
  return `cnitool-${createHash("sha512").update(netns).digest("hex").slice(0, 20)}`;
}

export type LibcniCall = {
  readonly host: PrivateHost;
  readonly verb: "gc" | "status";
  readonly list: string;
  /** For GC: what is still valid, as container id and interface. */
  readonly attachments?: readonly { readonly containerId: string; readonly ifName: string }[];
  readonly pluginDirs: readonly string[];
  /** Executes this plugin with the documents meant for the ones that the list names: main plugins keep GC to themselves. */
  readonly as?: string;
  /** Prints the documents, one a line, and executes nothing. */
  readonly isPrintOnly?: boolean;
  readonly env?: NodeJS.ProcessEnv;
};

/**
 * Runs GC or STATUS of a network list by libcni itself. libcni first sends a DEL for each attachment it remembers and
 * that is not valid; here it remembers none, so that nothing but the GC itself arrives.
 *
 * A plugin's error is printed on standard output as the plugin printed it (for STATUS) and on standard error in words.
 */
export function libcni(call: LibcniCall): Promise<Finished> {
  return withList(call.host, call.list, (file, folder) => {
    const flags = [
      ...(call.as === undefined ? [] : ["-as", call.as]),
      ...(call.isPrintOnly === true ? ["-print"] : []),
      "-cache",
      join(folder, "cache"),
    ];
    const valid = (call.attachments ?? []).map(({ containerId, ifName }) => `${containerId}/${ifName}`);
    return call.host.run(cnigcFile(), [...flags, call.verb, file, ...valid], { env: pluginEnvironment(call) });
  });
}

function pluginEnvironment(call: CnitoolCall | LibcniCall): NodeJS.ProcessEnv {
  return { ...process.env, ...call.env, CNI_PATH: call.pluginDirs.join(":") };
}

async function withList<T>(
  host: PrivateHost,
  list: string,
  use: (file: string, folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(host.folder, "list-"));
  const file = join(folder, "network.conflist");
  writeFileSync(file, list);
  try {
    return await use(file, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function nameIn(list: string): string {
  const { name }: { name: string } = JSON.parse(list);
  return name;
}
