/**
 * Whether a pod still needs what it holds.
 *
 * @module
 */
import type { KubeObject } from "../ports/kube-api.ts";
import { memberOf } from "./member-of.ts";

/** One that has succeeded or failed has no sandbox any more, and gets none (P17). */
export function hasEnded(pod: KubeObject): boolean {
  const phase = memberOf(pod["status"], "phase");
  return phase === "Succeeded" || phase === "Failed";
}

/** The same as a field selector: the server leaves them out. */
export const notEnded = "status.phase!=Succeeded,status.phase!=Failed";
