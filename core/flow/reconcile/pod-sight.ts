/**
 * What a pod says about a lease (P17): of the same name, and of the same uid in one of the two places where uids stand.
 *
 * @module
 */
import type { Unread } from "../../ports/cluster.ts";
import type { Pod } from "../../ports/holder.ts";
import type { PodState } from "../../ports/scene.ts";
import type { PodSight } from "../../reconcile/sight.ts";

/** @param found the pod of that namespace and name */
export function podSight(pod: Pod | undefined, found: PodState | "absent" | Unread): PodSight {
  if (pod === undefined || pod.name === "") return { kind: "unnamed" };
  if (found === "absent") return { kind: "gone", why: "absent" };
  if ("kind" in found) return { kind: "unknown", reason: found.reason };
  if (pod.uid !== undefined && found.uid !== pod.uid && found.mirror !== pod.uid)
    return { kind: "gone", why: "another uid" };
  if (found.phase === "ended") return { kind: "gone", why: "ended" };
  const kind = found.phase === "pending" ? "pending" : "lives";
  return pod.uid === undefined ? { kind, isByName: true } : { kind };
}
