/**
 * Traces of Whereabouts: its workloads, its pods, the Lease its plugin takes for every call.
 *
 * @module
 */
import { berthLabels } from "../kube/berth-labels.ts";
import { hasEnded } from "../kube/has-ended.ts";
import { isRecord, memberOf } from "../kube/member-of.ts";
import type { KubeObject } from "../ports/kube-api.ts";
import { isNamedWhereabouts } from "./find-bindings.ts";

export type Trace = {
  /** DaemonSet, Deployment, CronJob or Pod. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
};

export type LeaseTrace = {
  readonly namespace: string;
  readonly name: string;
  /** Wall clock of the node that renewed it, ms; undefined when it does not say. */
  readonly renewedMs: number | undefined;
};

/** By its own name, or a container's, or an image's: installers name it in their own ways. Berth's own are none. */
export function traceOf(object: KubeObject, kind: string): Trace | undefined {
  const { name, namespace = "", labels } = object.metadata;
  if (labels?.[berthLabels.name] === "berth") return undefined;
  const isTrace = isNamedWhereabouts(name) || containersOf(object["spec"]).some(isWhereaboutsContainer);
  return isTrace ? { kind, namespace, name } : undefined;
}

/** A pod that has ended serves nobody. */
export function podTraceOf(pod: KubeObject): Trace | undefined {
  return hasEnded(pod) ? undefined : traceOf(pod, "Pod");
}

export function leaseTraceOf(lease: KubeObject, parseTime: (text: string) => number | undefined): LeaseTrace {
  const { name, namespace = "" } = lease.metadata;
  const renewed = memberOf(lease["spec"], "renewTime");
  return { name, namespace, renewedMs: typeof renewed === "string" ? parseTime(renewed) : undefined };
}

/** Of a pod, of a template, or of a CronJob's template in a template. */
function containersOf(spec: unknown): readonly unknown[] {
  const inner = memberOf(memberOf(spec, "template"), "spec") ?? memberOf(memberOf(spec, "jobTemplate"), "spec");
  if (inner !== undefined) return containersOf(inner);
  return ["containers", "initContainers"].flatMap((field) => {
    const list = memberOf(spec, field);
    return Array.isArray(list) ? list.filter(isRecord) : [];
  });
}

function isWhereaboutsContainer(container: unknown): boolean {
  const [name, image] = [memberOf(container, "name"), memberOf(container, "image")];
  if (typeof name === "string" && isNamedWhereabouts(name)) return true;
  // A registry may be named after anything: only the image's own name counts.
  const own = typeof image === "string" ? image.slice(image.lastIndexOf("/") + 1) : "";
  return isNamedWhereabouts(own);
}
