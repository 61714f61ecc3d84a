/**
 * The second look at a suspect, after its grace: everything it rests on is read anew, uncached, and only the very state that was seen
 * first is freed (P12, P17).
 *
 * @module
 */
import { judge } from "../../reconcile/judge.ts";
import type { LeaseSight, NodeSight, PodSight } from "../../reconcile/sight.ts";
import type { Verdict } from "../../reconcile/verdict.ts";
import { nodelessSight, nodeSight, type NodesSeen } from "./look-elsewhere.ts";
import { ownSight } from "./look-own.ts";
import type { ReconcileNeeds } from "./needs.ts";
import type { NodeLooks } from "./node-looks.ts";
import { podSight } from "./pod-sight.ts";

export type Suspect = {
  readonly sight: LeaseSight;
  /** On the boot clock, when it had been looked at first. */
  readonly sinceNs: bigint;
  /** All nodes at the first look, of a lease that names none. */
  readonly nodes?: NodesSeen["nodes"] | undefined;
};

export type LookedAgain =
  | { readonly kind: "judged"; readonly verdict: Verdict }
  /** Changed, or freed by somebody else. */
  | { readonly kind: "overtaken" }
  | { readonly kind: "unread"; readonly reason: string };

/** @param nodes as of the second look */
export async function lookAgain(
  needs: ReconcileNeeds,
  { sight, sinceNs, nodes: before }: Suspect,
  nodes: NodeLooks,
): Promise<LookedAgain> {
  const { scene, clock, times } = needs;
  const now = await scene.look(sight.lease);
  if (now.kind === "unknown") return { kind: "unread", reason: now.reason };
  if (now.lease?.version !== sight.lease.version) return { kind: "overtaken" };
  const pod = sight.lease.holder?.pod;
  const podNow = podSight(pod, pod === undefined ? "absent" : await scene.pod(pod));
  const node = await nodeNow(needs, { sight, podNow, before }, nodes);
  const ms = Number((clock.bootNs() - sinceNs) / 1_000_000n);
  return { kind: "judged", verdict: judge({ lease: now.lease, pod: podNow, node }, { ms, isUncached: true }, times) };
}

async function nodeNow(
  needs: ReconcileNeeds,
  { sight, podNow, before }: Pick<Suspect, "sight"> & { readonly podNow: PodSight; readonly before: Suspect["nodes"] },
  nodes: NodeLooks,
): Promise<NodeSight> {
  const { lease, node } = sight;
  const name = lease.holder?.node ?? "";
  if (node.kind === "own") return ownSight(needs, lease, { pod: podNow, agent: await nodes.agent(name) });
  const seen = await nodes.all();
  if (seen === undefined) return { kind: "unknown", reason: "the nodes could not be read" };
  if (name === "") return nodelessSight(needs, lease, { nodes: seen.nodes, before });
  const state = await nodes.of(name);
  if (state !== "absent" && "kind" in state) return { kind: "unknown", reason: state.reason };
  const one = new Map(state === "absent" ? [] : [[name, state]]);
  return nodeSight({ nodes: one, served: seen.served }, name);
}
