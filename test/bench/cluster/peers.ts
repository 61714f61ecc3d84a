/**
 * The two programs that are compared, as a runtime would execute them on many nodes: both as processes of their own.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type AgentPlace, launcherFolder } from "../../support/agent-process.ts";
import type { Cluster } from "../../support/api-server-cluster.ts";
import { statusOf } from "../../support/ask-agent.ts";
import { type ClusterAgents, startClusterAgents } from "../../support/cluster-agents.ts";
import { createWhereaboutsNode, whereaboutsRules } from "../../support/whereabouts.ts";
import { whereaboutsFile } from "../../tools/places.ts";
import type { Spawner, Timing } from "../spawn.ts";

export type Bench = {
  readonly cluster: Cluster;
  readonly spawn: Spawner;
  /** Absolute, for answers. */
  readonly folder: string;
  /** A network namespace that stands. */
  readonly netns: string;
};

export type Batch = {
  readonly verb: "ADD" | "DEL";
  readonly count: number;
  readonly atOnce: number;
  /** The first pod's number. */
  readonly first: number;
  readonly ipam: object;
  /** Of the network configuration. */
  readonly name: string;
  /** The pods are on the first so many nodes. Left out: on all. */
  readonly onNodes?: number;
  /** When no call is begun any more. Left out: an hour. */
  readonly limitMs?: number;
};

export type Called = Timing & {
  readonly failed: number;
  /** What the failed ones said, each once. */
  readonly words: readonly string[];
  /** Of an ADD: every address that was answered. */
  readonly addresses: readonly string[];
};

export type Peer = {
  readonly name: "Berth" | "Whereabouts";
  /** Of the API server's objects. */
  readonly namespace: string;
  /** By which the audit log knows it. */
  readonly user: string;
  readonly call: (batch: Batch) => Promise<Called>;
  /** Comes back when nothing is on its way in the background. */
  readonly settle: () => Promise<void>;
  readonly agents: ClusterAgents | undefined;
  readonly stop: () => Promise<void>;
};

/** @param whereabouts the setting of the cluster */
export async function berthPeer(bench: Bench, count: number, whereabouts: "absent" | "present"): Promise<Peer> {
  const agents = await startClusterAgents(bench.cluster, { count, whereabouts });
  const directory = agents.nodes[0]?.place.directory ?? "";
  // Each node has its own socket: "#" becomes the node's number.
  const nodeFolder = `${directory.slice(0, -1)}#`;
  const { namespace, access } = agents;
  return {
    name: "Berth",
    namespace,
    user: access.user,
    agents,
    call: (batch) =>
      callAll(bench, batch, {
        program: join(launcherFolder, "berth"),
        nodes: count,
        plugin: { type: "berth" },
        podNamespace: namespace,
        env: { BERTH_SOCKET: join(nodeFolder, "agent.sock"), BERTH_SPOOL: join(nodeFolder, "spool") },
      }),
    settle: async () => {
      for (const { place } of agents.nodes) await settle(place);
    },
    stop: async () => {
      await agents[Symbol.asyncDispose]();
    },
  };
}

/** As long as a create may land late, and a pause (P9). */
const settleMs = 150_000;
/** To be asked costs an agent time, too. */
const askEveryMs = 20;

async function settle(place: AgentPlace): Promise<void> {
  const until = performance.now() + settleMs;
  for (;;) {
    await delay(askEveryMs);
    const { freeing, intents, node } = await statusOf(place);
    if (freeing === 0 && intents === 0) return;
    if (performance.now() > until)
      throw new Error(
        `Cannot settle agent "${node}": expected nothing on its way, ${freeing} frees, ${intents} intents`,
      );
  }
}

export async function whereaboutsPeer(bench: Bench): Promise<Peer> {
  const namespace = await bench.cluster.namespace("whereabouts");
  const access = await bench.cluster.account({ namespace, name: "whereabouts", rules: whereaboutsRules });
  const { folder } = createWhereaboutsNode(bench.cluster.directory, "n0", access.kubeconfig);
  return {
    name: "Whereabouts",
    namespace,
    user: access.user,
    agents: undefined,
    call: (batch) =>
      callAll(bench, batch, {
        program: whereaboutsFile("whereabouts"),
        nodes: 1,
        plugin: { type: "whereabouts", configuration_path: join(folder, "whereabouts.conf") },
        podNamespace: namespace,
        env: {},
      }),
    settle: async () => undefined,
    stop: async () => undefined,
  };
}

type Site = {
  readonly program: string;
  readonly nodes: number;
  readonly plugin: object;
  readonly podNamespace: string;
  readonly env: { readonly [name: string]: string };
};

async function callAll({ spawn, folder, netns }: Bench, batch: Batch, site: Site): Promise<Called> {
  const { verb, count, atOnce, first, ipam, name, limitMs, onNodes = site.nodes } = batch;
  const answers = mkdtempSync(join(folder, "answers-"));
  mkdirSync(answers, { recursive: true });
  const args = `IgnoreUnknown=1;K8S_POD_NAMESPACE=${site.podNamespace};K8S_POD_NAME=pod-@;K8S_POD_UID=uid-@`;
  const timing = await spawn({
    program: site.program,
    count,
    atOnce,
    first,
    nodes: onNodes,
    ...(limitMs === undefined ? {} : { limitMs }),
    out: join(answers, "@"),
    mayFail: true,
    input: JSON.stringify({ cniVersion: "1.0.0", name, type: "macvlan", ipam: { ...ipam, ...site.plugin } }),
    env: {
      PATH: process.env["PATH"] ?? "",
      CNI_COMMAND: verb,
      // As long as a real one.
      CNI_CONTAINERID: `${"0".repeat(48)}${name.length.toString(16)}-@`,
      CNI_IFNAME: "net1",
      CNI_NETNS: netns,
      CNI_PATH: launcherFolder,
      CNI_ARGS: args,
      ...site.env,
    },
  });
  const results = readdirSync(answers).map((file): Answer => parsed(readFileSync(join(answers, file), "utf8")));
  return {
    ...timing,
    failed: timing.statuses.filter((status) => status !== 0).length,
    words: [...new Set(results.map(({ msg }) => msg?.slice(0, 160)).filter((msg) => msg !== undefined))],
    addresses: results.flatMap(({ ips = [] }) => ips.map(({ address }) => address)),
  };
}

type Answer = { readonly msg?: string; readonly ips?: readonly { readonly address: string }[] };

function parsed(text: string): Answer {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
