/**
 * Real Whereabouts binaries and Berth's agents on one API server, and pods that come and go on both: who holds what is written down
 * from the answer of ADD to the start of DEL, as seen from outside.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clusterRoleBindings } from "../../core/migrate/kinds.ts";
import { configMaps, pods, pools, reservations } from "../../core/kube/resources.ts";
import type { KubeObject, Resource } from "../../core/ports/kube-api.ts";
import { agentPolicy } from "./agent-policy.ts";
import { type AgentPlace, agentPlace, type RunningAgent, startAgent } from "./agent-process.ts";
import type { Access } from "./api-server-access.ts";
import { pathOf } from "./api-server-client.ts";
import type { Cluster } from "./api-server-cluster.ts";
import { createSandboxes, type Sandbox, type Sandboxes } from "./cluster-sandboxes.ts";
import { callAgent } from "./launcher-client.ts";
import {
  addressesOf,
  createWhereaboutsNode,
  whereabouts,
  type WhereaboutsNode,
  whereaboutsRules,
} from "./whereabouts.ts";

/** Minutes become seconds. */
const limits = {
  compareMs: 4_000,
  compareMixedMs: 2_000,
  conflictMs: 1_000,
  pulseMs: 2_000,
  modeMs: 2_000,
  fenceMs: 6_000,
  backMs: 2_000,
};

type Ipam = { readonly range: string; readonly network_name?: string; readonly enable_overlapping_ranges?: boolean };

/** One range as a definition has it; addresses of one `scope` have one holder. */
export type MixedNetwork = { readonly scope: string; readonly ipam: Ipam };

export type MixedNode = {
  readonly name: string;
  readonly place: AgentPlace;
  readonly whereabouts: WhereaboutsNode;
  /** Undefined: Whereabouts serves it. */
  agent: RunningAgent | undefined;
};

export type MixedPod = {
  readonly name: string;
  readonly node: MixedNode;
  readonly network: MixedNetwork;
  readonly sandbox: Sandbox;
  readonly address: string;
  readonly givenBy: "Whereabouts" | "Berth";
};

export type MixedCluster = AsyncDisposable & {
  readonly namespace: string;
  /** Whereabouts' account. */
  readonly access: Access;
  readonly nodes: readonly MixedNode[];
  /** By scope and address. */
  readonly live: Map<string, MixedPod>;
  /** `<scope> <address>: <pod> and <pod>`. */
  readonly duplicates: string[];
  readonly startAgent: (node: MixedNode) => Promise<void>;
  /** By whoever serves the node. Undefined when it was refused. */
  readonly add: (node: MixedNode, network: MixedNetwork) => Promise<MixedPod | undefined>;
  /** By whoever serves the node now, or by Whereabouts whoever does. */
  readonly del: (pod: MixedPod, by?: "Whereabouts") => Promise<void>;
  readonly objects: (resource: Resource) => Promise<readonly KubeObject[]>;
  /** What is left of entries and reservations, as text. */
  readonly left: () => Promise<readonly string[]>;
};

/** @param all every address of the ranges: a pod's status shows them from its first moment */
export async function createMixedCluster(
  cluster: Cluster,
  { nodes: count, all }: { readonly nodes: number; readonly all: readonly string[] },
): Promise<MixedCluster> {
  const namespace = await cluster.namespace("mixed");
  const access = await cluster.account({ namespace, name: "whereabouts", rules: whereaboutsRules });
  const berth = await cluster.account({ namespace, name: "berth", ...agentPolicy });
  const mode = { metadata: { name: "berth" }, data: { whereabouts: "present" } };
  await cluster.client.ask({ method: "POST", path: pathOf(configMaps, namespace), body: mode });
  const directory = mkdtempSync(join(tmpdir(), "m-"));
  const sandboxes: Sandboxes = await createSandboxes();
  const nodes = Array.from({ length: count }, (_, at): MixedNode => {
    const name = `${namespace}-n${at}`;
    const node = createWhereaboutsNode(cluster.directory, name, access.kubeconfig);
    return { name, place: agentPlace(join(directory, `n${at}`)), whereabouts: node, agent: undefined };
  });
  const live = new Map<string, MixedPod>();
  const duplicates: string[] = [];
  let made = 0;

  // Multus writes it after the ADD; what it does not write in time Whereabouts' reconciler frees: its own fault, and not the question here.
  const status = JSON.stringify([{ name: "quay", interface: "net1", ips: all, default: false }]);
  const annotations = { "k8s.v1.cni.cncf.io/network-status": status };

  async function call(
    verb: "ADD" | "DEL",
    pod: Omit<MixedPod, "address" | "givenBy">,
    uid: string,
    by?: "Whereabouts",
  ) {
    const { node, network, sandbox, name } = pod;
    if (node.agent === undefined || by !== undefined) {
      const { ipam } = network;
      const who = { node: node.whereabouts, podNamespace: namespace, podName: name, podUid: uid };
      const done = await whereabouts({ verb, ...who, containerId: sandbox.id, ipam });
      return done.status === 0 ? (verb === "ADD" ? addressesOf(done) : []) : undefined;
    }
    const config = {
      cniVersion: "1.0.0",
      name: "quay",
      type: "macvlan",
      ipam: { type: "whereabouts", ...network.ipam },
    };
    const args = `K8S_POD_NAMESPACE=${namespace};K8S_POD_NAME=${name};K8S_POD_UID=${uid}`;
    const { status: code, json } = await callAgent(node.place, {
      verb,
      containerId: sandbox.id,
      netns: sandbox.path,
      args,
      config,
    });
    return code === 0 ? (json.ips ?? []).map(({ address }) => address.split("/")[0] ?? "") : undefined;
  }

  const objects = async (resource: Resource): Promise<readonly KubeObject[]> => {
    const list = await cluster.client.ask({ method: "GET", path: pathOf(resource, namespace) });
    return Object(list)["items"];
  };
  return {
    namespace,
    access,
    nodes,
    live,
    duplicates,
    objects,
    startAgent: async (node) => {
      const bundle = new URL("../system/hasty-agent.ts", import.meta.url).pathname;
      const args = ["--store", "kubernetes", "--kubeconfig", berth.kubeconfig, "--node-name", node.name];
      node.agent = await startAgent(node.place, { bundle, args, env: { BERTH_TEST_LIMITS: JSON.stringify(limits) } });
    },
    add: async (node, network) => {
      made += 1;
      const name = `pod-${made}`;
      const object = await cluster.pod({ namespace, name, node: node.name, annotations });
      const asked = { name, node, network, sandbox: await sandboxes.create() };
      const givenBy = node.agent === undefined ? ("Whereabouts" as const) : ("Berth" as const);
      const [address] = (await call("ADD", asked, object.metadata.uid ?? "")) ?? [];
      const pod: MixedPod = { ...asked, address: address ?? "", givenBy };
      if (address === undefined) {
        await call("DEL", asked, object.metadata.uid ?? "");
        await asked.sandbox.end();
        await cluster.removePod(namespace, name);
        return undefined;
      }
      const other = live.get(keyOf(pod));
      if (other !== undefined)
        duplicates.push(`${keyOf(pod)}: ${other.name} (${other.givenBy}) and ${name} (${givenBy})`);
      live.set(keyOf(pod), pod);
      return pod;
    },
    del: async (pod, by) => {
      if (live.get(keyOf(pod)) === pod) live.delete(keyOf(pod));
      await pod.sandbox.end();
      const uid = (await objects(pods)).find(({ metadata }) => metadata.name === pod.name)?.metadata.uid ?? "";
      // The runtime comes again until it succeeds.
      while ((await call("DEL", pod, uid, by)) === undefined);
      await cluster.removePod(namespace, pod.name);
    },
    left: async () => {
      const entries = (await objects(pools)).flatMap(({ metadata, spec }) =>
        Object.entries(Object(spec).allocations).map(
          ([key, entry]) => `${metadata.name} ${key}: ${JSON.stringify(entry)}`,
        ),
      );
      const held = (await objects(reservations)).map(
        ({ metadata, spec }) => `${metadata.name}: ${JSON.stringify(spec)} ${JSON.stringify(metadata.annotations)}`,
      );
      return [...entries, ...held];
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(
        nodes.map(async ({ agent }) => {
          agent?.signal("SIGCONT");
          await agent?.kill();
        }),
      );
      await sandboxes[Symbol.asyncDispose]();
      // Pools in one namespace only: agents of the next test would refuse to serve beside them (P2).
      for (const { metadata } of await objects(pools))
        await cluster.client.ask({ method: "DELETE", path: pathOf(pools, namespace, metadata.name) });
      // And one Whereabouts only: the next test unbinds it, and binds none of another installation again.
      const own = `${namespace}.whereabouts`;
      if ((await objects(clusterRoleBindings)).some(({ metadata }) => metadata.name === own))
        await cluster.client.ask({ method: "DELETE", path: pathOf(clusterRoleBindings, undefined, own) });
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function keyOf({ network, address }: Pick<MixedPod, "network" | "address">): string {
  return `${network.scope} ${address}`;
}
