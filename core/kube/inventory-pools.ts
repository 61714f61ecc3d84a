/**
 * The pools of the cluster for people: what their entries keep from being given, and where each belongs.
 *
 * @module
 */
import { knownAddress } from "../ip/address.ts";
import { formatPrefix, lastOf, type Prefix } from "../ip/prefix.ts";
import { editCommand, type PoolSight, poolWord, readPool } from "./pool-sight.ts";
import type { PlacedEntry } from "./inventory-leases.ts";
import { type BareRange, poolRange } from "./inventory-ranges.ts";
import type { KubeStoreNeeds } from "./needs.ts";
import { collectPages, type Listed } from "./read-pages.ts";
import { pools } from "./resources.ts";
import { sliceNodes } from "./slice-nodes.ts";

type Needs = Pick<KubeStoreNeeds, "api" | "namespace">;

/** Pools of all namespaces that may be looked into; without that right, of our own. */
export async function readPools(needs: Needs): Promise<Listed<PoolSight>> {
  const { api, namespace } = needs;
  const told = await sliceNodes(needs);
  // Who may not read them is shown pools as if there were none.
  const nodes = typeof told === "string" ? new Set<string>() : told;
  const query = { resource: pools, metadataOnly: false };
  const take = (object: Parameters<typeof readPool>[0]) => readPool(object, nodes);
  const all = await collectPages(api, query, take);
  const isForbidden = all.kind === "refused" && all.status === 403;
  return isForbidden ? collectPages(api, { ...query, namespace }, take) : all;
}

export type Served = readonly Pick<BareRange, "network" | "pool" | "overlapping" | "first" | "last">[];

/** Every entry, at the place that it keeps from being given. */
export function placedEntries(sights: readonly PoolSight[], served: Served): readonly PlacedEntry[] {
  const overlaps = overlapSettings(served);
  return sights.flatMap((sight): readonly PlacedEntry[] => {
    const { text, network } = sight;
    if (text.kind !== "entries") return [];
    const pool = servedPool(sight, text.prefix, served);
    const overlapping = isOverlapping(sight, pool, overlaps);
    return [...text.taken].map((value) => ({
      place: { network, pool, overlapping, address: knownAddress(text.base.family, value) },
      entry: text.entries.get(value),
      pool: `${sight.namespace}/${sight.name}`,
    }));
  });
}

/** Pools that no definition serves. A slice of one node belongs to the definition's range. */
export function unservedRanges(sights: readonly PoolSight[], served: Served): readonly BareRange[] {
  const overlaps = overlapSettings(served);
  return sights.flatMap((sight) => {
    const { text, network } = sight;
    if (text.kind !== "entries") return [];
    const pool = servedPool(sight, text.prefix, served);
    if (served.some((range) => range.network === network && range.pool === pool)) return [];
    return [poolRange(network, text.prefix, isOverlapping(sight, pool, overlaps))];
  });
}

function servedPool({ network, node }: PoolSight, prefix: Prefix, served: Served): string {
  if (node === undefined) return formatPrefix(prefix);
  const whole = served.find(
    ({ network: other, first, last }) =>
      other === network && first.family === prefix.family && first.value <= lastOf(prefix) && last.value >= prefix.base,
  );
  return whole?.pool ?? formatPrefix(prefix);
}

function overlapSettings(served: Served): ReadonlyMap<string, boolean> {
  return new Map(served.map(({ network, pool, overlapping }) => [`${network}\0${pool}`, overlapping]));
}

/** The mark of the pool decides (P2); without one the definition; else Whereabouts' default. */
function isOverlapping({ isApart, network }: PoolSight, pool: string, settings: ReadonlyMap<string, boolean>): boolean {
  return !isApart && (settings.get(`${network}\0${pool}`) ?? true);
}

export function poolFault(sight: PoolSight): string | undefined {
  if (sight.text.kind === "unreadable")
    return `${poolWord(sight)}: expected ${sight.text.fault}: run: ${editCommand(sight)}`;
  return undefined;
}
