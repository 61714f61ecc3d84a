/**
 * What Multus wrote on a pod of its networks, for people to compare with. It may be missing, empty, late by minutes or no JSON at all: so
 * it is never evidence of anything (P17).
 *
 * @module
 */
import { parseJson } from "../config/json.ts";
import type { KubeMetadata } from "../ports/kube-api.ts";
import { isRecord, memberOf } from "./member-of.ts";

/** One interface of the pod. Texts as they stand; "" for what is left out. */
export type NetworkOfPod = {
  /** `namespace/name` of the definition; of the default network the name that it gives itself. */
  readonly name: string;
  readonly ifName: string;
  /** Whoever wrote them: not all need be addresses. */
  readonly ips: readonly string[];
  readonly isDefault: boolean;
};

export type NetworkStatus =
  | { readonly kind: "networks"; readonly networks: readonly NetworkOfPod[] }
  /** No such annotation: there is no Multus, or it has not finished the pod's last network. */
  | { readonly kind: "missing" }
  | { readonly kind: "broken" };

const key = "k8s.v1.cni.cncf.io/network-status";

export function readNetworkStatus({ annotations }: Pick<KubeMetadata, "annotations">): NetworkStatus {
  const text = annotations?.[key];
  if (text === undefined || text.trim() === "") return { kind: "missing" };
  const json = parseJson(text);
  if (json.kind !== "json" || !Array.isArray(json.value)) return { kind: "broken" };
  const list: readonly unknown[] = json.value;
  return { kind: "networks", networks: list.filter(isRecord).map(networkOf) };
}

function networkOf(one: unknown): NetworkOfPod {
  const ips = memberOf(one, "ips");
  const list: readonly unknown[] = Array.isArray(ips) ? ips : [];
  return {
    name: textOf(memberOf(one, "name")),
    ifName: textOf(memberOf(one, "interface")),
    ips: list.filter((ip) => typeof ip === "string"),
    isDefault: memberOf(one, "default") === true,
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
