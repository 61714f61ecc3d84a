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
import { isOutOfService } from "./out-of-service.ts";
import { readPodState } from "./pod-state.ts";
import { collectPages, type Listed } from "./read-pages.ts";
import { reasonOf } from "./reason.ts";
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
  return { kind: "node", state: isOutOfService(found.object) ? "lost" : "there" };
}

/** `kept`: `why` goes after "Kept <lease>:". */
export type JudgedLease = { readonly lease: Reservation } & (
  | { readonly kind: "free" }
  | { readonly kind: "kept"; readonly why: string }
);

/**
 * By its own pod, wherever that runs (P18, rule 2): the node may only be called otherwise than its agent thinks. What is not
 * known to be gone is kept. One read for each lease, some at once.
 *
 * @returns refused: nobody may read pods, and nothing is judged
 */
export async function judgeLeases(
  api: Pick<KubeApi, "read">,
  leases: readonly Reservation[],
): Promise<{ readonly kind: "judged"; readonly leases: readonly JudgedLease[] } | Refused> {
  const judged: JudgedLease[] = [];
  for (let at = 0; at < leases.length; at += readsAtOnce) {
    const group = leases.slice(at, at + readsAtOnce);
    for (const one of await Promise.all(group.map((lease) => judge(api, lease)))) {
      if ("status" in one) return one;
      judged.push(one);
    }
  }
  return { kind: "judged", leases: judged };
}

const readsAtOnce = 20;

async function judge(api: Pick<KubeApi, "read">, lease: Reservation): Promise<JudgedLease | Refused> {
  const pod = lease.holder?.pod;
  if (pod === undefined) return { kind: "kept", lease, why: "it names no pod that could be looked for" };
  const state = await readPodState(api, pod);
  if (state.kind === "pod")
    return state.lives ? { kind: "kept", lease, why: "its pod is there" } : { kind: "free", lease };
  return state.kind === "refused" ? state : { kind: "kept", lease, why: `its pod cannot be read: ${reasonOf(state)}` };
}

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
