/**
 * Reservations: each of one address, of a node that is there and has an agent, found by its labels, and nobody's conflict.
 *
 * @module
 */
import { formatAddress } from "../../../core/ip/address-text.ts";
import { isWhereabouts } from "../../../core/kube/inventory-leases.ts";
import { addressNamed } from "../../../core/kube/network-in-name.ts";
import { readPages } from "../../../core/kube/read-pages.ts";
import { readReservation } from "../../../core/kube/reservation.ts";
import { nodes, pods, reservations } from "../../../core/kube/resources.ts";
import { agentSelector, nodeSights, type NodeSight } from "../../../core/migrate/node-sight.ts";
import type { Reservation } from "../../../core/ports/cluster.ts";
import type { KubeObject } from "../../../core/ports/kube-api.ts";
import { podRef } from "../../../core/ports/holder.ts";
import { countWord } from "../../format/words.ts";
import { fail, type Finding, ok, warn } from "../finding.ts";
import { blocked, type ClusterPatient, readAll, some } from "./patient.ts";

const what = "reservations";
const pageSize = 500;
const examplesMax = 3;

type Kind = { count: number; readonly examples: string[] };

/** Counted as they come: 60,000 are never in memory at once. */
type Tally = {
  all: number;
  withheld: number;
  whereabouts: number;
  contested: Kind;
  unlabelled: Kind;
  unreadable: Kind;
  leaving: Kind;
  byNode: Map<string, number>;
};

export async function checkReservations(
  patient: ClusterPatient,
  networks: readonly string[],
): Promise<readonly Finding[]> {
  const { api, namespace } = patient.cluster;
  let tally = emptyTally();
  const query = { resource: reservations, namespace, metadataOnly: true, pageSize };
  const failed = await readPages(api, query, {
    begin: () => void (tally = emptyTally()),
    keep: (object) => count(tally, object, networks),
  });
  if (failed !== undefined) return [blocked(what, "reservations", failed)];
  const findings = [...judge(tally, namespace), ...(await judgeNodes(patient, tally.byNode))];
  const { all, withheld, whereabouts } = tally;
  const parts = [
    `${all} held on ${countWord(tally.byNode.size, "node")}`,
    ...(withheld === 0 ? [] : [`${withheld} withheld`]),
    ...(whereabouts === 0 ? [] : [`${whereabouts} of Whereabouts`]),
  ];
  return [...(findings.some(({ level }) => level !== "ok") ? [] : [ok(what, parts.join(", "))]), ...findings];
}

function emptyTally(): Tally {
  const none = (): Kind => ({ count: 0, examples: [] });
  return {
    all: 0,
    withheld: 0,
    whereabouts: 0,
    contested: none(),
    unlabelled: none(),
    unreadable: none(),
    leaving: none(),
    byNode: new Map(),
  };
}

function count(tally: Tally, object: KubeObject, networks: readonly string[]): void {
  const { name, deletionTimestamp } = object.metadata;
  if (deletionTimestamp !== undefined) add(tally.leaving, name);
  const reservation = readReservation(object);
  if (reservation === undefined) {
    if (addressNamed(name, networks) === undefined) add(tally.unreadable, name);
    else tally.whereabouts += 1;
    return;
  }
  if (reservation.twinOf === "") countOne(tally, reservation);
}

function countOne(tally: Tally, reservation: Reservation): void {
  const { kind, holder, contested, isLabelled, place } = reservation;
  if (kind === "withheld") {
    tally.withheld += 1;
    return;
  }
  if (isWhereabouts(reservation)) {
    tally.whereabouts += 1;
    return;
  }
  tally.all += 1;
  const node = holder?.node ?? "";
  tally.byNode.set(node, (tally.byNode.get(node) ?? 0) + 1);
  if (!isLabelled) add(tally.unlabelled, formatAddress(place.address));
  if (contested === undefined) return;
  const other = contested.holder === undefined ? "" : ` (${podRef(contested.holder)} has it, too)`;
  add(tally.contested, `${formatAddress(place.address)}${other}`);
}

function add(kind: Kind, example: string): void {
  kind.count += 1;
  if (kind.examples.length < examplesMax) kind.examples.push(example);
}

function words({ count: all, examples }: Kind): string {
  return all <= examples.length ? examples.join(", ") : `${examples.join(", ")} and ${all - examples.length} more`;
}

function judge({ contested, unlabelled, unreadable, leaving }: Tally, namespace: string): readonly Finding[] {
  const get = `kubectl --namespace ${namespace} get overlappingrangeipreservations`;
  const found: Finding[] = [];
  if (contested.count > 0) {
    const text = `${countWord(contested.count, "address")} held by two: ${words(contested)}`;
    found.push(fail("conflicts", text, "delete one of the two pods: berthctl leases | grep conflict"));
  }
  if (unlabelled.count > 0) {
    const text = `${countWord(unlabelled.count, "reservation")} without its node's label (${words(unlabelled)}): its agent does not find it`;
    found.push(warn(what, text, "its agent puts it back within 10 minutes, if it runs; look: berthctl show <address>"));
  }
  if (unreadable.count > 0) {
    const text = `${countWord(unreadable.count, "object")} of no address that can be told: ${words(unreadable)}`;
    found.push(
      warn(what, text, `look at it, and delete it by hand: ${get} ${unreadable.examples[0] ?? ""} --output yaml`),
    );
  }
  if (leaving.count > 0) {
    const text = `${countWord(leaving.count, "object")} kept by a finalizer: ${words(leaving)}; the address is not free yet`;
    found.push(warn(what, text, `see whose finalizer it is: ${get} ${leaving.examples[0] ?? ""} --output yaml`));
  }
  return found;
}

/** Nobody frees the leases of a node that is gone, or that has no agent (P18, F20). */
async function judgeNodes(patient: ClusterPatient, byNode: ReadonlyMap<string, number>): Promise<readonly Finding[]> {
  const metadataOnly = true;
  const known = await readAll(patient, nodes, ({ metadata }): KubeObject => ({ metadata }), { metadataOnly });
  if (known.kind !== "all") return [blocked("nodes", "nodes", known)];
  const agents = await readAll(patient, pods, agentPart, { labels: agentSelector });
  const names = new Set(known.items.map(({ metadata }) => metadata.name));
  const own = patient.status?.node;
  const nameless =
    own === undefined || names.has(own)
      ? []
      : [
          fail(
            "nodes",
            `no Node is called "${own}", as this machine's agent is: it finds none of its pods`,
            "set nodeName in its configuration as kubectl get nodes has it, and restart it",
          ),
        ];
  const gone = [...byNode].filter(([name]) => !names.has(name));
  const found: Finding[] = [...nameless];
  if (gone.length > 0) {
    const text = `${leasesOn(gone)} of ${countWord(gone.length, "node")} that no longer ${gone.length === 1 ? "exists" : "exist"}: ${some(gone.map(([name]) => name))}`;
    found.push(
      warn("nodes", text, `if its machine is off, too: berthctl release --node ${gone[0]?.[0] ?? ""} --dry-run`),
    );
  }
  if (agents.kind !== "all") return [...found, blocked("agents", "pods of agents", agents)];
  return [...found, ...agentFindings(nodeSights(known.items, agents.items), byNode)];
}

function agentFindings(sights: readonly NodeSight[], byNode: ReadonlyMap<string, number>): readonly Finding[] {
  // Where no agent runs as a pod they are services of their nodes, and pods tell nothing.
  const without = sights.filter(({ name, agent }) => (agent === "none" || agent === "not ready") && byNode.has(name));
  if (without.length === 0) return [];
  const leases = leasesOn(without.map(({ name }) => [name, byNode.get(name) ?? 0]));
  const text = `${leases} on ${countWord(without.length, "node")} without a Ready agent: ${some(without.map(({ name }) => name))}`;
  const next = "run: kubectl get pods --all-namespaces --selector app.kubernetes.io/name=berth --output wide";
  return [warn("agents", text, next)];
}

function leasesOn(counts: readonly (readonly [name: string, count: number])[]): string {
  const sum = counts.reduce((all, [, one]) => all + one, 0);
  return countWord(sum, "lease");
}

/** What is looked at of a pod: they are large. */
function agentPart({ metadata, spec, status }: KubeObject): KubeObject {
  return { metadata, spec, status };
}
