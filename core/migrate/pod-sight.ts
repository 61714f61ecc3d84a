/**
 * Pods as far as their addresses are concerned.
 *
 * @module
 */
import { hasEnded } from "../kube/has-ended.ts";
import { memberOf } from "../kube/member-of.ts";
import { mirrorUid } from "../kube/mirror.ts";
import type { KubeObject } from "../ports/kube-api.ts";

export type PodSight = {
  readonly node: string;
  /** Both of a static pod: the API's, and the one that the kubelet knows it by (P17). */
  readonly uids: readonly string[];
  readonly hasEnded: boolean;
};

/** By `namespace/name`. */
export type PodSights = ReadonlyMap<string, PodSight>;

export function podSights(pods: readonly KubeObject[]): PodSights {
  return new Map(pods.map((pod) => [`${pod.metadata.namespace}/${pod.metadata.name}`, podSight(pod)]));
}

function podSight(pod: KubeObject): PodSight {
  const { metadata } = pod;
  const node = memberOf(pod["spec"], "nodeName");
  return {
    node: typeof node === "string" ? node : "",
    uids: [metadata.uid ?? "", mirrorUid(metadata)].filter((uid) => uid !== ""),
    hasEnded: hasEnded(pod),
  };
}

export type PodState = "there" | "gone" | "ended" | "other-uid";

/** @param uid undefined where nobody wrote it down: then the name is all there is */
export function podState(pods: PodSights, ref: string, uid: string | undefined): PodState {
  const pod = pods.get(ref);
  if (pod === undefined) return "gone";
  if (uid !== undefined && !pod.uids.includes(uid)) return "other-uid";
  return pod.hasEnded ? "ended" : "there";
}
