/**
 * The leases of a node, for a person who gives them back because nobody else does: the node is gone, and its agent with it (P18,
 * rule 2).
 *
 * @module
 */
import type { Reservation } from "../ports/cluster.ts";
import type { KubeApi, Refused, Unanswered } from "../ports/kube-api.ts";
import type { Store } from "../ports/store.ts";
import { labels, selector } from "./labels.ts";
import { memberOf } from "./member-of.ts";
import { collectPages, type Listed } from "./read-pages.ts";
import { readReservation } from "./reservation.ts";
import { nodes, reservations } from "./resources.ts";

type Needs = { readonly api: KubeApi; readonly namespace: string };

/** Uncached, by the label of the node; a further reservation of an address goes with its first (P21). */
export function leasesOfNode({ api, namespace }: Needs, node: string): Promise<Listed<Reservation>> {
  const query = { resource: reservations, namespace, labels: selector({ [labels.node]: node }), metadataOnly: false };
  return collectPages(api, query, (object) => {
    const row = readReservation(object);
    return row?.holder?.node === node && row.twinOf === "" ? row : undefined;
  });
}

/** `lost`: no Node of that name exists, or somebody declared it out of service. */
export async function readNodeState(
  { api }: Pick<Needs, "api">,
  name: string,
): Promise<{ readonly kind: "node"; readonly state: "lost" | "there" } | Refused | Unanswered> {
  const found = await api.read({ resource: nodes, name });
  if (found.kind === "absent") return { kind: "node", state: "lost" };
  if (found.kind !== "object") return found;
  const taints = memberOf(found.object["spec"], "taints");
  const isOut = Array.isArray(taints) && taints.some((one) => memberOf(one, "key") === outOfService);
  return { kind: "node", state: isOut ? "lost" : "there" };
}

const outOfService = "node.kubernetes.io/out-of-service";

/** `changed`: somebody else holds it, or judged it anew, since it was read. `reason` goes after "found". */
export type FreedLease = { readonly kind: "freed" | "changed" } | { readonly kind: "unknown"; readonly reason: string };

/** As it was read, or not at all (P12). One that another living lease contests is handed over to that lease (P15). */
export async function freeLease(store: Pick<Store, "release" | "renew">, lease: Reservation): Promise<FreedLease> {
  if (lease.contested === undefined) {
    const answer = await store.release(lease);
    return answer.kind === "changed" ? { kind: "changed" } : answer;
  }
  const answer = await store.renew(lease, lease.contested);
  if (answer.kind === "unknown") return answer;
  return { kind: answer.kind === "held" ? "freed" : "changed" };
}
