/**
 * The leases of this machine's node, judged with its network namespaces (P18, rule 1): small answers however large the cluster.
 *
 * @module
 */
import type { Reservation } from "../../ports/cluster.ts";
import type { LeaseSight, NamespaceState, NodeSight, PodSight } from "../../reconcile/sight.ts";
import { judge as judgeEvidence } from "../evidence.ts";
import type { ReconcileNeeds, RunOptions } from "./needs.ts";
import { PodList } from "./pod-list.ts";

/** Leases before pods: whoever comes in between has a pod that the list shows (P17). */
export async function lookOwn(
  needs: ReconcileNeeds,
  node: string,
  { failed, unreadable }: Pick<RunOptions, "failed" | "unreadable">,
): Promise<readonly LeaseSight[]> {
  const leases: Reservation[] = [];
  const unread = await needs.scene.leasesOf(node, {
    begin: () => void (leases.length = 0),
    take: (lease) => void leases.push(lease),
    unreadable,
  });
  if (unread !== undefined) {
    failed(`leases of node ${node}`, unread.reason);
    return [];
  }
  if (leases.length === 0) return [];
  const pods = await PodList.read(needs.scene, node, false);
  const agent = await ownAgent(needs, node);
  const found: LeaseSight[] = [];
  for (const lease of leases) {
    const pod = await pods.sight(lease.holder?.pod);
    found.push({ lease, pod, node: await ownSight(needs, lease, { pod, agent }) });
  }
  return found;
}

type OwnAgent = Extract<NodeSight, { kind: "own" }>["agent"];

/** The namespace is only looked at when it decides: most pods live. */
export async function ownSight(
  needs: ReconcileNeeds,
  lease: Reservation,
  { pod, agent }: { readonly pod: PodSight; readonly agent: OwnAgent },
): Promise<NodeSight> {
  const isAsked = pod.kind === "gone" || pod.kind === "unnamed" || "isByName" in pod;
  const namespace: NamespaceState = isAsked
    ? await namespaceOf(needs, lease)
    : { kind: "unproven", why: "its network namespace was not looked at" };
  return { kind: "own", namespace, agent };
}

async function namespaceOf({ namespaces, clock }: ReconcileNeeds, { holder }: Reservation): Promise<NamespaceState> {
  if (holder === undefined) return { kind: "unproven", why: "nobody holds it" };
  const verdict = await judgeEvidence(namespaces, clock, holder.evidence);
  switch (verdict.kind) {
    case "stands":
    case "unproven":
      return verdict;
    case "gone":
      return { kind: "gone", why: verdict.why === "namespace gone" ? "its network namespace is gone" : verdict.why };
    case "earlier boot":
      return { kind: "gone", why: "the node has booted since" };
    default:
      return verdict satisfies never;
  }
}

/**
 * A pod of the agent that is Ready, or a service that answers on its socket. A machine that bears another one's name (F12) sees none of
 * that one's namespaces: it has to have booted when the Node says.
 */
export async function ownAgent({ scene, agentAnswers, clock }: ReconcileNeeds, node: string): Promise<OwnAgent> {
  const state = await scene.node(node);
  if (state !== "absent" && "kind" in state) return { unknown: `Node ${node} cannot be read: ${state.reason}` };
  if (state !== "absent" && state.bootId !== "" && state.bootId !== clock.bootId)
    return { unknown: `this machine is not ${node}: that one has booted at another time` };
  if ((await agentAnswers()) === true) return "ready";
  const berth = await scene.berthPods(node);
  if (berth.kind === "unknown") return { unknown: `whether an agent runs is not known: ${berth.reason}` };
  return berth.agents.has(node) ? "ready" : "none";
}
