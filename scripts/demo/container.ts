/**
 * One container of the demo, and what a runtime does for its second interface: it executes the real main plugin, which
 * executes Berth's launcher.
 *
 * @module
 */
import { join } from "node:path";
import { launcherFolder } from "../../test/support/agent-process.ts";
import type { Namespace } from "../../test/support/namespaces.ts";
import type { PrivateHost } from "../../test/support/private-host.ts";
import { debianPlugins } from "../../test/tools/places.ts";

/** A network definition without its name and version. */
export type Network = {
  readonly definition: string;
  readonly plugin:
    | { readonly type: "bridge"; readonly bridge: string }
    | { readonly type: "macvlan"; readonly master: string };
  readonly ipam: { readonly network_name: string; readonly [field: string]: unknown };
};

export type Answer =
  | { readonly kind: "done" /** Without prefix lengths. */; readonly addresses: readonly string[] }
  | { readonly kind: "refused"; readonly code: number; readonly message: string; readonly details: string };

export type Container = {
  readonly name: string;
  readonly network: Network;
  /** @param wanted addresses for CNI_ARGS */
  readonly add: (...wanted: readonly string[]) => Promise<Answer>;
  readonly check: () => Promise<Answer>;
  readonly del: () => Promise<Answer>;
  readonly ping: (address: string) => Promise<boolean>;
};

type Parts = {
  readonly name: string;
  readonly network: Network;
  readonly namespace: Namespace;
  readonly host: PrivateHost;
  /** How the launcher finds the agent. */
  readonly env: { readonly [name: string]: string };
};

export function containerOf(parts: Parts): Container {
  const { name, network, namespace } = parts;
  let previous: object | undefined;
  const call = async (verb: string, args: readonly string[] = []): Promise<Answer> => {
    const { status, stdout, stderr } = await execute(parts, verb, { args, previous });
    const text = stdout.trim() === "" ? "{}" : stdout;
    const printed: Printed = status === 127 ? { msg: stderr } : JSON.parse(text);
    if (status !== 0) {
      return {
        kind: "refused",
        code: printed.code ?? 0,
        message: printed.msg ?? stderr,
        details: printed.details ?? "",
      };
    }
    if (verb === "ADD") previous = printed;
    return { kind: "done", addresses: (printed.ips ?? []).map(({ address }) => address.split("/")[0] ?? address) };
  };
  return {
    name,
    network,
    add: (...wanted) => call("ADD", wanted.length === 0 ? [] : [`IP=${wanted.join(",")}`]),
    check: () => call("CHECK"),
    del: () => call("DEL"),
    ping: (address) => namespace.ping(address),
  };
}

/** CNI SPEC, "ADD Success" and "Error". */
type Printed = {
  readonly ips?: readonly { readonly address: string }[];
  readonly code?: number;
  readonly msg?: string;
  readonly details?: string;
};

function execute(
  { name, network, namespace, host, env }: Parts,
  verb: string,
  { args, previous }: { readonly args: readonly string[]; readonly previous: object | undefined },
) {
  const plugins = debianPlugins();
  const { definition, plugin, ipam } = network;
  const config = {
    cniVersion: "1.0.0",
    name: definition,
    ...plugin,
    ipam: { type: "berth", ...ipam },
    prevResult: previous,
  };
  const pod = [`K8S_POD_NAMESPACE=demo`, `K8S_POD_NAME=${name}`, `K8S_POD_UID=${name}-uid`];
  return host.run(join(plugins, plugin.type), [], {
    input: JSON.stringify(verb === "ADD" ? { ...config, prevResult: undefined } : config),
    env: {
      ...process.env,
      ...env,
      CNI_COMMAND: verb,
      CNI_CONTAINERID: name,
      CNI_NETNS: namespace.path,
      CNI_IFNAME: "net1",
      CNI_ARGS: ["IgnoreUnknown=1", ...pod, ...args].join(";"),
      CNI_PATH: `${launcherFolder}:${plugins}`,
    },
  });
}
