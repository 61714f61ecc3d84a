/**
 * What this agent believes about its pools: read from the store when first needed, kept true by what it does itself.
 * Belief only proposes; the store disposes. "Full" is never said on belief: it is read anew before (P7).
 *
 * @module
 */
import type { AddressValue } from "../ip/address.ts";
import { formatRange } from "../ip/range-text.ts";
import { type Range, sameRange } from "../ip/range.ts";
import type { LeaseKind, Place, StorePage, StoreQuery } from "../ports/store.ts";
import { eachRow } from "./leases.ts";
import { PoolView } from "./pool-view.ts";
import type { FlowPorts } from "./ports.ts";

type Needs = Pick<FlowPorts, "store" | "journal" | "clock" | "random" | "choice" | "limits">;

/** How many ranges are kept in mind; the one unused for longest is forgotten, and read again when needed. */
const viewsMax = 256;

/** A view while the store is asked for it. */
type Reading = { readonly view: PoolView; readonly whole: Promise<PoolView> };

/** How much of what the store holds is read. */
type Reads = "no" | "glance" | "whole";

export class Pools {
  readonly #needs: Needs;
  /** As last read, or as it began. */
  readonly #views = new Map<string, PoolView>();
  /** What will take their place: must hear what happens meanwhile. */
  readonly #readings = new Map<string, Reading>();

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * The view of a range, read first where the store says so; else it begins with what this node has, and is read after addresses
   * were refused. While it is read anew, it is the one that was. Throws when the store cannot be read.
   */
  async view(query: StoreQuery, range: Range): Promise<PoolView> {
    const key = keyOf(query, range);
    const known = this.#views.get(key);
    if (known !== undefined && isSame(known.range, range)) {
      this.#views.delete(key);
      this.#views.set(key, known);
      return known;
    }
    const reading = this.#readings.get(key);
    if (reading !== undefined && isSame(reading.view.range, range)) return reading.whole;
    return this.#make(query, range, this.#needs.store.readsFirst() ? "whole" : "no");
  }

  /**
   * A view for which the store was asked no longer ago than `sinceNs`, on the boot clock. Who comes while it is being read
   * waits for the same answer.
   */
  async readSince(query: StoreQuery, range: Range, sinceNs: bigint): Promise<PoolView> {
    const key = keyOf(query, range);
    // A glance that is under way may tell it all; whoever waited for it looks again at what others began meanwhile.
    for (;;) {
      const known = this.#views.get(key);
      if (known !== undefined && isReadSince(known, sinceNs)) return known;
      const reading = this.#readings.get(key);
      if (reading === undefined) return this.#make(query, range, "whole");
      if (isReadSince(reading.view, sinceNs)) return reading.whole;
      if (reading.view.readNs !== undefined) return this.#make(query, range, "whole");
      const told = await reading.whole;
      if (isReadSince(told, sinceNs)) return told;
    }
  }

  /**
   * What one page of the store's answer tells: all of a small network, and of a large one at least some of what is held. Undefined
   * where it was asked a moment ago (P7).
   */
  glance(query: StoreQuery, range: Range): Promise<PoolView> | undefined {
    const reading = this.#readings.get(keyOf(query, range));
    if (reading !== undefined) return reading.whole;
    return this.untilRead(query, range, "glance") > 0 ? undefined : this.#make(query, range, "glance");
  }

  /** How long until the store may be asked again about this range, ms: at most once in `listEveryMs` (P7). */
  untilRead(query: StoreQuery, range: Range, how: "glance" | "whole" = "whole"): number {
    const { clock, limits, choice } = this.#needs;
    const key = keyOf(query, range);
    const known = this.#views.get(key);
    const sinceMs = (ns: bigint | undefined) =>
      ns === undefined ? Number.POSITIVE_INFINITY : Number((clock.bootNs() - ns) / 1_000_000n);
    if (choice === "lowest") return 0;
    const readMs = sinceMs(this.#readings.get(key)?.view.readNs ?? known?.readNs);
    // The first page of many tells the same each time.
    const glancedMs = how === "glance" ? sinceMs(known?.glancedNs) : Number.POSITIVE_INFINITY;
    return Math.max(0, limits.listEveryMs - readMs, limits.compareMs - glancedMs);
  }

  /** Cost with "whole": one pass over what the network holds. */
  async #make(query: StoreQuery, range: Range, reads: Reads): Promise<PoolView> {
    const key = keyOf(query, range);
    const view = new PoolView(query, range, this.#needs);
    if (reads === "whole") view.readNs = this.#needs.clock.bootNs();
    const reading: Reading = { view, whole: this.#load(view, reads) };
    this.#readings.set(key, reading);
    try {
      const loaded = await reading.whole;
      // One that was asked for later is as good, and may already stand there.
      if (loaded === view && this.#readings.get(key) === reading) {
        this.#views.delete(key);
        this.#views.set(key, view);
      }
      this.#forgetOldest();
      return loaded;
    } finally {
      if (this.#readings.get(key) === reading) this.#readings.delete(key);
    }
  }

  /** An address is held now, by whomever. */
  took(place: Place, kind: LeaseKind): void {
    for (const view of this.#concerned(place, kind)) view.taken(place.address.value);
  }

  /** All these of the pool are held, as an answer of the store told by the way. */
  learn(place: Place, held: ReadonlySet<AddressValue>): void {
    for (const view of this.#concerned(place, "dynamic")) view.occupancy.takeAll(held);
  }

  /** An address came free. */
  freed(place: Place, kind: LeaseKind, restUntilMs: number): void {
    for (const view of this.#concerned(place, kind)) view.freed(place.address.value, restUntilMs);
  }

  /** @returns another view than this one where that is the better belief */
  async #load(view: PoolView, reads: Reads): Promise<PoolView> {
    const { journal, clock, choice } = this.#needs;
    const known = reads === "glance" ? await this.#glanceAt(view) : undefined;
    if (known !== undefined) return known;
    if (reads === "whole") await this.#read(view);
    // What is on its way to the store is not in its answer; where this node is alone, the journal refuses it cheaply.
    if (choice === "random") await this.#readJournal(view);
    view.read();
    const now = clock.nowMs();
    for (const { place, untilMs } of await journal.resting(view.query.network)) {
      const isFree = place.address.family === view.range.family && view.occupancy.isFree(place.address.value);
      if (untilMs > now && isFree && sees(view.query, place, "dynamic")) view.rest(place.address.value, untilMs);
    }
    return view;
  }

  /** @returns what was believed before, with what the page told, where one page is not all */
  async #glanceAt(view: PoolView): Promise<PoolView | undefined> {
    const askedNs = this.#needs.clock.bootNs();
    const known = this.#views.get(keyOf(view.query, view.range));
    const page = await this.#needs.store.page(view.query, undefined);
    const isAll = page.next === undefined;
    const best = isAll ? view : (known ?? view);
    if (isAll) best.readNs = askedNs;
    else best.glancedNs = askedNs;
    best.occupancy.takeAll(valuesIn(page, view));
    return best === view ? undefined : best;
  }

  async #readJournal(view: PoolView): Promise<void> {
    for (const state of ["intent", "lease", "freeing"] as const) {
      for await (const row of eachRow(this.#needs, state)) {
        const { place, kind } = row;
        if (place.address.family === view.range.family && sees(view.query, place, kind))
          view.occupancy.take(place.address.value);
      }
    }
  }

  async #read(view: PoolView): Promise<void> {
    const { store } = this.#needs;
    let cursor: string | undefined;
    do {
      const page = await store.page(view.query, cursor);
      view.occupancy.takeAll(valuesIn(page, view));
      cursor = page.next;
    } while (cursor !== undefined);
  }

  *#concerned(place: Place, kind: LeaseKind): Generator<PoolView> {
    const isConcerned = ({ range, query }: PoolView) =>
      range.family === place.address.family && sees(query, place, kind);
    for (const view of this.#views.values()) if (isConcerned(view)) yield view;
    for (const { view } of this.#readings.values()) if (isConcerned(view)) yield view;
  }

  #forgetOldest(): void {
    for (const key of this.#views.keys()) {
      if (this.#views.size <= viewsMax) return;
      this.#views.delete(key);
    }
  }
}

function isReadSince({ readNs }: PoolView, sinceNs: bigint): boolean {
  return readNs !== undefined && readNs >= sinceNs;
}

function valuesIn({ rows }: StorePage, { range }: PoolView): readonly AddressValue[] {
  return rows.filter(({ place }) => place.address.family === range.family).map(({ place }) => place.address.value);
}

/** Mostly it is the very one, as read from the same text. */
function isSame(a: Range, b: Range): boolean {
  return a === b || sameRange(a, b);
}

/** Whether what is held at `place` keeps a pool from giving it: its own scope, and what is held everywhere (P21). */
function sees(query: StoreQuery, place: Place, kind: LeaseKind): boolean {
  if (query.network !== place.network) return false;
  if (kind !== "dynamic") return true;
  if (query.overlapping || place.overlapping) return query.overlapping === place.overlapping;
  return query.pool === place.pool;
}

function keyOf({ network, pool, overlapping }: StoreQuery, range: Range): string {
  return `${network}\0${pool}\0${overlapping}\0${formatRange(range)}`;
}
