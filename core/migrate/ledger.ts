/**
 * Entries and reservations side by side: which entries Berth has taken over, and which of its leases have none.
 *
 * @module
 */
import { type Address, type AddressValue, knownAddress } from "../ip/address.ts";
import { formatAddress } from "../ip/address-text.ts";
import { formatPrefix } from "../ip/prefix.ts";
import { entryOf } from "../kube/mixed.ts";
import type { Alien, PoolEntries, PoolEntry } from "../kube/pool-entries.ts";
import { readReservation } from "../kube/reservation.ts";
import { nodeSlicePools, pools, reservations } from "../kube/resources.ts";
import { readNodeSlices } from "../kube/slices.ts";
import type { Reservation } from "../ports/cluster.ts";
import type { Holder } from "../ports/holder.ts";
import type { KubeObject } from "../ports/kube-api.ts";
import { readLists } from "./lists.ts";
import type { MigrateNeeds, Unreachable } from "./needs.ts";
import { type PoolSight, readPool } from "../kube/pool-sight.ts";

export type EntrySight = {
  readonly pool: PoolSight;
  /** As places name it. */
  readonly range: string;
  readonly address: Address;
  readonly entry: PoolEntry;
};

export type Ledger = {
  /** In our namespace. */
  readonly pools: readonly PoolSight[];
  /** In other namespaces: another arbiter (F13). */
  readonly elsewhere: readonly PoolSight[];
  /** Of our namespace, with Berth's annotations. */
  readonly reservations: readonly Reservation[];
  /** Of our namespace, written by others: Whereabouts, or a person. */
  readonly foreign: readonly KubeObject[];
  /** Reservations of other namespaces: they exclude nothing here. */
  readonly strays: readonly KubeObject[];
  readonly slices: readonly KubeObject[];
};

/** Large: a page of pools has to stay below what one answer may have. */
const poolsAPage = 15;

/**
 * @param first what is read first: who looks for entries without reservation reads pools first, for ADD writes the entry
 * first; who looks for reservations without entry reads these first
 */
export async function readLedger(
  needs: MigrateNeeds,
  first: "pools" | "reservations",
): Promise<{ readonly kind: "ledger"; readonly ledger: Ledger } | Unreachable> {
  const { namespace } = needs;
  const listings = [
    ["pools", { resource: pools, pageSize: poolsAPage }],
    ["reservations", { resource: reservations }],
  ] as const;
  const answer = await readLists(needs, [
    ["slices", { resource: nodeSlicePools, namespace }],
    ...(first === "pools" ? listings : listings.toReversed()),
  ]);
  if (answer.kind !== "lists") return answer;
  const slices = answer.of("slices");
  const nodes = nodesIn(slices);
  const sights = answer.of("pools").map((object) => readPool(object, nodes));
  const [here, there] = partition(answer.of("reservations"), ({ metadata }) => metadata.namespace === namespace);
  const read = here.map((object) => ({ object, row: readReservation(object) }));
  const ours = read.flatMap(({ row }) => (row !== undefined && isOurs(row) ? [row] : []));
  return {
    kind: "ledger",
    ledger: {
      pools: sights.filter((one) => one.namespace === namespace),
      elsewhere: sights.filter((one) => one.namespace !== namespace),
      reservations: ours,
      strays: there,
      foreign: read.filter(({ row }) => row === undefined || !isOurs(row)).map(({ object }) => object),
      slices,
    },
  };
}

function partition<Item>(items: readonly Item[], test: (item: Item) => boolean): readonly [Item[], Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}

/** Whereabouts' takings that a release came upon bear an attempt, and no node: nobody of ours frees them. */
function isOurs({ attempt, holder }: Reservation): boolean {
  return attempt !== "" && (holder === undefined || holder.node !== "");
}

function nodesIn(slices: readonly KubeObject[]): ReadonlySet<string> {
  const names = slices.map(readNodeSlices).flatMap((one) => (one.kind === "slices" ? one.slices : []));
  return new Set(names.map(({ node }) => node).filter((node) => node !== ""));
}

export function* eachEntry(sights: readonly PoolSight[]): Generator<EntrySight> {
  for (const { pool, range, text } of readable(sights)) {
    const { family } = text.base;
    for (const [value, entry] of text.entries) yield { pool, range, address: knownAddress(family, value), entry };
  }
}

export function* eachAlien(sights: readonly PoolSight[]): Generator<{ pool: PoolSight; alien: Alien }> {
  for (const { pool, text } of readable(sights)) for (const alien of text.aliens) yield { pool, alien };
}

/** Entries that no reservation of Berth stands for: one of the same address and container (P14, P22). */
export function unadopted({ pools: sights, reservations: rows }: Ledger): readonly EntrySight[] {
  const held = new Set(rows.map((row) => holdingKey(row.place.network, row.place.address, entryOf(row).id)));
  return [...eachEntry(sights)].filter(
    ({ pool, address, entry }) => !held.has(holdingKey(pool.network, address, entry.id)),
  );
}

/** What somebody holds; a withheld address is nobody's lease. */
export type LeaseRow = Reservation & { readonly holder: Holder };

/** Leases inside a pool that have no entry there with the same container and pod (P22). */
export function missingEntries({ pools: sights, reservations: rows }: Ledger): readonly LeaseRow[] {
  const byRange = new Map(readable(sights).map(({ pool, range, text }) => [rangeKey(pool.network, range), text]));
  return rows.filter(isLease).filter((row) => {
    const { place, twinOf } = row;
    // An address of no pool is found by its reservation's name.
    if (place.pool === "" || twinOf !== "") return false;
    const entry = byRange.get(rangeKey(place.network, place.pool))?.entries.get(place.address.value);
    const wanted = entryOf(row);
    return entry?.id !== wanted.id || entry.podref !== wanted.podref;
  });
}

function isLease(row: Reservation): row is LeaseRow {
  return row.holder !== undefined;
}

/** How many addresses of each pool that can be read are held or written down: what its object would have to hold (P6). */
export function entriesWanted({ pools: sights, reservations: rows }: Ledger): ReadonlyMap<PoolSight, number> {
  const leases = new Map<string, Set<AddressValue>>();
  for (const { place } of rows.filter(isLease)) {
    if (place.pool === "") continue;
    const key = rangeKey(place.network, place.pool);
    const values = leases.get(key) ?? new Set();
    leases.set(key, values.add(place.address.value));
  }
  return new Map(
    readable(sights).map(({ pool, range, text }) => {
      const held = leases.get(rangeKey(pool.network, range)) ?? [];
      return [pool, new Set([...text.entries.keys(), ...held]).size];
    }),
  );
}

export function entryCount(sights: readonly PoolSight[]): number {
  return readable(sights).reduce((sum, { text }) => sum + text.entries.size, 0);
}

function holdingKey(network: string, address: Address, container: string): string {
  return JSON.stringify([network, formatAddress(address), container]);
}

type Readable = {
  readonly pool: PoolSight;
  /** As places name it: `<cidr>`, or `<node>-<cidr>` of a slice. */
  readonly range: string;
  readonly text: PoolEntries;
};

function readable(sights: readonly PoolSight[]): readonly Readable[] {
  return sights.flatMap((pool) => {
    const { text, node } = pool;
    if (text.kind === "unreadable") return [];
    const cidr = formatPrefix(text.prefix);
    return [{ pool, text, range: node === undefined ? cidr : `${node}-${cidr}` }];
  });
}

function rangeKey(network: string, range: string): string {
  return JSON.stringify([network, range]);
}
