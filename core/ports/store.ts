/**
 * Where the truth about addresses lives: one holder for each. Shaped for the hardest store (Kubernetes): an answer can
 * be lost, so a claim may be answered "unknown", and every removal is a compare-and-set.
 *
 * @module
 */
import type { Address, AddressValue } from "../ip/address.ts";
import type { Signal } from "./clock.ts";
import type { Holder } from "./holder.ts";

/** An address inside its isolation domain: what can have only one holder. */
export type Place = {
  /** `network_name`; "" when unset. */
  readonly network: string;
  /** The pool's CIDR in canonical text, or "" for an address of no pool (static and withheld ones). */
  readonly pool: string;
  /** True: one holder in the network (the default). False: one holder in the pool (P2). */
  readonly overlapping: boolean;
  readonly address: Address;
};

export type LeaseKind = "dynamic" | "static" | "withheld";

/** Where a static or withheld address is held: in no pool, by the network's name (P21). */
export function everywhere(network: string, address: Address): Place {
  return { network, pool: "", overlapping: true, address };
}

/** A request to hold one address. Ours means this attempt id, never the container or the pod (P9). */
export type Claim = {
  readonly place: Place;
  readonly kind: LeaseKind;
  readonly attempt: string;
  /** Undefined only for withheld addresses. */
  readonly holder: Holder | undefined;
  /** Wall clock, ms: since when it is held. */
  readonly sinceMs: number;
  /** Why an operator withholds it; "" otherwise. */
  readonly reason: string;
};

/** A claim that stands. `version` names exactly what was judged: it changes with every change (P12). */
export type Held = Claim & {
  readonly version: string;
  /**
   * Another living lease has this address, too (P15): it is never used again, and who frees it hands it over to that lease.
   */
  readonly contested?: Claim | undefined;
};

/** What else of the range's own pool is held, where the store's answer told it at no further cost: something to believe. */
export type Learned = { readonly held?: ReadonlySet<AddressValue> };

export type ClaimAnswer =
  /** Ours, now or by an earlier try of the same attempt. */
  | ({
      readonly kind: "held";
      readonly version: string;
      /** Another address of this pool that the store has for the very same interface, and that this agent did not write. */
      readonly beside?: AddressValue | undefined;
    } & Learned)
  /** `by` is undefined where the store did not look who it is: `look` tells. */
  | ({
      readonly kind: "taken";
      readonly by: Held | undefined;
      /** What was sent of this claim without an answer may bring a half of it back: it is owed. */
      readonly mayLand?: boolean;
    } & Learned)
  /** The pool is used with the other setting of `enable_overlapping_ranges` by now: open it again first (P2). */
  | { readonly kind: "disagrees"; readonly definition: string }
  /**
   * Certainly not held: a missing permission, a name that no object can bear. Asking again may help for `passesMs` (an API
   * server that was just started knows no rules yet); 0: not at all.
   */
  | { readonly kind: "refused"; readonly reason: string; readonly passesMs: number }
  /**
   * Nobody knows yet: repeat the same claim. `hopeless`: the cause will not pass within this call (a full disk). `mayLand`: a
   * claim that was sent may still be carried out, up to `lateMs` later.
   */
  | { readonly kind: "unknown"; readonly reason: string; readonly hopeless: boolean; readonly mayLand: boolean };

export type ReleaseAnswer =
  /** Gone, by us or before us. `mayReturnMs`: what was sent without an answer may bring a half back: freed once more then. */
  | { readonly kind: "freed"; readonly mayReturnMs?: number }
  /** Somebody changed it since it was judged: judge again. */
  | { readonly kind: "changed"; readonly now: Held }
  | { readonly kind: "unknown"; readonly reason: string };

export type TidyAnswer =
  /** `mayReturnMs`: as of a release. */
  { readonly kind: "done"; readonly mayReturnMs?: number } | { readonly kind: "unknown"; readonly reason: string };

export type RenewAnswer =
  | { readonly kind: "held"; readonly version: string }
  /** No longer ours; `now` is who holds it, undefined when nobody does. */
  | { readonly kind: "lost"; readonly now: Held | undefined }
  | { readonly kind: "unknown"; readonly reason: string };

/** A range a definition serves: what people are shown. Its position in the list is its position in the definition. */
export type ServedRange = {
  readonly pool: string;
  readonly first: Address;
  readonly last: Address;
  /** Usable addresses between first and last that are never given out, as `A-B` pairs in canonical text. */
  readonly excluded: readonly { readonly first: Address; readonly last: Address }[];
  /** Where its addresses send what leaves the network; undefined for none. */
  readonly gateway?: Address | undefined;
};

/** The ranges of one definition, all of them: what was noted of it before is replaced. */
export type Serving = {
  readonly network: string;
  readonly definition: string;
  readonly overlapping: boolean;
  readonly ranges: readonly ServedRange[];
  /** See `Definition`. */
  readonly sliceLength?: number | undefined;
  /** Wall clock, ms. */
  readonly atMs: number;
};

export type OpenAnswer =
  | { readonly kind: "open" }
  /** Another definition uses this pool with the other setting of `enable_overlapping_ranges` (P2). */
  | { readonly kind: "disagrees"; readonly definition: string; readonly pool: string }
  /** Nothing of this pool can be given until a person puts it right: `reason` goes after "expected". */
  | { readonly kind: "refused"; readonly pool: string; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };

/** Which held addresses to page through: those that keep `network` (and `pool`, where overlapping is off) from giving. */
export type StoreQuery = { readonly network: string; readonly pool: string; readonly overlapping: boolean };

export type StorePage = {
  readonly rows: readonly Held[] /** Undefined: this was the last page. */;
  readonly next: string | undefined;
};

export type Store = {
  /** Notes which ranges a definition serves. Called before its first claim, and when the definition changed. */
  readonly open: (serving: Serving) => Promise<OpenAnswer>;
  /**
   * @param again whether this very attempt may have been claimed before, by a call whose answer was not seen
   * @param until when it aborts, nobody waits any more: what was not sent yet is not sent
   */
  readonly claim: (claim: Claim, again?: boolean, until?: Signal) => Promise<ClaimAnswer>;
  /** Rewrites who holds it, where `held.version` still stands. The attempt id of `next` becomes the one that is ours. */
  readonly renew: (held: Held, next: Claim) => Promise<RenewAnswer>;
  /** Removes it, where `held.version` still stands. */
  readonly release: (held: Pick<Held, "place" | "version" | "attempt" | "holder">) => Promise<ReleaseAnswer>;
  /**
   * Takes back what a claim that was never confirmed may have left beside what `look` shows: the other half of the proof, where
   * there are two (P6). Only what is still as that claim wrote it.
   */
  readonly tidy: (claim: Pick<Held, "place" | "attempt" | "holder">) => Promise<TidyAnswer>;
  /** Who holds this address now, under any attempt; undefined when nobody does. Throws when the store cannot be read. */
  readonly look: (place: Place) => Promise<Held | undefined>;
  /** Held addresses that matter to a pool, in pages. Throws when the store cannot be read. */
  readonly page: (query: StoreQuery, cursor: string | undefined) => Promise<StorePage>;
  /**
   * Whether a pool is read before its first address is proposed: where this agent is alone with its store, and where others hold
   * addresses that a claim would not notice. Else it is read only after refusals (P7).
   */
  readonly readsFirst: () => boolean;
  /** How long after the last try "not there" may still be wrong, ms: 0 where a claim cannot land late (P9). */
  readonly lateMs: number;
};
