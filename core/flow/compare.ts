/**
 * What this node's journal and the cluster say of each other (P14, P15): a plan, from what was read. Absence from the journal
 * is never a reason to free, only to import.
 *
 * @module
 */
import { type Finished, newestAttempt, type Row } from "../ports/journal.ts";
import type { Reservation } from "../ports/cluster.ts";
import { sameAddress } from "../ip/address.ts";
import { isStranger, type Opened } from "./opened.ts";

export type Comparison = {
  /** Rows of the journal as they were before the cluster was asked. */
  readonly rows: readonly Row[];
  readonly own: readonly Reservation[];
  readonly finished: readonly Finished[];
  /** Attempts of ADDs that run now. */
  readonly running: ReadonlySet<string>;
  readonly journal: string;
  /** Of this machine, now. */
  readonly bootId: string;
  /** Undefined on the journal's first read of the store. */
  readonly opened: Opened | undefined;
  /** The store's revision at the first comparison of this run; left out: this is the first. */
  readonly begun?: bigint | undefined;
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
  /** Where another's row stands in the way of taking them on record: by what becomes of that row they are judged anew. */
  readonly displaced: readonly { readonly row: Row; readonly reservation: Reservation }[];
  /** What another journal wrote under this node's name after this one was opened. */
  readonly strangers: readonly Reservation[];
  /** An object whose end was confirmed stands again: the store went back (P16). */
  readonly risen: Reservation | undefined;
};

/** Where one of the node's own reservations belongs. */
type Sorted =
  | { readonly kind: "known"; readonly row: Row }
  /** An ADD that runs now will know it. */
  | { readonly kind: "running" }
  | { readonly kind: "finished"; readonly isRisen: boolean }
  | { readonly kind: "adopted"; readonly row: Row }
  | { readonly kind: "unknown" }
  /** Of another machine, which bears this node's name: nothing here can judge it, so it is never imported. */
  | { readonly kind: "foreign" }
  /** Of another holder than the open row at its address: an old copy of the journal, again. */
  | { readonly kind: "displaced"; readonly row: Row }
  /** A further reservation. */
  | { readonly kind: "twin" };

export function planComparison(seen: Comparison): Plan {
  const byAttempt = new Map(seen.rows.flatMap((row) => row.attempts.map((attempt) => [attempt, row] as const)));
  const finished = new Map(seen.finished.map(({ attempt, uid }) => [attempt, uid]));
  const sorted = seen.own.map((reservation) => ({
    reservation,
    as: sort(seen, reservation, byAttempt.get(reservation.attempt), finished.get(reservation.attempt)),
  }));
  const of = (isWanted: (as: Sorted) => boolean) =>
    sorted.filter(({ as }) => isWanted(as)).map(({ reservation }) => reservation);
  const matched = new Set(sorted.flatMap(({ as }) => (as.kind === "known" || as.kind === "adopted" ? [as.row] : [])));
  const leases = seen.rows.filter(({ state }) => state === "lease");
  return {
    import: of((as) => as.kind === "unknown"),
    giveBack: of((as) => as.kind === "finished"),
    adopted: sorted.flatMap(({ as, reservation }) => (as.kind === "adopted" ? [{ row: as.row, reservation }] : [])),
    displaced: sorted.flatMap(({ as, reservation }) => (as.kind === "displaced" ? [{ row: as.row, reservation }] : [])),
    strangers: of((as) => as.kind === "foreign" || as.kind === "known" || as.kind === "unknown").filter((one) =>
      livesBeside(seen, one),
    ),
    risen: of((as) => as.kind === "finished" && as.isRisen)[0],
    missing: leases.filter((row) => !matched.has(row)),
    settled: leases.filter((row) => matched.has(row) && row.conflict !== ""),
  };
}

function sort(
  seen: Comparison,
  reservation: Reservation,
  row: Row | undefined,
  finishedUid: string | undefined,
): Sorted {
  if (row !== undefined) return { kind: "known", row };
  if (seen.running.has(reservation.attempt)) return { kind: "running" };
  if (finishedUid !== undefined)
    return { kind: "finished", isRisen: finishedUid !== "" && finishedUid === reservation.uid };
  // A further reservation of a static address comes and goes with its first (P21).
  if (reservation.twinOf !== "") return { kind: "twin" };
  if (isStranger(seen, reservation) && isOfOtherBoot(seen, reservation)) return { kind: "foreign" };
  const other = seen.rows.find((one) => isOpen(seen, one) && isAt(one, reservation));
  if (other === undefined) return { kind: "unknown" };
  return isSameHolder(other, reservation) ? { kind: "adopted", row: other } : { kind: "displaced", row: other };
}

/**
 * Of this very machine an earlier state file may have been put back: what another wrote is told of only while that other goes on
 * writing.
 */
function livesBeside(seen: Comparison, reservation: Reservation): boolean {
  // A further reservation is written by whoever opens its pool, of whichever node (P21).
  if (reservation.twinOf !== "") return false;
  const isGoingOn = seen.begun !== undefined && reservation.revision > seen.begun;
  return isStranger(seen, reservation) && (isGoingOn || isOfOtherBoot(seen, reservation));
}

function isOfOtherBoot({ bootId }: Comparison, { holder }: Reservation): boolean {
  return holder?.evidence.bootId !== bootId;
}

/** A lease, or what an old copy of the journal still takes for an intent although it was answered since (P14). */
function isOpen({ running }: Comparison, row: Row): boolean {
  return row.state === "lease" || (row.state === "intent" && !running.has(newestAttempt(row)));
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
