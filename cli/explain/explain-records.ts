/**
 * What is to be said of each holder of an address, beyond who it is.
 *
 * @module
 */
import { judgeOne } from "../../core/flow/reconcile/look-at-one.ts";
import { readReservation } from "../../core/kube/reservation.ts";
import { reasonOf } from "../../core/kube/reason.ts";
import { reservations } from "../../core/kube/resources.ts";
import type { Reservation } from "../../core/ports/cluster.ts";
import type { LeaseRecord } from "../../core/ports/inventory.ts";
import type { ChosenStore } from "../choose-store.ts";
import type { SeenHolding } from "../see-holding.ts";
import type { View } from "../with-inventory.ts";
import type { Session } from "../world.ts";
import { multusText } from "./multus.ts";
import { nextLook } from "./next-look.ts";
import { clusterOutcome, machineOutcome, movingOutcome, type Outcome, unknownOutcome } from "./outcome.ts";
import { ownNode, reconcilerNeeds } from "./reconciler-needs.ts";

export type Explained = {
  readonly outcome: Outcome;
  /** What the journal of this machine's agent says of it; "" where it has nothing to say. */
  readonly journal: string;
  /** "" where there is nothing to compare with. */
  readonly multus: string;
};

/** In the order of the holders. */
export async function explainRecords(session: Session, view: View, seen: SeenHolding): Promise<readonly Explained[]> {
  const { store, cluster } = view;
  if (store.kind === "embedded" || cluster === undefined)
    return seen.records.map((record, at) => onMachine(record, seen, at));
  const explained: Explained[] = [];
  const lookup = { session, store, cluster, own: ownNode(store.session, store) };
  for (const record of seen.records) explained.push(await inCluster(lookup, record));
  return explained;
}

function onMachine(record: LeaseRecord, { verdicts }: SeenHolding, at: number): Explained {
  const sight = verdicts[at];
  const outcome = movingOutcome(record) ?? machineOutcome(sight?.kind === "elsewhere" ? undefined : sight);
  return { outcome, journal: "", multus: "" };
}

type Lookup = {
  readonly session: Session;
  readonly store: Extract<ChosenStore, { kind: "kubernetes" }>;
  readonly cluster: NonNullable<View["cluster"]>;
  readonly own: string | undefined;
};

async function inCluster(lookup: Lookup, record: LeaseRecord): Promise<Explained> {
  const { cluster, own } = lookup;
  const isHere = own !== undefined && record.holder?.node === own;
  return {
    outcome: movingOutcome(record) ?? (await judged(lookup, record)),
    journal: isHere ? journalText(record) : "",
    multus: await multusText(cluster, record),
  };
}

async function judged({ session, store, cluster, own }: Lookup, record: LeaseRecord): Promise<Outcome> {
  const lease = await reservationOf(cluster, record);
  if (typeof lease === "string") return unknownOutcome(lease);
  const needs = reconcilerNeeds(session, store, cluster);
  await needs.scene.begin();
  const verdict = await judgeOne(needs, lease, own);
  const { text } = await nextLook(session.world, cluster);
  return clusterOutcome(verdict, lease.holder?.node ?? "", text);
}

/** As a reconciler would read it; of an entry alone what the entry says. A reason where it cannot be read. */
async function reservationOf(
  { api, namespace }: NonNullable<View["cluster"]>,
  record: LeaseRecord,
): Promise<Reservation | string> {
  const { place, kind, attempt, holder, sinceMs, reason, proof } = record;
  const name = proof?.reservation ?? "";
  if (name === "") {
    const alone = { version: "", contested: undefined, name: "", uid: "", revision: -1n, journal: "", twinOf: "" };
    return { place, kind, attempt, holder, sinceMs, reason, isLabelled: false, ...alone };
  }
  const found = await api.read({ resource: reservations, namespace, name });
  if (found.kind !== "object") return reasonOf(found);
  return readReservation(found.object, place) ?? "its reservation is of no address that can be told";
}

function journalText({ isJournaled, isHeld }: LeaseRecord): string {
  if (!isHeld)
    return "the agent's journal alone knows it: its next comparison with the cluster makes it stand, or ends it";
  return isJournaled
    ? "the agent's journal says the same"
    : "the agent's journal lacks it: its next comparison with the cluster imports it";
}
