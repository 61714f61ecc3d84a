/**
 * Whether a pod lives, asked for by its own name: what a list by node tells depends on what the node is called.
 *
 * @module
 */
import type { Pod } from "../ports/holder.ts";
import type { KubeApi, Refused, Unanswered } from "../ports/kube-api.ts";
import { hasEnded } from "./has-ended.ts";
import { pods } from "./resources.ts";

/** A pod that has ended, and one of another uid, does not hold its addresses (P17). */
export type PodState = { readonly kind: "pod"; readonly lives: boolean } | Refused | Unanswered;

/** One uncached read. */
export async function readPodState(api: Pick<KubeApi, "read">, { namespace, name, uid }: Pod): Promise<PodState> {
  const found = await api.read({ resource: pods, namespace, name });
  if (found.kind === "absent") return { kind: "pod", lives: false };
  if (found.kind !== "object") return found;
  const { metadata } = found.object;
  const isSame = uid === undefined || metadata.uid === uid || metadata.annotations?.[mirror] === uid;
  return { kind: "pod", lives: isSame && !hasEnded(found.object) };
}

/** Static pods bear the uid that the kubelet knows them by here (P17). */
const mirror = "kubernetes.io/config.mirror";
