/**
 * A person's or a controller's word that a machine is off (P18, rule 2).
 *
 * @module
 */
import type { KubeObject } from "../ports/kube-api.ts";
import { memberOf } from "./member-of.ts";

/** Whether the Node has the taint, whatever its effect. */
export function isOutOfService({ spec }: KubeObject): boolean {
  const taints = memberOf(spec, "taints");
  return (
    Array.isArray(taints) && taints.some((taint) => memberOf(taint, "key") === "node.kubernetes.io/out-of-service")
  );
}
