/**
 * The kinds of objects that Berth reads and writes.
 *
 * @module
 */
import type { Resource } from "../ports/kube-api.ts";

const whereabouts = { group: "whereabouts.cni.cncf.io", version: "v1alpha1", namespaced: true } as const;

/** What proves a lease: one object an address (P1). */
export const reservations: Resource = {
  ...whereabouts,
  plural: "overlappingrangeipreservations",
  kind: "OverlappingRangeIPReservation",
};

/** One object a range; Whereabouts keeps its entries in it (P3). */
export const pools: Resource = { ...whereabouts, plural: "ippools", kind: "IPPool" };

/** Which node owns which slice of a range, where Whereabouts' node slices are used. */
export const nodeSlicePools: Resource = { ...whereabouts, plural: "nodeslicepools", kind: "NodeSlicePool" };

export const configMaps: Resource = {
  group: "",
  version: "v1",
  plural: "configmaps",
  kind: "ConfigMap",
  namespaced: true,
};
export const pods: Resource = { group: "", version: "v1", plural: "pods", kind: "Pod", namespaced: true };
export const nodes: Resource = { group: "", version: "v1", plural: "nodes", kind: "Node", namespaced: false };

export const definitions: Resource = {
  group: "k8s.cni.cncf.io",
  version: "v1",
  plural: "network-attachment-definitions",
  kind: "NetworkAttachmentDefinition",
  namespaced: true,
};

export const events: Resource = { group: "", version: "v1", plural: "events", kind: "Event", namespaced: true };

/** Who of many does what only one shall do. */
export const leases: Resource = {
  group: "coordination.k8s.io",
  version: "v1",
  plural: "leases",
  kind: "Lease",
  namespaced: true,
};
