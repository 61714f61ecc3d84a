/**
 * Nodes and their agents: who could still write in the old way.
 *
 * @module
 */
import { berthLabels } from "../kube/berth-labels.ts";
import { memberOf } from "../kube/member-of.ts";
import { readyOf } from "../kube/ready.ts";
import type { KubeObject } from "../ports/kube-api.ts";

export type NodeSight = {
  readonly name: string;
  /**
   * `unseen`: no agent of the whole cluster runs as a pod. Then they are services of their nodes, or there are none: nothing that
   * can be read from here tells which.
   */
  readonly agent: "ready" | "not ready" | "none" | "unseen";
  /** What the agent's pod found under Whereabouts' name: "none", a path, or undefined when it does not say. */
  readonly foreignPlugin: string | undefined;
};

/** What finds agents' pods, in any namespace. */
export const agentSelector = `${berthLabels.name}=berth,${berthLabels.component}=agent`;

/**
 * On an agent's pod, for whoever installs Berth by pods: executables called `whereabouts` on its node that are not Berth's; "none" when it
 * looked and found none. No agent writes it by itself.
 */
const foreignPluginKey = "ipam.berth.io/foreign-plugin";

export function nodeSights(nodeList: readonly KubeObject[], agents: readonly KubeObject[]): readonly NodeSight[] {
  const byNode = new Map<string, KubeObject>();
  for (const pod of agents) {
    const node = memberOf(pod["spec"], "nodeName");
    if (typeof node !== "string" || pod.metadata.deletionTimestamp !== undefined) continue;
    const known = byNode.get(node);
    if (known === undefined || !isReady(known)) byNode.set(node, pod);
  }
  return nodeList.map(({ metadata: { name } }) => {
    const pod = byNode.get(name);
    if (pod === undefined) return { name, agent: agents.length === 0 ? "unseen" : "none", foreignPlugin: undefined };
    const told = pod.metadata.annotations?.[foreignPluginKey];
    return { name, agent: isReady(pod) ? "ready" : "not ready", foreignPlugin: told === "" ? undefined : told };
  });
}

/** Whether the node has an agent that does its work; `gone`: no Node of that name exists. */
export function agentOn(nodes: readonly NodeSight[], node: string): "ready" | "missing" | "unseen" | "gone" {
  const found = nodes.find(({ name }) => name === node);
  if (found === undefined) return "gone";
  return found.agent === "none" || found.agent === "not ready" ? "missing" : found.agent;
}

/** Where an agent that is a service of its node is looked for. */
export function lookCommand(node: string): string {
  return `on ${node} run: systemctl status berth-agent`;
}

/** To be run by a person who knows that the machine is off: its Node no longer exists. */
export function releaseCommand(node: string): string {
  return `if its machine is off, too: berthctl release --node ${node}`;
}

function isReady(pod: KubeObject): boolean {
  return readyOf(pod["status"]).isReady;
}
