/**
 * What the elected member puts right, because nobody else would: each by a compare-and-set on what was just read.
 *
 * @module
 */
import type { Repaired, Reading } from "../../ports/scene.ts";
import type { Reservation } from "../../ports/cluster.ts";
import { labels } from "../labels.ts";
import { relabel } from "../mark.ts";
import type { KubeStoreNeeds } from "../needs.ts";
import { removeOrphanedTwins } from "../orphaned-twins.ts";
import { collectPages } from "../read-pages.ts";
import { reasonOf } from "../reason.ts";
import { readReservation } from "../reservation.ts";
import { reservations } from "../resources.ts";

/** Cost: two lists of what is few outside the mixed mode, and one request for each repair. */
export async function repair(
  needs: KubeStoreNeeds,
  agents: ReadonlySet<string>,
  repaired: (one: Repaired) => void,
): Reading {
  const labelling = await putLabelsBack(needs, agents, (lease) => repaired({ lease, what: "label" }));
  const removing = await removeOrphanedTwins(needs, (lease) => repaired({ lease, what: "leftover" }));
  return labelling ?? (removing.kind === "unknown" ? removing : undefined);
}

/** Of a node whose agent lives the agent does it (P15): it knows which of two is its own. */
async function putLabelsBack(
  needs: KubeStoreNeeds,
  agents: ReadonlySet<string>,
  labelled: (lease: Reservation) => void,
): Reading {
  const query = { resource: reservations, namespace: needs.namespace, labels: `!${labels.node}`, metadataOnly: false };
  const found = await collectPages(needs.api, query, (object) => {
    const lease = readReservation(object);
    const node = lease?.holder?.node ?? "";
    return node === "" || agents.has(node) ? undefined : lease;
  });
  if (found.kind !== "all") return { kind: "unknown", reason: reasonOf(found) };
  let hindered: string | undefined;
  for (const lease of found.items) {
    const answer = await relabel(needs, lease);
    if (answer.kind === "held") labelled(lease);
    if (answer.kind === "unknown") hindered = answer.reason;
  }
  return hindered === undefined ? undefined : { kind: "unknown", reason: hindered };
}
