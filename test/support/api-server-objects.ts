/**
 * What a cluster without nodes is given by hand: nodes, pods, namespaces and network definitions.
 *
 * @module
 */
import { definitions, nodes, pods } from "../../core/kube/resources.ts";
import type { KubeObject } from "../../core/ports/kube-api.ts";
import { type ApiClient, pathOf } from "./api-server-client.ts";

export type PodOptions = {
  readonly namespace: string;
  readonly name: string;
  /** Left out: nobody has placed it yet. */
  readonly node?: string;
  readonly annotations?: { readonly [key: string]: string };
  /** Left out: Running. */
  readonly phase?: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
};

let namespacesMade = 0;

/** A namespace of this test alone. */
export async function createNamespaceObject(client: ApiClient, prefix = "t"): Promise<string> {
  namespacesMade += 1;
  const name = `${prefix}-${process.pid}-${namespacesMade}`;
  await client.ask({ method: "POST", path: "/api/v1/namespaces", body: { metadata: { name } } });
  return name;
}

export type NodeOptions = {
  /** Left out: true. */
  readonly isReady?: boolean;
  /** Of one family each, in CIDR notation. Left out: none. */
  readonly podCIDRs?: readonly string[];
  readonly taints?: readonly { readonly key: string; readonly effect: "NoExecute" | "NoSchedule" }[];
};

/** There is nothing behind it. */
export async function createFakeNode(client: ApiClient, name: string, options: NodeOptions = {}): Promise<KubeObject> {
  const { isReady = true, podCIDRs = [], taints = [] } = options;
  const metadata = { name, labels: { "kubernetes.io/hostname": name } };
  const spec = { podCIDRs, taints, ...(podCIDRs[0] === undefined ? {} : { podCIDR: podCIDRs[0] }) };
  await client.ask({ method: "POST", path: pathOf(nodes), body: { metadata, spec } });
  const conditions = [{ type: "Ready", status: isReady ? "True" : "False" }];
  return patchStatus(client, pathOf(nodes, undefined, name), { conditions });
}

export function removeNode(client: ApiClient, name: string): Promise<KubeObject> {
  return client.ask({ method: "DELETE", path: pathOf(nodes, undefined, name) });
}

/** A pod with a status, as a kubelet would report it. */
export async function createPod(client: ApiClient, options: PodOptions): Promise<KubeObject> {
  const { namespace, name, node, annotations = {}, phase = "Running" } = options;
  const spec = { containers: [{ name: "main", image: "none" }], ...(node === undefined ? {} : { nodeName: node }) };
  const body = { metadata: { name, annotations }, spec };
  await client.ask({ method: "POST", path: pathOf(pods, namespace), body });
  return patchStatus(client, pathOf(pods, namespace, name), { phase });
}

/** Gone at once; with `graceSeconds` above 0 it is only marked: no kubelet confirms its end. */
export function removePod(client: ApiClient, namespace: string, name: string, graceSeconds = 0): Promise<KubeObject> {
  const body = { kind: "DeleteOptions", apiVersion: "v1", gracePeriodSeconds: graceSeconds };
  return client.ask({ method: "DELETE", path: pathOf(pods, namespace, name), body });
}

/** @param config the CNI configuration or list */
export function createNad(client: ApiClient, namespace: string, name: string, config: object): Promise<KubeObject> {
  const { group, version, kind } = definitions;
  const body = {
    apiVersion: `${group}/${version}`,
    kind,
    metadata: { name },
    spec: { config: JSON.stringify(config) },
  };
  return client.ask({ method: "POST", path: pathOf(definitions, namespace), body });
}

function patchStatus(client: ApiClient, path: string, status: object): Promise<KubeObject> {
  const contentType = "application/merge-patch+json";
  return client.ask({ method: "PATCH", path: `${path}/status`, body: { status }, contentType });
}
