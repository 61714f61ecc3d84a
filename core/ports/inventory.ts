/**
 * What is known of networks, ranges and leases, for people: read-only, and without an agent where the store allows it.
 *
 * @module
 */
import type { Address } from "../ip/address.ts";
import type { Row } from "./journal.ts";
import type { Held } from "./store.ts";

/** A range as a definition serves it, with its numbers. `used + excluded + free = total`. */
export type RangeUse = {
  readonly network: string;
  readonly definition: string;
  /** Canonical CIDR. */
  readonly pool: string;
  readonly overlapping: boolean;
  readonly first: Address;
  readonly last: Address;
  /** Addresses from first to last, both included. */
  readonly total: bigint;
  /** Excluded by the definition. */
  readonly excluded: bigint;
  /** Held by leases of any definition of the network, or withheld by an operator. */
  readonly used: bigint;
  /** Of `used`: withheld by an operator. */
  readonly withheld: bigint;
  readonly free: bigint;
  /** When the definition was last seen, wall clock, ms. */
  readonly seenMs: number;
};

export type LeaseFilter = {
  readonly network?: string;
  /** Canonical CIDR of the pool. */
  readonly pool?: string;
  readonly address?: Address;
};

/** A held address with what the journal of this node knows of it. */
export type LeaseRecord = {
  readonly held: Held;
  /** Undefined for withheld addresses, and for what other nodes hold. */
  readonly row: Row | undefined;
};

export type Inventory = {
  readonly ranges: () => readonly RangeUse[];
  /** In the order of networks and addresses. */
  readonly leases: (filter: LeaseFilter) => Iterable<LeaseRecord>;
  /** Rows on their way in or out that no reservation shows. */
  readonly unsettled: () => readonly Row[];
};
