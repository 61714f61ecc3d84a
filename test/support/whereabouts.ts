/**
 * Runs Whereabouts, the peer: its plugin as a runtime would call it, and its controllers as a cluster would run them.
 *
 * @module
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { whereaboutsFile } from "../tools/places.ts";
import { type Finished, run } from "../tools/process.ts";
import type { Access, PolicyRule } from "./api-server-access.ts";
import type { Cluster } from "./api-server-cluster.ts";
import { type ServerProcess, startServer } from "./api-server-process.ts";
import { onInterruption } from "./interruption.ts";

const crds = "whereabouts.cni.cncf.io";

/** What its manifests allow the one account that its plugin and its controllers share. */
export const whereaboutsRules: readonly PolicyRule[] = [
  {
    apiGroups: [crds],
    resources: ["ippools", "overlappingrangeipreservations", "nodeslicepools"],
    verbs: ["get", "list", "watch", "create", "update", "patch", "delete"],
  },
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["*"] },
  { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["k8s.cni.cncf.io"], resources: ["network-attachment-definitions"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["", "events.k8s.io"], resources: ["events"], verbs: ["create", "patch", "update", "get"] },
];

/** Where it is configured, as its installer leaves it on a node. */
export type WhereaboutsNode = {
  /** `whereabouts.conf` and `nodename`, absolute. */
  readonly folder: string;
};

/** @param directory to make the node's folder in, absolute: a cluster's `directory` takes it away with the rest */
export function createWhereaboutsNode(directory: string, node: string, kubeconfig: string): WhereaboutsNode {
  const folder = mkdtempSync(join(directory, "whereabouts-"));
  writeFileSync(join(folder, "nodename"), node);
  writeFileSync(
    join(folder, "whereabouts.conf"),
    JSON.stringify({ datastore: "kubernetes", kubernetes: { kubeconfig } }),
  );
  return { folder };
}

export type WhereaboutsCall = {
  readonly verb: "ADD" | "DEL" | "CHECK";
  readonly node: WhereaboutsNode;
  readonly podNamespace: string;
  readonly podName: string;
  readonly podUid?: string;
  /** Left out: `<podName>-sandbox`. */
  readonly containerId?: string;
  /** Left out: `net1`. */
  readonly ifName?: string;
  /** The `ipam` object without `type`. */
  readonly ipam: object;
};

/** Runs the plugin by itself: an IPAM plugin never opens the namespace, so there need not be one. */
export function whereabouts(call: WhereaboutsCall): Promise<Finished> {
  const { verb, node, podNamespace, podName, ipam } = call;
  const config = {
    cniVersion: "1.0.0",
    name: "quay",
    type: "macvlan",
    ipam: { type: "whereabouts", configuration_path: join(node.folder, "whereabouts.conf"), ...ipam },
  };
  const args = ["IgnoreUnknown=1", `K8S_POD_NAMESPACE=${podNamespace}`, `K8S_POD_NAME=${podName}`];
  if (call.podUid !== undefined) args.push(`K8S_POD_UID=${call.podUid}`);
  const env = {
    ...process.env,
    CNI_COMMAND: verb,
    CNI_CONTAINERID: call.containerId ?? `${podName}-sandbox`,
    CNI_NETNS: `/run/netns/${podName}`,
    CNI_IFNAME: call.ifName ?? "net1",
    CNI_PATH: "/nowhere",
    CNI_ARGS: args.join(";"),
  };
  return run(whereaboutsFile("whereabouts"), [], { env, input: JSON.stringify(config) });
}

/** The addresses of an ADD's answer, without prefix lengths. @throws Error with what it said when it failed */
export function addressesOf({ status, stdout, stderr }: Finished): readonly string[] {
  if (status !== 0) throw new Error(`Cannot ADD with Whereabouts: expected exit status 0\n${stdout}${stderr}`);
  const result: { ips?: readonly { address: string }[] } = JSON.parse(stdout);
  return (result.ips ?? []).map(({ address }) => address.split("/")[0] ?? "");
}

export type ControllerOptions = {
  readonly cluster: Cluster;
  /** With `whereaboutsRules`, by token. */
  readonly access: Access;
  /** Of the account: where the objects are. */
  readonly namespace: string;
  /** `ip-reconciler`, once in a cluster: frees what no living pod's network-status shows. `ip-control-loop`, on each node. */
  readonly program: "ip-reconciler" | "ip-control-loop";
  /** Of the reconciler: a cron expression, or `@every 1s`. Left out: never. */
  readonly schedule?: string;
  /** Of the control loop. */
  readonly node?: string;
};

export type Controller = AsyncDisposable & Pick<ServerProcess, "pid" | "ended"> & { readonly logFile: string };

/**
 * Starts a controller in a root of its own (needs root): it reads its account's token and its schedule from paths that
 * are written into it. The reconciler judges the pools of all namespaces: what other tests left on a shared server, too.
 */
export function startController(options: ControllerOptions): Controller {
  const { cluster, access, namespace, program, schedule = "0 0 31 2 *", node = "none" } = options;
  const root = mkdtempSync(join(cluster.directory, `${program}-`));
  const account = join(root, "var/run/secrets/kubernetes.io/serviceaccount");
  const config = join(root, "etc/cni/net.d/whereabouts.d");
  for (const folder of [account, config, join(root, "cron-schedule")]) mkdirSync(folder, { recursive: true });
  if (!("token" in access.credentials)) throw new Error(`Cannot start "${program}": expected an access by token`);
  writeFileSync(join(account, "token"), access.credentials.token);
  writeFileSync(join(account, "ca.crt"), cluster.ca);
  writeFileSync(join(account, "namespace"), namespace);
  writeFileSync(join(config, "whereabouts.conf"), JSON.stringify({ kubernetes: { kubeconfig: "in-cluster" } }));
  writeFileSync(join(root, "cron-schedule/config"), schedule);
  // A static program: nothing else is needed in there.
  copyFileSync(whereaboutsFile(program), join(root, program));
  const { hostname, port } = new URL(cluster.url);
  const logFile = join(root, "log");
  const variables = {
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
    WHEREABOUTS_NAMESPACE: namespace,
    NODENAME: node,
  };
  const server = startServer("chroot", [root, `/${program}`], logFile, variables);
  const withdraw = onInterruption(server.kill);
  const stop = async () => {
    await server.stop();
    withdraw();
    rmSync(root, { recursive: true, force: true });
  };
  return { pid: server.pid, ended: server.ended, logFile, [Symbol.asyncDispose]: stop };
}
