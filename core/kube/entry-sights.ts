/**
 * Looking at the entries of living leases, and writing one anew (P15). In exclusive mode there is nothing to look at.
 *
 * @module
 */
import type { EntrySight, Reservation, Unread } from "../ports/cluster.ts";
import type { Claim } from "../ports/store.ts";
import { sameValue } from "./entry-order.ts";
import type { EntryWriter } from "./entry-writer.ts";
import { entryOf } from "./mixed.ts";
import { poolName } from "./names.ts";
import { isMixed, type KubeStoreNeeds } from "./needs.ts";
import type { PoolEntries } from "./pool-entries.ts";

export type LeaseInPool = Claim & { readonly was: Reservation | undefined };

/** Cost: one read of each pool. */
export async function entrySights(
  needs: KubeStoreNeeds,
  leases: readonly LeaseInPool[],
): Promise<readonly EntrySight[]> {
  // Until the mode is known an entry that is not there is missed by nobody.
  if (!isMixed(needs) || needs.mixed.mode === undefined) return leases.map(() => ({ kind: "ours" }));
  const read = new Map<string, Awaited<ReturnType<EntryWriter["read"]>>>();
  const sights: EntrySight[] = [];
  for (const lease of leases) {
    const name = poolName(lease.place.network, lease.place.pool);
    const pool = read.get(name) ?? (await needs.mixed.entries.of(lease.place).read());
    read.set(name, pool);
    sights.push(pool.kind === "entries" ? sightOf(pool, lease) : { kind: "unknown", reason: pool.reason });
  }
  return sights;
}

function sightOf(pool: PoolEntries, lease: LeaseInPool): EntrySight {
  const { value } = lease.place.address;
  const now = pool.entries.get(value);
  if (now === undefined)
    return pool.taken.has(value) ? { kind: "other", by: "a key that cannot be read" } : { kind: "missing" };
  if (sameValue(now, entryOf(lease))) return { kind: "ours" };
  const { was } = lease;
  return was !== undefined && sameValue(now, entryOf(was))
    ? { kind: "old", was }
    : { kind: "other", by: `pod ${now.podref}, container ${now.id.slice(0, 13)}` };
}

export async function writeEntry(
  needs: KubeStoreNeeds,
  lease: Claim,
  was: Claim | undefined,
): Promise<{ readonly kind: "done" } | Unread> {
  if (!isMixed(needs)) return { kind: "done" };
  const { address } = lease.place;
  const value = entryOf(lease);
  const answer = await needs.mixed.entries
    .of(lease.place)
    .order(
      was === undefined
        ? { kind: "add", address, value }
        : { kind: "replace", address, value: entryOf(was), to: value },
    );
  switch (answer.kind) {
    case "done":
      return { kind: "done" };
    case "other":
      return { kind: "unknown", reason: "somebody else wrote the entry" };
    case "refused":
    case "unknown":
      return { kind: "unknown", reason: answer.reason };
    default:
      return answer satisfies never;
  }
}
