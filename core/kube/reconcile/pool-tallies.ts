/**
 * How many addresses of each pool are held: one number a pool, however many leases there are.
 *
 * @module
 */
import { type Address, bitsOf } from "../../ip/address.ts";
import { hasValue, type IntervalSet, intervalsOf, sizeOf, subtract, union } from "../../ip/interval-set.ts";
import { formatPrefix, type Prefix, prefixOf, usableBounds } from "../../ip/prefix.ts";
import type { LeaseKind, Place } from "../../ports/store.ts";
import type { BareRange } from "../inventory-ranges.ts";
import { poolName } from "../names.ts";

/** A pool's object, and what is known of it without its entries. */
export type CountedPool = {
  readonly name: string;
  readonly network: string;
  readonly prefix: Prefix;
  /** `enable_overlapping_ranges` as the pool is marked; undefined: as its definition says. */
  readonly overlapping: boolean | undefined;
};

/** `free` is what can still be given: excluded addresses are neither. */
export type PoolCount = { readonly used: bigint; readonly free: bigint };

/** What is counted apart from the rest, because it is read apart: a list that expired is counted anew. */
type Part = "reservations" | "entries" | "elsewhere";

type Tally = CountedPool & {
  readonly isOverlapping: boolean;
  readonly givable: IntervalSet;
  readonly size: bigint;
  readonly used: { [part in Part]: bigint };
};

/**
 * What is held is counted where it may have been given from: an excluded address, or one outside of what definitions serve, counts in no
 * pool, as in `berthctl networks`.
 */
export class PoolTallies {
  /** What all definitions of a pool together may give, by the name of its object. */
  readonly #served: ReadonlyMap<string, { readonly givable: IntervalSet; readonly overlapping: boolean }>;
  readonly #byName = new Map<string, Tally>();
  /** By network, family, length and first address: networks of addresses are nested or apart, so this finds all that contain one. */
  readonly #byBase = new Map<string, Tally>();
  /** Lengths that occur, by network and family. */
  readonly #lengths = new Map<string, Set<number>>();

  constructor(ranges: readonly BareRange[]) {
    const served = new Map<string, { givable: IntervalSet; overlapping: boolean }>();
    for (const { network, pool, overlapping, first, last, exclusions } of ranges) {
      const name = poolName(network, pool);
      const givable = subtract(intervalsOf([{ first: first.value, last: last.value }]), exclusions);
      const known = served.get(name);
      served.set(
        name,
        known === undefined ? { givable, overlapping } : { ...known, givable: union(known.givable, givable) },
      );
    }
    this.#served = served;
  }

  /** Of two objects of one network and range the later one is counted. */
  add(pool: CountedPool): void {
    const { name, network, prefix } = pool;
    const served = this.#served.get(poolName(network, formatPrefix(prefix)));
    const givable = served?.givable ?? intervalsOf([usableBounds(prefix)]);
    const isOverlapping = pool.overlapping ?? served?.overlapping ?? true;
    const tally = { ...pool, isOverlapping, givable, size: sizeOf(givable), used: nothing() };
    this.#byName.set(name, tally);
    this.#byBase.set(baseKey(network, prefix), tally);
    const lengths = this.#lengths.get(`${prefix.family} ${network}`) ?? new Set();
    this.#lengths.set(`${prefix.family} ${network}`, lengths.add(prefix.length));
  }

  /** Counts a reservation in every pool that it keeps an address of. Cost: one look for each length of the network's pools. */
  hold({ network, pool, overlapping, address }: Place, kind: LeaseKind): void {
    for (const tally of this.#containing(network, address)) {
      const isItsOwn = !overlapping && !tally.isOverlapping && formatPrefix(tally.prefix) === pool;
      if (kind !== "dynamic" || (overlapping && tally.isOverlapping) || isItsOwn) count(tally, "reservations", address);
    }
  }

  /** Counts an entry of a pool in that pool. */
  entry(name: string, address: Address): void {
    const tally = this.#byName.get(name);
    if (tally !== undefined) count(tally, "entries", address);
  }

  /** Counts an entry of a pool in the others that may not give its address. */
  entryElsewhere(name: string, address: Address): void {
    const own = this.#byName.get(name);
    if (own?.isOverlapping !== true) return;
    for (const tally of this.#containing(own.network, address)) {
      if (tally !== own && tally.isOverlapping) count(tally, "elsewhere", address);
    }
  }

  /** Whether an entry of one pool matters to another one. */
  hasNested(): boolean {
    for (const { network, prefix } of this.#byName.values()) {
      const address = { family: prefix.family, value: prefix.base };
      if ([...this.#containing(network, address)].length > 1) return true;
    }
    return false;
  }

  networks(): readonly string[] {
    return [...new Set([...this.#byName.values()].map(({ network }) => network))];
  }

  /** Forgets what was counted of this part. */
  begin(part: Part): void {
    for (const { used } of this.#byName.values()) used[part] = 0n;
  }

  of(name: string): PoolCount | undefined {
    const tally = this.#byName.get(name);
    if (tally === undefined) return undefined;
    const { size } = tally;
    const { reservations, entries, elsewhere } = tally.used;
    const used = reservations + entries + elsewhere;
    // What is counted twice takes nothing below nothing.
    return { used, free: used > size ? 0n : size - used };
  }

  *#containing(network: string, address: Address): Generator<Tally> {
    for (const length of this.#lengths.get(`${address.family} ${network}`) ?? []) {
      if (length > bitsOf(address.family)) continue;
      const found = this.#byBase.get(baseKey(network, prefixOf(address, length)));
      if (found !== undefined) yield found;
    }
  }
}

function nothing(): Tally["used"] {
  return { reservations: 0n, entries: 0n, elsewhere: 0n };
}

function count(tally: Tally, part: Part, { family, value }: Address): void {
  if (family === tally.prefix.family && hasValue(tally.givable, value)) tally.used[part] += 1n;
}

function baseKey(network: string, { family, base, length }: Prefix): string {
  return `${family}/${length}/${base.toString(36)}/${network}`;
}
