/**
 * Objects for the cases of the API server, in the namespace of one case.
 *
 * @module
 */
import { reservations } from "../../core/kube/resources.ts";
import type { KubeApi, KubeObject, ListQuery, NewObject, Resource } from "../../core/ports/kube-api.ts";
import type { Json, PatchStep } from "../../core/ports/json-patch.ts";

export type KubeApiUnderTest = {
  readonly api: KubeApi;
  /** A namespace that exists, with the objects that belong to one, and that no other case uses. */
  readonly namespace: string;
};

export class Sample {
  readonly namespace: string;
  readonly #api: KubeApi;

  constructor({ api, namespace }: KubeApiUnderTest) {
    this.#api = api;
    this.namespace = namespace;
  }

  reservation(name: string, changes: object = {}): NewObject {
    return {
      apiVersion: "whereabouts.cni.cncf.io/v1alpha1",
      kind: "OverlappingRangeIPReservation",
      metadata: { name, namespace: this.namespace, ...changes },
      spec: { podref: "default/web-0", ifname: "net1", containerid: "c1" },
    };
  }

  pool(allocations: { readonly [key: string]: Json } = {}): NewObject {
    return {
      apiVersion: "whereabouts.cni.cncf.io/v1alpha1",
      kind: "IPPool",
      metadata: { name: "10.0.0.0-24", namespace: this.namespace },
      spec: { range: "10.0.0.0/24", allocations },
    };
  }

  named(resource: Resource, name: string) {
    return { resource, namespace: this.namespace, name };
  }

  /** Of all reservations, unless `changes` say otherwise. */
  query(changes: Partial<ListQuery> = {}): ListQuery {
    return { resource: reservations, namespace: this.namespace, cached: false, metadataOnly: false, ...changes };
  }

  async made(resource: Resource, object: NewObject): Promise<KubeObject> {
    return objectOf(await this.#api.create(resource, object));
  }

  /** The names in one page. */
  async listed(changes: Partial<ListQuery> = {}): Promise<readonly string[]> {
    const answer = await this.#api.list(this.query(changes));
    if (answer.kind !== "page") throw new Error(`no page: ${JSON.stringify(answer)}`);
    return answer.items.map(({ metadata }) => metadata.name);
  }
}

export function entry(id: string): Json {
  return { id, podref: "default/web-0", ifname: "net1" };
}

export function objectOf(answer: Awaited<ReturnType<KubeApi["read"]>>): KubeObject {
  if (answer.kind !== "object") throw new Error(`no object: ${JSON.stringify(answer)}`);
  return answer.object;
}

export function revision({ metadata }: KubeObject): number {
  return Number(metadata.resourceVersion);
}

/** Tests for the very state that was judged. */
export function judged({ metadata: { uid = "", resourceVersion = "" } }: KubeObject): readonly PatchStep[] {
  return [
    { op: "test", path: "/metadata/uid", value: uid },
    { op: "test", path: "/metadata/resourceVersion", value: resourceVersion },
  ];
}
