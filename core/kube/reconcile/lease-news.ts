/**
 * What is told of one lease, in the words of an Event.
 *
 * @module
 */
import { formatAddress } from "../../ip/address-text.ts";
import type { Reservation } from "../../ports/cluster.ts";
import { type Pod, podRef } from "../../ports/holder.ts";
import type { Repaired } from "../../ports/scene.ts";
import type { Verdict } from "../../reconcile/verdict.ts";
import { eventKey, type Telling } from "../event.ts";

export type LeaseNews = Omit<Telling, "about"> & {
  readonly pod: Pod | undefined;
  /** "" when the lease names none. */
  readonly node: string;
  /** Pieces of news of one node and one of these words are one Event on that node. */
  readonly group: string;
};

type Told = Exclude<Verdict, { kind: "keep" | "suspect" }> | ({ readonly kind: "repaired" } & Pick<Repaired, "what">);

export function leaseNews(lease: Reservation, told: Told): LeaseNews {
  const { holder, name, uid } = lease;
  const group = told.kind === "report" ? `report ${told.because}` : told.kind;
  return {
    ...wordsOf(told, leaseWord(lease)),
    key: eventKey(name, uid, lease.attempt, group),
    // A reservation that Whereabouts left of a container without a pod names none.
    pod: holder?.pod === undefined || holder.pod.name === "" ? undefined : holder.pod,
    node: holder?.node ?? "",
    group,
  };
}

/** The same for all of a node that are told alike: the first of them stands for all. */
export function nodeNews(first: LeaseNews, count: number): Omit<Telling, "about"> {
  const { type, reason, message, key } = first;
  const others = count === 1 ? "" : ` (and ${count - 1} more of this node, told the same)`;
  return { type, reason, message: `${message}${others}`, key: eventKey("node", first.node, key) };
}

function wordsOf(told: Told, lease: string): Pick<Telling, "type" | "reason" | "message"> {
  switch (told.kind) {
    case "free":
      return { type: "Normal", reason: "BerthFreed", message: `Freed ${lease}: ${told.why} (rule ${told.rule})` };
    case "repaired":
      return { type: "Normal", reason: "BerthRepaired", message: `Repaired ${lease}: ${repairWords[told.what]}` };
    case "conflict":
      return { type: "Warning", reason: "BerthConflict", message: `Two have ${lease}: ${told.why}` };
    case "report":
      return { type: "Warning", reason: "BerthKept", message: `Kept ${lease}: ${told.why}; run: ${told.command}` };
    default:
      return told satisfies never;
  }
}

const repairWords: { readonly [what in Repaired["what"]]: string } = {
  label: "the label of its node was missing, and its node did not find it",
  leftover: "a further reservation of it stood although the first has gone, and was removed",
};

/** `10.0.0.5 of pod default/web-0 (network blue)` */
function leaseWord({ place, holder }: Reservation): string {
  const network = place.network === "" ? "" : ` (network ${place.network})`;
  const whose = holder?.pod === undefined ? "" : ` of pod ${podRef(holder)}`;
  return `${formatAddress(place.address)}${whose}${network}`;
}
