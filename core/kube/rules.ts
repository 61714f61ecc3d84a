/**
 * What each program has to be allowed on the API server: the one list, for `berthctl doctor` and for manifests.
 *
 * @module
 */
import type { Resource } from "../ports/kube-api.ts";
import { electionLeaseName } from "./reconcile/election-lease.ts";
import { modeName } from "./mode.ts";
import {
  configMaps,
  definitions,
  events,
  leases,
  nodes,
  nodeSlicePools,
  pods,
  pools,
  reservations,
} from "./resources.ts";

export type AccessRule = {
  readonly resource: Resource;
  readonly verbs: readonly string[];
  /** `namespace`: where the pools are. `cluster`: in all namespaces. */
  readonly scope: "namespace" | "cluster";
  /** Left out: objects of any name. */
  readonly name?: string;
  /** What for. */
  readonly why: string;
};

export const agentRules: readonly AccessRule[] = [
  {
    resource: reservations,
    verbs: ["get", "list", "create", "patch", "delete"],
    scope: "namespace",
    why: "one object proves each lease (P1)",
  },
  {
    resource: pools,
    verbs: ["get", "list", "create", "patch"],
    scope: "namespace",
    why: "a pool is made by its first ADD, and has the entries that Whereabouts looks at (P3, P6)",
  },
  {
    resource: pools,
    verbs: ["list"],
    scope: "cluster",
    why: "pools of another namespace would be a second arbiter (P2)",
  },
  {
    resource: nodeSlicePools,
    verbs: ["list"],
    scope: "namespace",
    why: "what node slices of Whereabouts hold is held",
  },
  {
    resource: definitions,
    verbs: ["list"],
    scope: "cluster",
    why: "with which setting of overlapping ranges a pool of Whereabouts is used (P14)",
  },
  { resource: configMaps, verbs: ["get"], scope: "namespace", name: modeName, why: "the mode (P4)" },
  {
    resource: pods,
    verbs: ["get", "list"],
    scope: "cluster",
    why: "whether a pod still lives, and which pods Whereabouts gave an address (P14, P17)",
  },
  {
    resource: nodes,
    verbs: ["get"],
    scope: "cluster",
    why: "whether the node was Ready while a pod of which nothing else is known has been gone (P18)",
  },
  { resource: events, verbs: ["create"], scope: "cluster", why: "conflicts are told as Events (P15)" },
];

/** What a member of the reconciler has to be allowed, elected or not. */
export const reconcilerRules: readonly AccessRule[] = [
  {
    resource: reservations,
    verbs: ["get", "list", "patch", "delete"],
    scope: "namespace",
    why: "stale ones are removed, and contested ones handed over (P15, P18)",
  },
  {
    resource: pools,
    verbs: ["get", "list", "patch"],
    scope: "namespace",
    why: "entries of stale leases go first, and the counts stand on the pool (P3, P12)",
  },
  {
    resource: nodeSlicePools,
    verbs: ["list"],
    scope: "namespace",
    why: "what node slices of Whereabouts hold is not judged here",
  },
  {
    resource: definitions,
    verbs: ["list", "watch"],
    scope: "cluster",
    why: "which pools there are, and which definitions cannot work",
  },
  { resource: configMaps, verbs: ["get"], scope: "namespace", name: modeName, why: "the mode (P4)" },
  {
    resource: configMaps,
    verbs: ["get", "list", "watch"],
    scope: "namespace",
    name: "whereabouts-config",
    why: "the schedule",
  },
  { resource: pods, verbs: ["get", "list"], scope: "cluster", why: "whether a lease's pod still lives (P17)" },
  { resource: nodes, verbs: ["get", "list"], scope: "cluster", why: "whether a node is lost (P18)" },
  { resource: leases, verbs: ["create"], scope: "namespace", why: "the elected member's record is made once" },
  {
    resource: leases,
    verbs: ["get", "patch"],
    scope: "namespace",
    name: electionLeaseName,
    why: "one member judges what no other one does",
  },
  {
    resource: events,
    verbs: ["get", "create", "patch"],
    scope: "cluster",
    why: "what was freed, found or cannot work is told as Events, and what was told before is counted",
  },
];
