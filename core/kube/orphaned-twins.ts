/**
 * Further reservations of withheld addresses whose first has gone (P21): a create that landed after the address was given back
 * leaves one, and no node's journal tells of it. Any agent may remove it.
 *
 * @module
 */
import type { Reservation, Unread } from "../ports/cluster.ts";
import { labels, selector } from "./labels.ts";
import { isMixed, type KubeStoreNeeds } from "./needs.ts";
import { releaseOne } from "./one.ts";
import { collectPages } from "./read-pages.ts";
import { reasonOf } from "./reason.ts";
import { readReservation } from "./reservation.ts";
import { reservations } from "./resources.ts";
import { dropTwinEntry } from "./twin-halves.ts";

/**
 * Who makes a further reservation has seen the first stand: one that stands without it is garbage. Cost: one list of the withheld
 * addresses, and two requests for each orphan.
 *
 * @param told hears of each that was removed
 */
export async function removeOrphanedTwins(
  needs: KubeStoreNeeds,
  told: (twin: Reservation) => void = () => undefined,
): Promise<{ readonly kind: "done"; readonly removed: number } | Unread> {
  const query = { resource: reservations, namespace: needs.namespace, labels: selector({ [labels.kind]: "withheld" }) };
  const found = await collectPages(needs.api, { ...query, metadataOnly: true }, (object) => readReservation(object));
  if (found.kind !== "all") return { kind: "unknown", reason: reasonOf(found) };
  const withheld = found.items;
  const standing = new Set(withheld.map(({ name, attempt }) => `${name} ${attempt}`));
  let removed = 0;
  for (const twin of withheld) {
    if (twin.twinOf === "" || standing.has(`${twin.twinOf} ${twin.attempt}`)) continue;
    // Not only unlabelled, or made since.
    const first = await needs.api.read({ resource: reservations, namespace: needs.namespace, name: twin.twinOf });
    if (first.kind === "refused" || first.kind === "unknown") return { kind: "unknown", reason: reasonOf(first) };
    if (first.kind === "object" && readReservation(first.object)?.attempt === twin.attempt) continue;
    const reason = await remove(needs, twin);
    if (reason !== undefined) return { kind: "unknown", reason };
    removed += 1;
    told(twin);
  }
  return { kind: "done", removed };
}

/** Beside Whereabouts it has an entry, which goes first (P12). @returns why that is not done */
async function remove(needs: KubeStoreNeeds, twin: Reservation): Promise<string | undefined> {
  const kept = isMixed(needs) ? await dropTwinEntry(needs, twin) : undefined;
  if (kept !== undefined) return kept;
  const answer = await releaseOne(needs, twin);
  return answer.kind === "unknown" ? answer.reason : undefined;
}
