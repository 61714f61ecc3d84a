/**
 * A call as a runtime makes it, to be varied by one thing at a time.
 *
 * @module
 */
import type { CallInput } from "../../../core/cni/parse-call.ts";

export const launch = { started: { bootId: "boot", bootNs: 7n }, budgetMs: 10_000 };

export const config = {
  cniVersion: "1.0.0",
  name: "net",
  type: "bridge",
  ipam: { type: "berth", range: "10.0.0.0/24" },
};

export function callInput(
  env: { readonly [name: string]: string | undefined } = {},
  stdin: unknown = config,
): CallInput {
  const all = {
    CNI_COMMAND: "ADD",
    CNI_CONTAINERID: "c1",
    CNI_IFNAME: "net1",
    CNI_NETNS: "/var/run/netns/x",
    CNI_PATH: "/opt/cni/bin",
    ...env,
  };
  return {
    env: new Map(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)),
    stdin: typeof stdin === "string" ? stdin : JSON.stringify(stdin),
    launch,
  };
}
