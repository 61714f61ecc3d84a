/**
 * Whether a pod lives, asked for by its own name; and which pods a list by node shows, which depends on what the node is called.
 *
 * @module
 */
import type { LivingPods } from "../ports/cluster.ts";
import type { Pod } from "../ports/holder.ts";
import type { KubeApi, Refused, Unanswered } from "../ports/kube-api.ts";
import { hasEnded, notEnded } from "./has-ended.ts";
import { mirrorUid } from "./mirror.ts";
import { collectPages } from "./read-pages.ts";
import { reasonOf } from "./reason.ts";
import { pods } from "./resources.ts";

/** A pod that has ended, and one of another uid, does not hold its addresses (P17). */
export type PodState = { readonly kind: "pod"; readonly lives: boolean } | Refused | Unanswered;

/** One uncached read. */
export async function readPodState(api: Pick<KubeApi, "read">, { namespace, name, uid }: Pod): Promise<PodState> {
  const found = await api.read({ resource: pods, namespace, name });
  if (found.kind === "absent") return { kind: "pod", lives: false };
  if (found.kind !== "object") return found;
  const { metadata } = found.object;
  const isSame = uid === undefined || metadata.uid === uid || mirrorUid(metadata) === uid;
  return { kind: "pod", lives: isSame && !hasEnded(found.object) };
}

/** Metadata only, from the cache, by the index of nodes (F29, F35). A pod that has ended is left out by the server. */
export async function readLivingPods(api: Pick<KubeApi, "list">, node: string): Promise<LivingPods> {
  const fields = `spec.nodeName=${node},${notEnded}`;
  const query = { resource: pods, fields, cached: true, metadataOnly: true };
  const read = await collectPages(api, query, ({ metadata }) => [metadata.uid ?? "", mirrorUid(metadata)]);
  if (read.kind !== "all") return { kind: "unknown", reason: reasonOf(read) };
  const uids = read.items.flat().filter((uid) => uid !== "");
  return { kind: "living", uids: new Set(uids) };
}
