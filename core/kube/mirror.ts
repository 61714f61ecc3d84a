/**
 * The second uid of a static pod.
 *
 * @module
 */
import type { KubeMetadata } from "../ports/kube-api.ts";

/** Of a static pod's mirror: the uid that its kubelet knows it by, and its containers bear (P17); "" for any other pod. */
export function mirrorUid({ annotations }: Pick<KubeMetadata, "annotations">): string {
  return annotations?.["kubernetes.io/config.mirror"] ?? "";
}
