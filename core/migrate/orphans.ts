/**
 * Entries that Berth never took over, and what has become of their pods.
 *
 * @module
 */
import { hasEnded } from "../kube/has-ended.ts";
import { pods } from "../kube/resources.ts";
import { withheldRef } from "../kube/reservation.ts";
import { podRef, readPodRef } from "../ports/holder.ts";
import { type EntrySight, type Ledger, readLedger, unadopted } from "./ledger.ts";
import { ask, type MigrateNeeds, type Unreachable } from "./needs.ts";

export type Orphan = EntrySight & {
  /** `gone`: it does not exist, or has ended. */
  readonly pod: "gone" | "there" | "unknown";
  /** Berth holds an address of the same network for the same pod: under a newer container. */
  readonly isFollowed: boolean;
};

/** So many pods are looked at: with more of them this is no time to finish. */
const podsMax = 500;

/**
 * Those that are still there after a moment: of an ADD that is on its way the entry stands before the reservation, of a free
 * the reservation alone. Cost: one read for each pod, at most 500.
 */
export async function findOrphans(
  needs: MigrateNeeds,
  ledger: Ledger,
): Promise<{ readonly kind: "orphans"; readonly orphans: readonly Orphan[] } | Unreachable> {
  const first = unadopted(ledger);
  if (first.length === 0) return { kind: "orphans", orphans: [] };
  await needs.clock.wait(needs.limits.againMs);
  const again = await readLedger(needs, "pools");
  if (again.kind !== "ledger") return again;
  const known = new Set(first.map(entryKeyOf));
  const lasting = unadopted(again.ledger).filter((one) => known.has(entryKeyOf(one)));
  const followed = new Set(
    again.ledger.reservations.flatMap(({ place, holder }) =>
      holder === undefined ? [] : [JSON.stringify([place.network, podRef(holder)])],
    ),
  );
  const orphans: Orphan[] = [];
  for (const [at, one] of lasting.entries()) {
    const isFollowed = followed.has(JSON.stringify([one.pool.network, one.entry.podref]));
    orphans.push({ ...one, isFollowed, pod: at < podsMax ? await podOf(needs, one) : "unknown" });
  }
  return { kind: "orphans", orphans };
}

/** The very entry: one that was written anew is another. */
function entryKeyOf({ pool, entry }: EntrySight): string {
  return JSON.stringify([pool.name, entry.key, entry.id, entry.podref, entry.ifname]);
}

async function podOf(needs: MigrateNeeds, { entry }: EntrySight): Promise<Orphan["pod"]> {
  // Nobody withholds it any more: there is no reservation.
  if (entry.podref === withheldRef) return "gone";
  const { namespace, name } = readPodRef(entry.podref);
  if (namespace === "" || name === "") return "unknown";
  const found = await ask(needs, () => needs.api.read({ resource: pods, namespace, name }));
  if (found.kind === "absent") return "gone";
  if (found.kind !== "object") return "unknown";
  return hasEnded(found.object) ? "gone" : "there";
}
