/**
 * Nodes and their agents: who could still write in the old way.
 *
 * @module
 */
import { memberOf } from "../kube/member-of.ts";
import type { KubeObject } from "../ports/kube-api.ts";

export type NodeSight = {
  readonly name: string;
  readonly agent: "ready" | "not ready" | "none";
  /** What the agent's pod found under Whereabouts' name: "none", a path, or undefined when it does not say. */
  readonly foreignPlugin: string | undefined;
};

/** What finds agents' pods, in any namespace. */
export const agentSelector = "app.kubernetes.io/name=berth,app.kubernetes.io/component=agent";

/** On an agent's pod: executables called `whereabouts` on its node that are not Berth's; "none" when it looked and found none. */
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
    if (pod === undefined) return { name, agent: "none", foreignPlugin: undefined };
    const told = pod.metadata.annotations?.[foreignPluginKey];
    return { name, agent: isReady(pod) ? "ready" : "not ready", foreignPlugin: told === "" ? undefined : told };
  });
}

/** Whether the node has an agent that does its work. */
export function hasAgent(nodes: readonly NodeSight[], node: string): boolean {
  return nodes.some(({ name, agent }) => name === node && agent === "ready");
}

function isReady(pod: KubeObject): boolean {
  const conditions = memberOf(pod["status"], "conditions");
  return (
    Array.isArray(conditions) &&
    conditions.some((one) => memberOf(one, "type") === "Ready" && memberOf(one, "status") === "True")
  );
}
