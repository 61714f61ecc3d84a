/**
 * One lease as a reconciler would judge it now, for a person who asks: the same evidence, and the same words.
 *
 * @module
 */
import type { Reservation } from "../../ports/cluster.ts";
import { judge } from "../../reconcile/judge.ts";
import type { NodeSight, PodSight } from "../../reconcile/sight.ts";
import type { Verdict } from "../../reconcile/verdict.ts";
import { nodelessSight, nodeSight, seeNodes } from "./look-elsewhere.ts";
import { ownAgent, ownSight } from "./look-own.ts";
import type { ReconcileNeeds } from "./needs.ts";
import { podSight } from "./pod-sight.ts";

/** @param own the node whose network namespaces can be seen here; undefined: none */
export async function judgeOne(needs: ReconcileNeeds, lease: Reservation, own: string | undefined): Promise<Verdict> {
  const pod = lease.holder?.pod;
  const found = pod === undefined || pod.name === "" ? "absent" : await needs.scene.pod(pod);
  const sight = podSight(pod, found);
  const node = await nodeOf(needs, lease, { own, pod: sight });
  return judge({ lease, pod: sight, node }, { ms: 0, isUncached: true }, needs.times);
}

async function nodeOf(
  needs: ReconcileNeeds,
  lease: Reservation,
  { own, pod }: { readonly own: string | undefined; readonly pod: PodSight },
): Promise<NodeSight> {
  const name = lease.holder?.node ?? "";
  if (name !== "" && name === own) return ownSight(needs, lease, { pod, agent: await ownAgent(needs, name) });
  let why = "the nodes could not be read";
  const seen = await seeNodes(needs, { failed: (what, reason) => void (why = `${what}: ${reason}`) });
  return seen === undefined
    ? { kind: "unknown", reason: why }
    : name === ""
      ? nodelessSight(needs, lease, seen)
      : nodeSight(seen, name);
}
