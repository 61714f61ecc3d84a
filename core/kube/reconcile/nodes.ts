/**
 * Nodes, as Kubernetes tells of them (P18, rule 2).
 *
 * @module
 */
import type { Unread } from "../../ports/cluster.ts";
import type { KubeApi, KubeObject } from "../../ports/kube-api.ts";
import type { NodeState } from "../../ports/scene.ts";
import { memberOf } from "../member-of.ts";
import { readPages } from "../read-pages.ts";
import { reasonOf } from "../reason.ts";
import { nodes } from "../resources.ts";

const outOfService = "node.kubernetes.io/out-of-service";

/** A Node may have 50 KiB: names of images. */
const pageSize = 50;

export async function readNodes(
  api: Pick<KubeApi, "list">,
): Promise<{ readonly kind: "nodes"; readonly nodes: ReadonlyMap<string, NodeState> } | Unread> {
  const found = new Map<string, NodeState>();
  const unread = await readPages(
    api,
    { resource: nodes, metadataOnly: false, cached: false, pageSize },
    { begin: () => found.clear(), keep: (object) => void found.set(object.metadata.name, stateOf(object)) },
  );
  return unread === undefined ? { kind: "nodes", nodes: found } : { kind: "unknown", reason: reasonOf(unread) };
}

/** Uncached. */
export async function readNode(api: Pick<KubeApi, "read">, name: string): Promise<NodeState | "absent" | Unread> {
  const found = await api.read({ resource: nodes, name });
  if (found.kind === "absent") return "absent";
  return found.kind === "object" ? stateOf(found.object) : { kind: "unknown", reason: reasonOf(found) };
}

function stateOf({ spec, status }: KubeObject): NodeState {
  return {
    isReady: isReady(status),
    since: readySince(status),
    bootId: bootIdOf(status),
    isOutOfService: listOf(memberOf(spec, "taints")).some((taint) => memberOf(taint, "key") === outOfService),
  };
}

function bootIdOf(status: unknown): string {
  const told = memberOf(memberOf(status, "nodeInfo"), "bootID");
  return typeof told === "string" ? told : "";
}

function readySince(status: unknown): string {
  const ready = listOf(memberOf(status, "conditions")).find((one) => memberOf(one, "type") === "Ready");
  const since = memberOf(ready, "lastTransitionTime");
  return typeof since === "string" ? since : "";
}

/** Of a Node or a Pod: its condition Ready is True. */
export function isReady(status: unknown): boolean {
  return listOf(memberOf(status, "conditions")).some(
    (one) => memberOf(one, "type") === "Ready" && memberOf(one, "status") === "True",
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
