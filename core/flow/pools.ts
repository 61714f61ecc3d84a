/**
 * What this agent believes about its pools: read from the store when first needed, kept true by what it does itself.
 * Belief only proposes; the store disposes. "Full" is never said on belief: it is read anew before (P7).
 *
 * @module
 */
import { Occupancy } from "../allocate/occupancy.ts";
import type { AddressValue } from "../ip/address.ts";
import { formatRange } from "../ip/range-text.ts";
import { type Range, rangeSize, sameRange } from "../ip/range.ts";
import type { LeaseKind, Place, StoreQuery } from "../ports/store.ts";
import { eachRow } from "./leases.ts";
import type { FlowPorts } from "./ports.ts";

type Needs = Pick<FlowPorts, "store" | "journal" | "clock" | "random" | "choice" | "limits">;

/** How many ranges are kept in mind; the one unused for longest is forgotten, and read again when needed. */
const viewsMax = 256;

/** Of so many addresses that this node gave back is remembered that it did. */
const ownFreedMax = 1024;

/** One range of one network, as this agent sees it. */
export class PoolView {
  readonly query: StoreQuery;
  readonly range: Range;
  readonly occupancy: Occupancy;
  /** When the store was asked for what this view knows, on the boot clock; undefined: it was not asked yet. */
  readNs: bigint | undefined;
  /** What was heard while it is being read: newer than what the store answers. */
  #heard: Map<bigint, "taken" | "free"> | undefined = new Map();
  /** When it was last found full, on the boot clock; undefined since an address came free. */
  #fullNs: bigint | undefined;
  readonly #ownFreed = new Set<bigint>();
  /** Addresses that rest, until when (wall clock, ms), in the order in which they come free. */
  readonly #resting = new Map<bigint, number>();
  readonly #needs: Needs;

  constructor(query: StoreQuery, range: Range, needs: Needs) {
    this.query = query;
    this.range = range;
    this.occupancy = new Occupancy(range);
    this.#needs = needs;
  }

  /**
   * An address that this node gave back and that nobody is known to have taken: after a refusal a better guess than a random
   * one. Marked as taken.
   */
  proposeOwn(): bigint | undefined {
    for (const value of this.#ownFreed) {
      this.#ownFreed.delete(value);
      if (!this.occupancy.isFree(value)) continue;
      this.occupancy.take(value);
      return value;
    }
    return undefined;
  }

  /** A free address that does not rest, marked as taken so that no other ADD of this node tries it. */
  propose(): AddressValue | undefined {
    this.#wake();
    const { choice, random } = this.#needs;
    const value = choice === "lowest" ? this.occupancy.lowestFree() : this.occupancy.randomFree(random);
    if (value !== undefined) this.occupancy.take(value);
    return value;
  }

  /** The address that has rested longest: given before a pool is called full (P7). */
  proposeResting(): bigint | undefined {
    const value = this.#resting.keys().next().value;
    if (value !== undefined) this.#resting.delete(value);
    return value;
  }

  /** The store has answered: what was heard meanwhile counts. */
  read(): void {
    for (const [value, event] of this.#heard ?? []) {
      if (event === "taken") this.occupancy.take(value);
      else this.occupancy.giveBack(value);
    }
    this.#heard = undefined;
  }

  freed(value: bigint, restUntilMs: number): void {
    this.#fullNs = undefined;
    this.#heard?.set(value, "free");
    if (restUntilMs > this.#needs.clock.nowMs()) return this.rest(value, restUntilMs);
    this.occupancy.giveBack(value);
    if (this.#ownFreed.size < ownFreedMax) this.#ownFreed.add(value);
  }

  rest(value: bigint, untilMs: number): void {
    this.occupancy.take(value);
    this.#resting.set(value, untilMs);
  }

  taken(value: bigint): void {
    this.#heard?.set(value, "taken");
    this.#resting.delete(value);
    this.occupancy.take(value);
  }

  foundFull(): void {
    this.#fullNs = this.#needs.clock.bootNs();
  }

  /** Found full a moment ago, and nothing came free here since (P7). */
  isFull(): boolean {
    const { clock, limits } = this.#needs;
    return this.#fullNs !== undefined && clock.bootNs() - this.#fullNs < BigInt(limits.fullKeptMs) * 1_000_000n;
  }

  /** How full it is, for the message of a refusal: what goes after "expected". */
  describe(): string {
    const size = rangeSize(this.range);
    return size === 1n
      ? "a free one: its only usable address is held"
      : `a free one: all ${size} usable addresses are held`;
  }

  #wake(): void {
    if (this.#resting.size === 0) return;
    const now = this.#needs.clock.nowMs();
    for (const [value, untilMs] of this.#resting) {
      if (untilMs > now) continue;
      this.#resting.delete(value);
      this.occupancy.giveBack(value);
    }
  }
}

/** A view while the store is asked for it. */
type Reading = { readonly view: PoolView; readonly whole: Promise<PoolView> };

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
    return this.#make(query, range, this.#needs.store.readsFirst());
  }

  /**
   * A view for which the store was asked no longer ago than `sinceNs`, on the boot clock. Who comes while it is being read
   * waits for the same answer.
   */
  async readSince(query: StoreQuery, range: Range, sinceNs: bigint): Promise<PoolView> {
    const key = keyOf(query, range);
    const known = this.#views.get(key);
    if (known?.readNs !== undefined && known.readNs >= sinceNs) return known;
    const reading = this.#readings.get(key);
    if (reading?.view.readNs !== undefined && reading.view.readNs >= sinceNs) return reading.whole;
    return this.#make(query, range, true);
  }

  /** What the store is being asked for now, or may be asked for again; undefined where its answer is fresh (P7). */
  readSoon(query: StoreQuery, range: Range): Promise<PoolView> | undefined {
    const reading = this.#readings.get(keyOf(query, range));
    if (reading?.view.readNs !== undefined) return reading.whole;
    return this.untilRead(query, range) > 0 ? undefined : this.#make(query, range, true);
  }

  /** How long until the store may be asked again about this range, ms: at most once in `listEveryMs` (P7). */
  untilRead(query: StoreQuery, range: Range): number {
    const { clock, limits, choice } = this.#needs;
    const key = keyOf(query, range);
    const readNs = this.#readings.get(key)?.view.readNs ?? this.#views.get(key)?.readNs;
    if (readNs === undefined || choice === "lowest") return 0;
    return Math.max(0, limits.listEveryMs - Number((clock.bootNs() - readNs) / 1_000_000n));
  }

  /** Cost with `reads`: one pass over what the network holds. */
  async #make(query: StoreQuery, range: Range, reads: boolean): Promise<PoolView> {
    const key = keyOf(query, range);
    const view = new PoolView(query, range, this.#needs);
    if (reads) view.readNs = this.#needs.clock.bootNs();
    const reading: Reading = { view, whole: this.#load(view, reads) };
    this.#readings.set(key, reading);
    try {
      await reading.whole;
      // One that was asked for later is as good, and may already stand there.
      if (this.#readings.get(key) === reading) {
        this.#views.delete(key);
        this.#views.set(key, view);
      }
      this.#forgetOldest();
      return view;
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

  async #load(view: PoolView, reads: boolean): Promise<PoolView> {
    const { journal, clock, choice } = this.#needs;
    if (reads) await this.#read(view);
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
      view.occupancy.takeAll(
        page.rows
          .filter(({ place }) => place.address.family === view.range.family)
          .map(({ place }) => place.address.value),
      );
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
