/**
 * Events for people: on the pod a thing is about, or on the node.
 *
 * @module
 */
import type { NewObject } from "../ports/kube-api.ts";
import type { Happening } from "../ports/cluster.ts";

type About = {
  readonly node: string;
  readonly namespace: string;
  /** Wall clock, ms. */
  readonly nowMs: () => number;
  /** RFC 3339 text of such a time. */
  readonly timestamp: (ms: number) => string;
};

/** The API server takes 1,024 bytes of a message. */
const messageMax = 1000;

export function eventOf({ reason, message, pod }: Happening, { node, namespace, nowMs, timestamp }: About): NewObject {
  const at = nowMs();
  const where = pod?.namespace ?? namespace;
  const time = timestamp(at);
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `berth-${reason.toLowerCase()}-${at.toString(36)}`, namespace: where },
    type: "Warning",
    reason,
    message: message.slice(0, messageMax),
    involvedObject:
      pod === undefined
        ? { kind: "Node", apiVersion: "v1", name: node, uid: node }
        : { kind: "Pod", apiVersion: "v1", namespace: pod.namespace, name: pod.name, uid: pod.uid ?? "" },
    source: { component: "berth-agent", host: node },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}
