/**
 * Whether a lease is still proven, for CHECK (P15): by its reservation, and beside Whereabouts by the pool's entry, too.
 *
 * @module
 */
import { type Holder, podRef } from "../ports/holder.ts";
import { newestAttempt, type Row } from "../ports/journal.ts";
import type { Reservation } from "../ports/cluster.ts";
import type { Held } from "../ports/store.ts";
import type { FlowPorts } from "./ports.ts";

/** @returns who has the address instead, or too, in words; undefined when all is well. Throws when the store cannot be read */
export async function proofFault(ports: FlowPorts, row: Row): Promise<string | undefined> {
  if (row.conflict !== "") return `it is held by ${row.conflict}, too`;
  const { store, cluster } = ports;
  if (cluster === undefined) return reservationFault(row, await store.look(row.place));
  const standing = await cluster.look(row.place);
  return reservationFault(row, standing) ?? entryFault(ports, row, standing);
}

function reservationFault({ attempts }: Row, held: Held | undefined): string | undefined {
  if (held === undefined) return "nobody holds it";
  if (!attempts.includes(held.attempt))
    return held.holder === undefined ? withheld(held) : `${who(held.holder)} holds it`;
  const other = held.contested?.holder;
  return other === undefined ? undefined : `${who(other)} lives on it, too`;
}

function withheld({ reason }: Held): string {
  return `it is withheld: ${reason}`;
}

/** The entry of an earlier sandbox of the same lease keeps the address as well, until it is written anew. */
async function entryFault({ cluster }: FlowPorts, row: Row, was: Reservation | undefined): Promise<string | undefined> {
  if (cluster === undefined || row.kind !== "dynamic") return undefined;
  const { place, kind, holder, sinceMs } = row;
  const [sight] = await cluster.entries([
    { place, kind, holder, sinceMs, attempt: newestAttempt(row), reason: "", was },
  ]);
  switch (sight?.kind) {
    case "missing":
      return "its entry in the pool is missing: Whereabouts may give it";
    case "other":
      return `the pool's entry names ${sight.by}`;
    case "unknown":
      throw new Error(sight.reason);
    case "ours":
    case "old":
    case undefined:
      return undefined;
    default:
      return sight satisfies never;
  }
}

function who(holder: Holder): string {
  return `pod ${podRef(holder)} on node ${holder.node === "" ? "unknown" : holder.node}`;
}
