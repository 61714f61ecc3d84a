/**
 * Giving back what a node held that is gone: by a person, over the API server, for there is no agent that could.
 *
 * @module
 */
import { shorten } from "../../core/failure/failure.ts";
import { formatAddress } from "../../core/ip/address-text.ts";
import { Entries } from "../../core/kube/entries.ts";
import { freeLease, type JudgedLease, judgeLeases, leasesOfNode, readNodeState } from "../../core/kube/node-leases.ts";
import { createKubeStore } from "../../core/kube/store.ts";
import { Tide } from "../../core/kube/tide.ts";
import type { Reservation } from "../../core/ports/cluster.ts";
import { podRef } from "../../core/ports/holder.ts";
import type { Store } from "../../core/ports/store.ts";
import { agree, type Agreement } from "../agree.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { networkWord } from "../../core/kube/range-words.ts";
import { countWord } from "../format/words.ts";
import { type Refusal, refusal, tell } from "../refusal.ts";
import { visible } from "../terminal/visible.ts";
import { type View, withInventory } from "../with-inventory.ts";
import type { Session } from "../world.ts";
import { unreadable } from "./unreadable.ts";

export type NodeOrder = Agreement & { readonly force?: boolean; readonly dryRun?: boolean };

type Cluster = NonNullable<View["cluster"]>;

/** So many are given back at once: beside Whereabouts their entries go in one patch. */
const atOnce = 50;

export function releaseNode(session: Session, node: string, order: NodeOrder): Promise<ExitCode> {
  return withInventory(session, { detail: "counts" }, async ({ cluster }) => {
    if (cluster === undefined) {
      const message = `Cannot release node "${shorten(node)}": expected a cluster, found the leases of this machine`;
      return tell(session.terminal, refusal(exitCodes.usage, message, "name the cluster: --kubeconfig FILE"));
    }
    const judged = await judge(cluster, node, order.force === true);
    return judged.kind === "refusal"
      ? tell(session.terminal, judged)
      : carryOut(session, cluster, { node, order, judged });
  });
}

type Judged = {
  readonly kind: "judged";
  /** Their pods are gone; by force all. */
  readonly free: readonly Reservation[];
  /** Their pods are there, or may be. */
  readonly kept: readonly Extract<JudgedLease, { kind: "kept" }>[];
};

/** Reservations before pods: of a pod that is new in between no lease was read. */
async function judge(cluster: Cluster, node: string, force: boolean): Promise<Judged | Refusal> {
  const found = await readNodeState(cluster, node);
  if (found.kind !== "node") return unreadable(`node ${node}`, found);
  if (found.state === "there" && !force) return stillThere(node);
  const leases = await leasesOfNode(cluster, node);
  if (leases.kind !== "all") return unreadable("reservations", leases);
  if (force) return { kind: "judged", free: leases.items, kept: [] };
  const judged = await judgeLeases(cluster.api, leases.items);
  if (judged.kind === "refused") return unreadable("pods", judged);
  return {
    kind: "judged",
    free: judged.leases.filter(({ kind }) => kind === "free").map(({ lease }) => lease),
    kept: judged.leases.filter((one) => one.kind === "kept"),
  };
}

function stillThere(node: string): Refusal {
  return refusal(
    exitCodes.no,
    `Cannot release node "${shorten(node)}": expected one that no longer exists, or is out of service: its agent gives back what its pods held`,
    `where that is one lease: berthctl release <address>, on ${node}`,
    `when its machine is off for good: kubectl delete node ${node}, then run this again; --force does it now`,
  );
}

type Plan = { readonly node: string; readonly order: NodeOrder; readonly judged: Judged };

async function carryOut(session: Session, cluster: Cluster, { node, order, judged }: Plan): Promise<ExitCode> {
  const { terminal } = session;
  const { free, kept } = judged;
  for (const { lease, why } of kept) await terminal.tell(`Kept ${leaseWord(lease)}: ${shorten(why)}\n`);
  if (kept.length > 0)
    await terminal.tell(
      "Kubernetes removes the pods of a node that is gone; --force takes addresses of pods that run, too\n",
    );
  if (free.length === 0) {
    await terminal.write(`Nothing to release of node ${visible(node)}\n`);
    return kept.length === 0 ? exitCodes.done : exitCodes.no;
  }
  const what = `${countWord(free.length, "lease")} of node ${node}`;
  if (order.dryRun === true) {
    await terminal.write(free.map((lease) => `Would release ${leaseWord(lease)}\n`).join(""));
    return exitCodes.done;
  }
  const agreed = await agree(session, { what, value: node, thing: "node" }, order);
  if (agreed !== "yes") return agreed;
  const left = await freeAll(session, cluster, free);
  await terminal.write(`Released ${free.length - left} of ${visible(what)}\n`);
  return left + kept.length === 0 ? exitCodes.done : exitCodes.no;
}

/** @returns how many could not be given back */
async function freeAll(session: Session, cluster: Cluster, leases: readonly Reservation[]): Promise<number> {
  const store = storeOf(session, cluster);
  let left = 0;
  for (let at = 0; at < leases.length; at += atOnce) {
    const group = leases.slice(at, at + atOnce);
    const answers = await Promise.all(group.map(async (lease) => ({ lease, answer: await freeLease(store, lease) })));
    for (const { lease, answer } of answers) {
      if (answer.kind === "freed") continue;
      left += 1;
      const reason = answer.kind === "unknown" ? shorten(answer.reason) : "somebody else holds it by now";
      await session.terminal.tell(`Kept ${leaseWord(lease)}: ${reason}\n`);
    }
  }
  return left;
}

/** Whereabouts' half first, where it may be there (P12). */
function storeOf({ world }: Session, { api, namespace, mode }: Cluster): Store {
  const { clock, random } = world;
  const mixed = { entries: new Entries({ api, clock, random, namespace }), mode };
  return createKubeStore({ api, namespace, journal: "berthctl", tide: new Tide(), mixed });
}

function leaseWord({ place, holder }: Reservation): string {
  const pod = holder === undefined ? "" : ` of pod ${podRef(holder)}`;
  return visible(`${formatAddress(place.address)}${pod} (network ${networkWord(place.network)})`);
}
