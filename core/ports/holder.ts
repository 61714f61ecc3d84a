/**
 * Who holds an address, or asks for one.
 *
 * @module
 */
import type { NamespaceEvidence } from "./namespaces.ts";

/** One interface of one container, in one definition: CNI's own key. */
export type Attachment = {
  /** The `name` of the CNI network configuration. */
  readonly definition: string;
  readonly containerId: string;
  readonly ifName: string;
};

export type Pod = { readonly namespace: string; readonly name: string; readonly uid: string | undefined };

/** When a launcher was started: comparable only inside one boot. */
export type Started = { readonly bootId: string; readonly bootNs: bigint };

export type Holder = {
  readonly attachment: Attachment;
  /** Undefined for runtimes that name no pod (nerdctl, podman, cnitool). */
  readonly pod: Pod | undefined;
  readonly node: string;
  readonly started: Started;
  readonly evidence: NamespaceEvidence;
};

/** `namespace/name`, or `/<containerId>` for a container without a pod (P11). */
export function podRef(holder: Holder): string {
  return holder.pod === undefined ? `/${holder.attachment.containerId}` : `${holder.pod.namespace}/${holder.pod.name}`;
}

/** Reads what `podRef` and Whereabouts write. The namespace is "" where no pod is named. */
export function readPodRef(text: string): Pod {
  const slash = text.indexOf("/");
  return { namespace: text.slice(0, Math.max(0, slash)), name: text.slice(slash + 1), uid: undefined };
}

/** Reports whether `a` was started before `b`; what was started in another boot counts as earlier (P13). */
export function isEarlier(a: Started, b: Started): boolean {
  return a.bootId !== b.bootId || a.bootNs < b.bootNs;
}
