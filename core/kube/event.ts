/**
 * Events for people: on the object a thing is about. Looked up with `kubectl describe`, and gone after an hour.
 *
 * @module
 */
import type { NewObject } from "../ports/kube-api.ts";
import type { Happening } from "../ports/cluster.ts";
import { fnv64 } from "../wire/fnv.ts";
import { encodeUtf8 } from "../wire/utf8.ts";

/** Who tells, and when. */
export type Teller = {
  readonly component: "berth-agent" | "berth-reconciler";
  /** The node it runs on. */
  readonly node: string;
  /** Wall clock, ms. */
  readonly nowMs: () => number;
  /** RFC 3339 text of such a time. */
  readonly timestamp: (ms: number) => string;
};

/** What it is about. Nobody looks whether that exists: `kubectl describe` finds it by these names. */
export type Involved = {
  readonly apiVersion: string;
  readonly kind: string;
  /** "" for an object without. */
  readonly namespace: string;
  readonly name: string;
  /** "" where it is not known. */
  readonly uid: string;
};

export type Telling = {
  readonly type: "Normal" | "Warning";
  /** One word in the case of types: what is filtered by. */
  readonly reason: string;
  readonly message: string;
  readonly about: Involved;
  /** Two of the same key are one Event: its object's name is made of it. */
  readonly key: string;
};

/** The API server takes 1,024 bytes of a message. */
const messageMax = 1_024;

export function formatEvent(
  { type, reason, message, about, key }: Telling,
  { component, node, nowMs, timestamp }: Teller,
): NewObject {
  const { namespace, ...rest } = about;
  const time = timestamp(nowMs());
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `berth-${reason.toLowerCase()}-${key}`, namespace: namespace === "" ? homeless : namespace },
    type,
    reason,
    message: cut(message),
    involvedObject: namespace === "" ? rest : { ...rest, namespace },
    source: { component, host: node },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}

/** Where the API server wants Events of objects that are in no namespace, and nowhere else. */
const homeless = "default";

export function aboutPod(pod: NonNullable<Happening["pod"]>): Involved {
  return { apiVersion: "v1", kind: "Pod", namespace: pod.namespace, name: pod.name, uid: pod.uid ?? "" };
}

/** By the name as its uid, as kubelets do it: `kubectl describe node` looks for both. */
export function aboutNode(name: string): Involved {
  return { apiVersion: "v1", kind: "Node", namespace: "", name, uid: name };
}

/** 16 characters for whatever says that two Events are one. */
export function eventKey(...parts: readonly string[]): string {
  return fnv64(encodeUtf8(parts.join("\0")));
}

/** What an agent tells: each time anew. */
export function eventOf({ reason, message, pod }: Happening, about: Omit<Teller, "component">): NewObject {
  return formatEvent(
    {
      type: "Warning",
      reason,
      message,
      about: pod === undefined ? aboutNode(about.node) : aboutPod(pod),
      key: about.nowMs().toString(36),
    },
    { ...about, component: "berth-agent" },
  );
}

/** Whole characters, as many as fit. */
function cut(text: string): string {
  if (encodeUtf8(text).length <= messageMax) return text.toWellFormed();
  let kept = "";
  let size = encodeUtf8("…").length;
  for (const character of text.toWellFormed()) {
    size += encodeUtf8(character).length;
    if (size > messageMax) break;
    kept += character;
  }
  return `${kept}…`;
}
