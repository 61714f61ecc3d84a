/**
 * Everything that changing over is decided by, read from the API server, uncached.
 *
 * @module
 */
import { leases, nodes, pods } from "../kube/resources.ts";
import type { KubeObject } from "../ports/kube-api.ts";
import { type FoundBindings, findBindings } from "./find-bindings.ts";
import { clusterRoleBindings, clusterRoles, cronJobs, daemonSets, deployments, roleBindings, roles } from "./kinds.ts";
import { type Ledger, readLedger } from "./ledger.ts";
import { readLists } from "./lists.ts";
import { type ModeRecord, readRecord } from "./mode-record.ts";
import { ask, type MigrateNeeds, type Unreachable } from "./needs.ts";
import { agentSelector, type NodeSight, nodeSights } from "./node-sight.ts";
import { type Suspect, suspectBindings } from "./trust-bindings.ts";
import { type LeaseTrace, leaseTraceOf, podTraceOf, type Trace, traceOf } from "./traces.ts";

export type Sight = {
  /** Where the pools and the ConfigMap are. */
  readonly namespace: string;
  /** The API server's wall clock, ms. */
  readonly nowMs: number;
  readonly record: ModeRecord;
  readonly traces: readonly Trace[];
  readonly leases: readonly LeaseTrace[];
  readonly bindings: FoundBindings;
  /** Of the bindings on record: what keeps them from being made again. */
  readonly suspects: readonly Suspect[];
  readonly nodes: readonly NodeSight[];
  readonly ledger: Ledger;
};

/** Where Whereabouts' own manifests put it. */
const usualNamespace = "kube-system";

/** @param first what of the ledger is read first (`readLedger`) */
export async function lookAround(
  needs: MigrateNeeds,
  first: "pools" | "reservations",
): Promise<{ readonly kind: "sight"; readonly sight: Sight } | Unreachable> {
  const time = await serverTime(needs);
  if (time.kind !== "time") return time;
  const read = await readRecord(needs);
  if (read.kind !== "record") return read;
  const lists = await readLists(needs, [
    ["daemonSets", { resource: daemonSets }],
    ["deployments", { resource: deployments }],
    ["cronJobs", { resource: cronJobs }],
    ["clusterRoles", { resource: clusterRoles }],
    ["roles", { resource: roles }],
    ["clusterRoleBindings", { resource: clusterRoleBindings }],
    ["roleBindings", { resource: roleBindings }],
    ["nodes", { resource: nodes }],
    ["agents", { resource: pods, labels: agentSelector }],
    ["leases", { resource: leases, fields: "metadata.name=whereabouts" }],
    ["sliceLeases", { resource: leases, namespace: needs.namespace }],
  ]);
  if (lists.kind !== "lists") return lists;
  const { of } = lists;
  const rolesRead = { clusterRoles: of("clusterRoles"), roles: of("roles") };
  const bindings = findBindings({
    ...rolesRead,
    clusterRoleBindings: of("clusterRoleBindings"),
    roleBindings: of("roleBindings"),
  });
  const homes = homesOf([...bindings.whereabouts, ...read.record.unbound], needs.namespace);
  const podLists = await readLists(
    needs,
    homes.map((namespace) => [namespace, { resource: pods, namespace }] as const),
  );
  if (podLists.kind !== "lists") return podLists;
  const ledger = await readLedger(needs, first);
  if (ledger.kind !== "ledger") return ledger;
  return {
    kind: "sight",
    sight: {
      namespace: needs.namespace,
      nowMs: time.nowMs,
      record: read.record,
      traces: [
        ...traces(of("daemonSets"), "DaemonSet"),
        ...traces(of("deployments"), "Deployment"),
        ...traces(of("cronJobs"), "CronJob"),
        ...homes.flatMap((home) => podLists.of(home).map(podTraceOf)).filter((one) => one !== undefined),
      ],
      leases: [...of("leases"), ...leasesOfSlices(of("sliceLeases"), ledger.ledger)].map((one) =>
        leaseTraceOf(one, needs.parseTime),
      ),
      bindings,
      suspects: suspectBindings(read.record.unbound, {
        roles: rolesRead,
        namespaces: [needs.namespace, usualNamespace],
      }),
      nodes: nodeSights(of("nodes"), of("agents")),
      ledger: ledger.ledger,
    },
  };
}

/** One clock for all runs of all people, on whatever machine: the API server's. */
export async function serverTime(
  needs: MigrateNeeds,
): Promise<{ readonly kind: "time"; readonly nowMs: number } | Unreachable> {
  const answer = await ask(needs, () => needs.api.probe());
  if (answer.kind !== "up") return { kind: "unreachable", what: "version of the API server", answer };
  if (answer.serverMs !== undefined) return { kind: "time", nowMs: answer.serverMs };
  const reason = "an answer without a Date: nobody can tell how long ago the mode was set";
  return { kind: "unreachable", what: "time of the API server", answer: { kind: "unknown", reason, mayLand: false } };
}

/** Pods of Whereabouts run as its account, and so in the account's namespace. */
function homesOf(bindings: FoundBindings["whereabouts"], namespace: string): readonly string[] {
  const accounts = bindings.flatMap(({ subjects }) => subjects).map((subject) => subject.namespace);
  return [...new Set([namespace, usualNamespace, ...accounts.filter((one) => one !== undefined)])];
}

function traces(objects: readonly KubeObject[], kind: string): readonly Trace[] {
  return objects.map((object) => traceOf(object, kind)).filter((one) => one !== undefined);
}

/** With node slices each slice has a Lease of its own, named as its pool. */
function leasesOfSlices(all: readonly KubeObject[], { pools }: Ledger): readonly KubeObject[] {
  const names = new Set(pools.map(({ name }) => name));
  return all.filter(({ metadata: { name } }) => names.has(name));
}
