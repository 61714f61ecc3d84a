/**
 * What every check of the cluster may look at, and how it tells that it could not.
 *
 * @module
 */
import { shorten } from "../../../core/failure/failure.ts";
import { collectPages } from "../../../core/kube/read-pages.ts";
import type { KubeObject, Refused, Resource, Unanswered } from "../../../core/ports/kube-api.ts";
import type { Status } from "../../agent.ts";
import { missingRule, wholeMessage } from "../../cluster/forbidden.ts";
import type { OpenedCluster } from "../../cluster/open-cluster.ts";
import type { AskPermission, Session } from "../../world.ts";
import { fail, type Finding, warn } from "../finding.ts";

export type ClusterPatient = {
  readonly session: Session;
  readonly cluster: OpenedCluster;
  readonly may: AskPermission | undefined;
  /** Of this machine's agent; undefined when none with this store answers. */
  readonly status: Status | undefined;
};

const asSomebodyElse = "run it as somebody who may: berthctl doctor --kubeconfig FILE";

/** One check that cannot look keeps no other from it. */
export function blocked(what: string, thing: string, answer: Refused | Unanswered): Finding {
  if (answer.kind === "unknown")
    return fail(what, `${thing} could not be read: ${shorten(answer.reason)}`, "run it again: berthctl doctor");
  const rule = answer.status === 403 ? missingRule(answer.message) : undefined;
  // What an agent needs is looked at by itself: this is only about who looks.
  if (rule !== undefined)
    return warn(what, `${thing} could not be looked at: this user may not ${rule.words}`, asSomebodyElse);
  const isForbidden = answer.status === 401 || answer.status === 403;
  const text = `${thing} could not be looked at: ${wholeMessage(answer.message)}`;
  return warn(what, text, isForbidden ? asSomebodyElse : "run: kubectl api-resources");
}

/** A kind that this cluster lacks has no objects. */
export async function readAll<T>(
  { cluster }: ClusterPatient,
  resource: Resource,
  take: (object: KubeObject) => T | undefined,
  query: { readonly fields?: string; readonly labels?: string; readonly metadataOnly?: boolean } = {},
): Promise<{ readonly kind: "all"; readonly items: readonly T[] } | Refused | Unanswered> {
  const { metadataOnly = false, ...selectors } = query;
  const found = await collectPages(cluster.api, { resource, ...selectors, metadataOnly, pageSize: 200 }, take);
  return found.kind === "refused" && found.status === 404 ? { kind: "all", items: [] } : found;
}

/** `a, b and 3 more` */
export function some(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most).join(", ");
  return names.length <= most ? shown : `${shown} and ${names.length - most} more`;
}
