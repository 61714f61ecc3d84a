/**
 * Runs the reference IPAM plugin `host-local` by itself: the peer of the benchmarks.
 *
 * @module
 */

import { join } from "node:path";
import { type Finished, run } from "../tools/process.ts";

export type HostLocalCall = {
  readonly verb: "ADD" | "DEL" | "CHECK";
  /** One address is given of each set; a set is its ranges in order of preference. */
  readonly ranges: readonly (readonly { readonly subnet: string }[])[];
  readonly containerId: string;
  /** Left out: `eth0`. */
  readonly ifName?: string;
  /** The container's network namespace, which host-local only compares with its own. Left out: one that is not there. */
  readonly netns?: string;
  /** Where it keeps its leases, one file an address. */
  readonly dataDir: string;
  /** The folder of the plugin (`builtPlugins()` or `debianPlugins()`). */
  readonly pluginDir: string;
};

/** The very process of a call, for who starts it himself in order to time it. */
export function hostLocalProcess(call: HostLocalCall): { file: string; env: NodeJS.ProcessEnv; input: string } {
  const document = {
    cniVersion: "1.0.0",
    name: "peer",
    type: "host-local",
    ipam: { type: "host-local", dataDir: call.dataDir, ranges: call.ranges },
  };
  const env = {
    PATH: process.env["PATH"],
    CNI_COMMAND: call.verb,
    CNI_CONTAINERID: call.containerId,
    CNI_IFNAME: call.ifName ?? "eth0",
    CNI_NETNS: call.netns ?? "/run/netns/peer",
    CNI_PATH: call.pluginDir,
  };
  return { file: join(call.pluginDir, "host-local"), env, input: JSON.stringify(document) };
}

/** Runs the call to its end. */
export function hostLocal(call: HostLocalCall): Promise<Finished> {
  const { file, env, input } = hostLocalProcess(call);
  return run(file, [], { env, input });
}
