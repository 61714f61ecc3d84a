/**
 * Agents of many nodes as processes of their own, all on one API server.
 *
 * @module
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configMaps } from "../../core/kube/resources.ts";
import { treeRoot } from "../tools/places.ts";
import { agentPolicy } from "./agent-policy.ts";
import { type AgentPlace, agentPlace, type RunningAgent, startAgent } from "./agent-process.ts";
import type { Access } from "./api-server-access.ts";
import { pathOf } from "./api-server-client.ts";
import type { Cluster } from "./api-server-cluster.ts";

export type ClusterNode = {
  readonly name: string;
  readonly place: AgentPlace;
  /** Undefined while it is down. */
  agent: RunningAgent | undefined;
};

export type ClusterAgents = AsyncDisposable & {
  readonly nodes: readonly ClusterNode[];
  /** Where the objects are. */
  readonly namespace: string;
  readonly access: Access;
  /** Starts it, and waits until it listens. */
  readonly start: (node: ClusterNode) => Promise<void>;
};

export type ClusterAgentsOptions = {
  readonly count: number;
  /** The setting of the cluster (P4). Left out: absent, Berth is alone. */
  readonly whereabouts?: "absent" | "present";
  /** How often namespaces are looked at. Left out: 60. */
  readonly sweepSeconds?: number;
};

/** How many start at the same moment: each takes a processor for a second. */
const startsAtOnce = 4;

/** Comes back when all of them listen. */
export async function startClusterAgents(cluster: Cluster, options: ClusterAgentsOptions): Promise<ClusterAgents> {
  const { count, whereabouts = "absent", sweepSeconds = 60 } = options;
  const namespace = await cluster.namespace("berth");
  const access = await cluster.account({ namespace, name: "berth", ...agentPolicy });
  const data = { whereabouts };
  await cluster.client.ask({
    method: "POST",
    path: pathOf(configMaps, namespace),
    body: { metadata: { name: "berth" }, data },
  });
  const directory = mkdtempSync(join(tmpdir(), "b-"));
  const bundle = copyPrograms(directory);
  const config = join(directory, "agent.json");
  writeFileSync(config, JSON.stringify({ sweepSeconds }));
  const nodes = Array.from({ length: count }, (_, at): ClusterNode => {
    const name = `${namespace}-n${at}`;
    return { name, place: agentPlace(join(directory, `n${at}`)), agent: undefined };
  });
  const args = ["--config", config, "--store", "kubernetes", "--kubeconfig", access.kubeconfig];
  const start = async (node: ClusterNode) => {
    node.agent = await startAgent(node.place, { bundle, args: [...args, "--node-name", node.name] });
  };
  const stop = async () => {
    await Promise.all(nodes.map(async ({ agent }) => agent?.kill()));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const waiting = [...nodes];
    const startSome = async () => {
      for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) await start(node);
    };
    await Promise.all(Array.from({ length: startsAtOnce }, startSome));
  } catch (error) {
    await stop();
    throw error;
  }
  return { nodes, namespace, access, start, [Symbol.asyncDispose]: stop };
}

/** They are started again and again: somebody may build anew meanwhile. */
function copyPrograms(directory: string): string {
  for (const folder of ["agent", "kube"]) {
    mkdirSync(join(directory, "dist", folder), { recursive: true });
    cpSync(join(treeRoot, "dist", folder), join(directory, "dist", folder), { recursive: true });
  }
  return join(directory, "dist/agent/main.mjs");
}
