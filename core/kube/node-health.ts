/**
 * Whether a node's kubelet is alive, as its Node says: while it is, a pod that has gone has no containers left (P18).
 *
 * @module
 */
import type { NodeHealth } from "../ports/cluster.ts";
import type { KubeApi } from "../ports/kube-api.ts";
import { readyOf } from "./ready.ts";
import { reasonOf } from "./reason.ts";
import { nodes } from "./resources.ts";

/** One uncached read. */
export async function readNodeHealth(api: Pick<KubeApi, "read">, name: string): Promise<NodeHealth> {
  const found = await api.read({ resource: nodes, name });
  if (found.kind === "absent") return { kind: "node", isReady: false, since: "" };
  if (found.kind !== "object") return { kind: "unknown", reason: reasonOf(found) };
  const { isReady, since } = readyOf(found.object["status"]);
  // A Node that is made anew is another one.
  return { kind: "node", isReady, since: `${found.object.metadata.uid} ${since}` };
}
