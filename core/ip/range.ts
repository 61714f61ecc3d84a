/**
 * A range: a CIDR with its first and last usable address and what is excluded between them. Both ends included.
 * Made canonical once, by the parsers; nobody checks it again.
 *
 * @module
 */
import type { Address, Family } from "./address.ts";
import type { IntervalSet } from "./interval-set.ts";
import type { Prefix } from "./prefix.ts";

export type Range = {
  readonly family: Family;
  readonly prefix: Prefix;
  readonly first: Address;
  readonly last: Address;
  /** Exclusions and gateways, cut to first..last: never given out. */
  readonly excluded: IntervalSet;
};
