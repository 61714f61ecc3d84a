/**
 * Which mode the cluster is in, since when, and does this node's agent know it?
 *
 * @module
 */
import { modeName } from "../../../core/kube/mode.ts";
import { memberOf } from "../../../core/kube/member-of.ts";
import { configMaps } from "../../../core/kube/resources.ts";
import type { Mode } from "../../../core/ports/cluster.ts";
import type { KubeObject } from "../../../core/ports/kube-api.ts";
import { formatAge } from "../../format/instant.ts";
import { type Finding, ok, warn } from "../finding.ts";
import { checkAgentsView } from "./agents-view.ts";
import { blocked, type ClusterPatient } from "./patient.ts";

const what = "mode";

export type ModeSight = { readonly mode: Mode | undefined; readonly findings: readonly Finding[] };

export async function lookAtMode(patient: ClusterPatient): Promise<ModeSight> {
  const { session, cluster, status } = patient;
  const { api, namespace } = cluster;
  const nowMs = session.world.clock.nowMs();
  const answer = await api.read({ resource: configMaps, namespace, name: modeName });
  const name = `ConfigMap ${namespace}/${modeName}`;
  if (answer.kind !== "object" && answer.kind !== "absent")
    return { mode: undefined, findings: [blocked(what, name, answer), ...checkAgentsView(status, undefined, nowMs)] };
  const text = answer.kind === "object" ? memberOf(answer.object["data"], "whereabouts") : undefined;
  const mode: Mode = text === "absent" ? "absent" : "present";
  const since = answer.kind === "object" ? sinceWords(answer.object, nowMs) : `, for there is no ${name}`;
  const words = { present: "beside Whereabouts: its half is written, too", absent: "without Whereabouts" };
  const isOdd = text !== undefined && text !== "absent" && text !== "present";
  const finding = isOdd
    ? warn(what, `${name} says neither present nor absent: that counts as present`, "run: berthctl migrate status")
    : ok(what, `${words[mode]}${since}`);
  return { mode, findings: [finding, ...checkAgentsView(status, mode, nowMs)] };
}

/** What `berthctl migrate` wrote down, or when somebody made the object. */
function sinceWords(object: KubeObject, nowMs: number): string {
  const written = memberOf(object["data"], "since") ?? object.metadata.creationTimestamp;
  const sinceMs = typeof written === "string" ? Date.parse(written) : Number.NaN;
  return Number.isNaN(sinceMs) ? "" : `, since ${formatAge(nowMs - sinceMs)}`;
}
