/**
 * A cluster without Whereabouts and without faults, for `berthctl doctor` to find something wrong in.
 *
 * @module
 */
import { definitions, nodes, nodeSlicePools, pools, reservations } from "../../../core/kube/resources.ts";
import type { Resource } from "../../../core/ports/kube-api.ts";
import { type ClusterDesk, createClusterDesk, type StageOptions } from "../cluster-desk.ts";

export const crds: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  plural: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  namespaced: false,
};

export const serviceCidrs: Resource = {
  group: "networking.k8s.io",
  version: "v1",
  plural: "servicecidrs",
  kind: "ServiceCIDR",
  namespaced: false,
};

export const text = { type: "string" };
export const objectOf = (properties: object) => ({ type: "object", properties });
const schemas: readonly (readonly [Resource, string, object])[] = [
  [reservations, "v1alpha1", objectOf({ podref: text, containerid: text, ifname: text })],
  [
    pools,
    "v1alpha1",
    objectOf({
      range: text,
      allocations: { type: "object", additionalProperties: objectOf({ id: text, podref: text, ifname: text }) },
    }),
  ],
  [nodeSlicePools, "v1alpha1", objectOf({})],
  [definitions, "v1", objectOf({})],
];

export function crd(desk: ClusterDesk, resource: Resource, version: string, spec: object): void {
  const schema = { openAPIV3Schema: objectOf({ spec }) };
  desk.plant(crds, `${resource.plural}.${resource.group}`, {
    spec: { versions: [{ name: version, served: true, storage: true, schema }] },
  });
}

export const allowAll = async () => ({ kind: "may", allowed: true }) as const;

/** A cluster without Whereabouts and without faults. */
export function healthyCluster(options: StageOptions = {}): ClusterDesk {
  const desk = createClusterDesk({ may: allowAll, ...options });
  for (const [resource, version, spec] of schemas) crd(desk, resource, version, spec);
  // On both sides of the range.
  desk.plant(nodes, "node-1", { spec: { podCIDRs: ["9.255.255.0/24"] } });
  desk.plant(nodes, "node-2", { spec: { podCIDRs: ["10.0.1.0/24", "fd00::/64"] } });
  desk.plant(serviceCidrs, "kubernetes", { spec: { cidrs: ["10.96.0.0/12"] } });
  desk.mode("absent");
  desk.nad("blue", { range: "10.0.0.0/24" });
  desk.pool("10.0.0.0/24");
  desk.lease("10.0.0.2");
  return desk;
}

/** Lines of a level, without what is behind. */
export async function findingsOf(desk: ClusterDesk, level: string): Promise<string> {
  const { out } = await desk.berthctl("doctor", "--json");
  const { findings: all } = JSON.parse(out) as {
    findings: { level: string; what: string; text: string; next?: string }[];
  };
  return all
    .filter((one) => one.level === level)
    .map((one) => `${one.what}: ${one.text} → ${one.next}`)
    .join("\n");
}
