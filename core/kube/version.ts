/**
 * Which state of which object was judged: its uid and its resourceVersion (P12).
 *
 * @module
 */
import type { KubeMetadata } from "../ports/kube-api.ts";

export type Version = { readonly uid: string; readonly resourceVersion: string };

/** `<uid>/<resourceVersion>` */
export function formatVersion({
  uid = "",
  resourceVersion = "",
}: Pick<KubeMetadata, "uid" | "resourceVersion">): string {
  return `${uid}/${resourceVersion}`;
}

export function parseVersion(text: string): Version {
  const slash = text.indexOf("/");
  return slash === -1
    ? { uid: "", resourceVersion: "" }
    : { uid: text.slice(0, slash), resourceVersion: text.slice(slash + 1) };
}

/** A resourceVersion as a number, to tell later from earlier (P16); -1 when it is none. */
export function revisionOf(resourceVersion: string | undefined): bigint {
  return resourceVersion !== undefined && /^\d{1,20}$/.test(resourceVersion) ? BigInt(resourceVersion) : -1n;
}
