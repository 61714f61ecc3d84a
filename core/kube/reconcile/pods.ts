/**
 * Pods, as far as a lease needs to know of them (P17). What Multus wrote on them is never asked: it may be late, broken or missing.
 *
 * @module
 */
import type { Unread } from "../../ports/cluster.ts";
import type { Pod } from "../../ports/holder.ts";
import type { KubeApi, KubeObject } from "../../ports/kube-api.ts";
import type { PodState } from "../../ports/scene.ts";
import { hasEnded, notEnded } from "../has-ended.ts";
import { memberOf } from "../member-of.ts";
import { mirrorUid } from "../mirror.ts";
import { collectPages, readPages } from "../read-pages.ts";
import { reasonOf } from "../reason.ts";
import { pods } from "../resources.ts";

/** From the server's cache, where the field is indexed (F35). */
export async function podsOfNode(
  api: Pick<KubeApi, "list">,
  node: string,
): Promise<{ readonly kind: "pods"; readonly pods: readonly PodState[] } | Unread> {
  const query = { resource: pods, fields: `spec.nodeName=${node}`, cached: true, metadataOnly: false, pageSize: 100 };
  const read = await collectPages(api, query, stateOf);
  return read.kind === "all" ? { kind: "pods", pods: read.items } : { kind: "unknown", reason: reasonOf(read) };
}

/** Uncached. */
export async function readPod(
  api: Pick<KubeApi, "read">,
  { namespace, name }: Pod,
): Promise<PodState | "absent" | Unread> {
  const found = await api.read({ resource: pods, namespace, name });
  if (found.kind === "absent") return "absent";
  return found.kind === "object" ? stateOf(found.object) : { kind: "unknown", reason: reasonOf(found) };
}

/** By metadata: the server leaves out what has ended. Memory: that of the names that were found. */
export async function livingPods(
  api: Pick<KubeApi, "list">,
  names: ReadonlySet<string>,
): Promise<{ readonly kind: "living"; readonly names: ReadonlySet<string> | undefined } | Unread> {
  const found = new Set<string>();
  let count = 0;
  const query = { resource: pods, fields: notEnded, metadataOnly: true };
  const unread = await readPages(
    api,
    { ...query, cached: true },
    {
      begin: () => {
        found.clear();
        count = 0;
      },
      keep: ({ metadata }) => {
        const name = `${metadata.namespace ?? ""}/${metadata.name}`;
        count += 1;
        if (names.has(name)) found.add(name);
      },
    },
  );
  if (unread !== undefined) return { kind: "unknown", reason: reasonOf(unread) };
  return { kind: "living", names: count === 0 ? undefined : found };
}

function stateOf(pod: KubeObject): PodState {
  const { namespace = "", name, uid = "" } = pod.metadata;
  return { namespace, name, uid, mirror: mirrorUid(pod.metadata), phase: phaseOf(pod) };
}

/** An unknown phase is a living one's. */
function phaseOf(pod: KubeObject): PodState["phase"] {
  if (hasEnded(pod)) return "ended";
  return memberOf(pod["status"], "phase") === "Pending" ? "pending" : "running";
}
