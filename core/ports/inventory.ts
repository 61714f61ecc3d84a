/**
 * What is known of networks, ranges and leases, for people: read-only, and without an agent where the store allows it.
 *
 * @module
 */
import type { Address, Family } from "../ip/address.ts";
import type { IntervalSet } from "../ip/interval-set.ts";
import type { Holder } from "./holder.ts";
import type { Resting } from "./journal.ts";
import type { LeaseKind, Place } from "./store.ts";

/** A range as a definition serves it, with its numbers. `used + excluded + free = total`. */
export type RangeUse = {
  readonly network: string;
  /**
   * The definition's name; in a cluster `namespace/name` of its object, and "" for a pool that no definition serves.
   */
  readonly definition: string;
  /** Canonical CIDR. */
  readonly pool: string;
  readonly overlapping: boolean;
  readonly first: Address;
  readonly last: Address;
  /** Never given out although between first and last: exclusions, and gateways. */
  readonly exclusions: IntervalSet;
  readonly gateway: Address | undefined;
  /** Addresses from first to last, both included. */
  readonly total: bigint;
  /** Size of `exclusions`. */
  readonly excluded: bigint;
  /** Held by leases of any definition of the network, or withheld by an operator. */
  readonly used: bigint;
  /** Of `used`: withheld by an operator. */
  readonly withheld: bigint;
  readonly free: bigint;
  /** When the definition was last seen, wall clock, ms; undefined where definitions themselves are read, not what was seen. */
  readonly seenMs: number | undefined;
};

/** Addresses from first to last, both included. */
export type Span = { readonly family: Family; readonly first: bigint; readonly last: bigint };

export type LeaseFilter = {
  readonly network?: string | undefined;
  readonly within?: Span | undefined;
  readonly node?: string | undefined;
};

/**
 * - `intent`: asked for, not yet answered. `freeing`: on its way back.
 * - `conflict`: another living lease has the address, too (P15).
 * - `whereabouts`: held by somebody who left no mark of Berth.
 * - Else what kind of lease it is.
 */
export type LeaseState = "lease" | "static" | "withheld" | "freeing" | "intent" | "conflict" | "whereabouts";

/** An address that is held, or that the journal of this node is about to hold or to give back. */
export type LeaseRecord = {
  readonly place: Place;
  readonly kind: LeaseKind;
  readonly state: LeaseState;
  /** Undefined for withheld addresses, and where nobody can tell. */
  readonly holder: Holder | undefined;
  /** Wall clock, ms. */
  readonly sinceMs: number;
  /** When the ADD was answered, wall clock, ms; undefined when it was not, or is not known here. */
  readonly answeredMs: number | undefined;
  /** Why it is withheld, or being freed, or who else has it; "" otherwise. */
  readonly reason: string;
  /** The attempt that is ours by now: changes with every holder. */
  readonly attempt: string;
  /** Whether the store holds it. */
  readonly isHeld: boolean;
  /** Whether the journal of this node knows it. */
  readonly isJournaled: boolean;
  /** Only in a cluster. */
  readonly proof?: Proof;
};

/** What proves a lease in a cluster (P1, P6). */
export type Proof = {
  /** The reservation object's name; "" when there is none. */
  readonly reservation: string;
  /** The entry of the pool: `none` where there has to be none, `other` with what it says instead. */
  readonly entry: "same" | "missing" | "none" | { readonly other: string };
};

export type Inventory = {
  /** In the order of networks, first addresses and definitions. */
  readonly ranges: () => readonly RangeUse[];
  /** In the order of networks and addresses. Read in pages: a slow reader holds nothing up, and sees what changes. */
  readonly leases: (filter: LeaseFilter) => Iterable<LeaseRecord>;
  /** Where this address rests after it was given back, in which pools. */
  readonly resting: (address: Address) => readonly Resting[];
  /** Networks that are known beside those of `ranges`; left out: those with a held address. */
  readonly networks?: () => readonly string[];
};

export type OpenedInventory =
  | {
      readonly kind: "open";
      readonly inventory: Inventory;
      /** `kubernetes`: only the journal of an agent whose leases are in the cluster. */
      readonly store: "embedded" | "kubernetes";
      readonly close: () => void;
    }
  /** No agent has made one yet. */
  | { readonly kind: "absent"; readonly path: string }
  /** Only root may read it. */
  | { readonly kind: "denied"; readonly path: string }
  /** `message` in the grammar of failures, `wayOut` for the one who reads it at night. */
  | { readonly kind: "fault"; readonly path: string; readonly message: string; readonly wayOut: string };
