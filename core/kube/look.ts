/**
 * One reservation as it stands now.
 *
 * @module
 */
import type { Reservation } from "../ports/cluster.ts";
import type { Place } from "../ports/store.ts";
import { type KubeStoreNeeds, nameOf } from "./needs.ts";
import { reasonOf } from "./reason.ts";
import { readReservation } from "./reservation.ts";

/** Uncached. Throws when the API server does not tell. */
export async function look(needs: KubeStoreNeeds, place: Place): Promise<Reservation | undefined> {
  const found = await needs.api.read(nameOf(needs, place));
  if (found.kind === "absent") return undefined;
  if (found.kind !== "object") throw new Error(reasonOf(found));
  return readReservation(found.object, place);
}
