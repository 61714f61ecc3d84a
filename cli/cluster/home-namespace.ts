/**
 * Is this the namespace that the cluster's agents use? In another one nothing is held, an order excludes nothing, and advice about
 * the pools of the first would be about those in use (P2, F13).
 *
 * @module
 */
import { collectPages, type Listed } from "../../core/kube/read-pages.ts";
import { pools, reservations } from "../../core/kube/resources.ts";
import type { Resource } from "../../core/ports/kube-api.ts";
import { exitCodes } from "../exit.ts";
import { type Refusal, refusal } from "../refusal.ts";
import type { OpenedCluster } from "./open-cluster.ts";
import { unreadable } from "./unreadable.ts";

/**
 * Cost: one list of pools as metadata, and where there is none in the whole cluster, one of reservations.
 *
 * @returns undefined when it is, when there is nothing anywhere, and when other namespaces may not be looked into
 */
export async function refuseEmptyHome(cluster: OpenedCluster): Promise<Refusal | undefined> {
  for (const resource of [pools, reservations]) {
    const found = await namespacesWith(cluster, resource);
    if (found.kind === "unknown") return unreadable(resource.plural, found);
    if (found.kind !== "all") return undefined;
    const homes = [...new Set(found.items)].sort();
    if (homes.includes(cluster.namespace)) return undefined;
    if (homes.length > 0) return elsewhere(cluster.namespace, homes, resource);
  }
  return undefined;
}

function namespacesWith({ api }: OpenedCluster, resource: Resource): Promise<Listed<string>> {
  return collectPages(api, { resource, metadataOnly: true, mayLack: true }, ({ metadata }) => metadata.namespace ?? "");
}

function elsewhere(namespace: string, homes: readonly string[], { plural }: Resource): Refusal {
  const [home = ""] = homes;
  return refusal(
    exitCodes.usage,
    `Cannot use namespace "${namespace}": expected the one that the agents use: ${homes.join(", ")} has ${plural}, ${namespace} has none`,
    `name it: --namespace ${home}`,
  );
}
