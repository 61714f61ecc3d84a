/**
 * What this node's journal and the cluster say of each other (P14, P15): a plan, from what was read. Absence from the journal
 * is never a reason to free, only to import.
 *
 * @module
 */
import type { Finished, Row } from "../ports/journal.ts";
import type { Reservation } from "../ports/cluster.ts";
import { sameAddress } from "../ip/address.ts";

export type Comparison = {
  /** Rows of the journal as they were before the cluster was asked. */
  readonly rows: readonly Row[];
  readonly own: readonly Reservation[];
  readonly finished: readonly Finished[];
  /** Attempts of ADDs that run now. */
  readonly running: ReadonlySet<string>;
  readonly journal: string;
  /** The store's revision when this journal first read it; undefined on its first read. */
  readonly opened: bigint | undefined;
};

export type Plan = {
  /** Leases the journal lacks. */
  readonly import: readonly Reservation[];
  /** They carry an attempt of a row that has ended: given back (P9). */
  readonly giveBack: readonly Reservation[];
  /** Leases whose reservation was not among the answer. */
  readonly missing: readonly Row[];
  /** Leases that were in conflict, and hold their address again. */
  readonly settled: readonly Row[];
  /** Held by this node under another attempt than the journal's living lease has: an old copy of the journal. */
  readonly adopted: readonly { readonly row: Row; readonly reservation: Reservation }[];
  /** A reservation that another journal wrote under this node's name, after this journal was opened. */
  readonly stranger: Reservation | undefined;
  /** An object whose end was confirmed stands again: the store went back (P16). */
  readonly risen: Reservation | undefined;
};

export function planComparison(seen: Comparison): Plan {
  const byAttempt = new Map(seen.rows.flatMap((row) => row.attempts.map((attempt) => [attempt, row] as const)));
  const finished = new Map(seen.finished.map(({ attempt, uid }) => [attempt, uid]));
  const matched = new Set<Row>();
  const plan = {
    import: [] as Reservation[],
    giveBack: [] as Reservation[],
    adopted: [] as { row: Row; reservation: Reservation }[],
    stranger: undefined as Reservation | undefined,
    risen: undefined as Reservation | undefined,
  };
  for (const reservation of seen.own) {
    const row = byAttempt.get(reservation.attempt);
    if (row !== undefined) matched.add(row);
    if (row !== undefined || seen.running.has(reservation.attempt)) continue;
    const uid = finished.get(reservation.attempt);
    if (uid !== undefined) {
      plan.giveBack.push(reservation);
      if (uid !== "" && uid === reservation.uid) plan.risen ??= reservation;
      continue;
    }
    // A further reservation of a static address comes and goes with its first (P21).
    if (reservation.twinOf !== "") continue;
    if (isStranger(seen, reservation)) plan.stranger ??= reservation;
    const other = seen.rows.find((one) => one.state === "lease" && isAt(one, reservation));
    if (other === undefined) plan.import.push(reservation);
    else if (isSameHolder(other, reservation)) {
      matched.add(other);
      plan.adopted.push({ row: other, reservation });
    }
  }
  const leases = seen.rows.filter(({ state }) => state === "lease");
  return {
    ...plan,
    missing: leases.filter((row) => !matched.has(row)),
    settled: leases.filter((row) => matched.has(row) && row.conflict !== ""),
  };
}

function isStranger({ journal, opened }: Comparison, reservation: Reservation): boolean {
  const isOther = reservation.journal !== "" && reservation.journal !== journal;
  return isOther && opened !== undefined && reservation.revision > opened;
}

function isAt({ place }: Row, reservation: Reservation): boolean {
  return (
    place.network === reservation.place.network &&
    place.overlapping === reservation.place.overlapping &&
    (place.overlapping || place.pool === reservation.place.pool) &&
    sameAddress(place.address, reservation.place.address)
  );
}

/** The same attachment, or another sandbox of the same pod's interface. */
function isSameHolder({ holder }: Row, reservation: Reservation): boolean {
  const other = reservation.holder;
  if (other === undefined || other.attachment.ifName !== holder.attachment.ifName) return false;
  const isSamePod = holder.pod?.uid !== undefined && other.pod?.uid === holder.pod.uid;
  return isSamePod || other.attachment.containerId === holder.attachment.containerId;
}
