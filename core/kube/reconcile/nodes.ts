/**
 * Nodes, as Kubernetes tells of them (P18, rule 2).
 *
 * @module
 */
import type { Unread } from "../../ports/cluster.ts";
import type { KubeApi, KubeObject } from "../../ports/kube-api.ts";
import type { NodeState } from "../../ports/scene.ts";
import { memberOf } from "../member-of.ts";
import { isOutOfService } from "../out-of-service.ts";
import { readPages } from "../read-pages.ts";
import { readyOf } from "../ready.ts";
import { reasonOf } from "../reason.ts";
import { nodes } from "../resources.ts";

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

function stateOf(node: KubeObject): NodeState {
  const bootId = memberOf(memberOf(node["status"], "nodeInfo"), "bootID");
  return {
    ...readyOf(node["status"]),
    bootId: typeof bootId === "string" ? bootId : "",
    isOutOfService: isOutOfService(node),
  };
}
