/**
 * A network definition after its text was read: nothing past this point sees the raw document.
 *
 * @module
 */
import type { CniVersion } from "../cni/version.ts";
import type { Dns, Route } from "../cni/result.ts";
import type { Address } from "../ip/address.ts";
import type { Range } from "../ip/range.ts";

/** The `ipam.type` it was written for: decides strictness and defaults (DESIGN 2, "Names it answers to"). */
export type Dialect = "berth" | "whereabouts" | "static" | "dhcp";

/** One range: one address for each attachment. */
export type RangeSource = { readonly range: Range; readonly gateway: Address | undefined };

export type StaticAddress = {
  readonly address: Address;
  readonly prefixLength: number;
  readonly gateway: Address | undefined;
};

export type Definition = {
  readonly name: string;
  readonly cniVersion: CniVersion;
  readonly dialect: Dialect;
  /** `network_name`; "" when unset. */
  readonly network: string;
  /** `enable_overlapping_ranges`: true is one holder in the network, false one in the pool. */
  readonly overlapping: boolean;
  readonly ranges: readonly RangeSource[];
  /**
   * `node_slice_size` of Whereabouts, in bits: its nodes keep their entries in pools of that size. Left out: none; 0: a size that
   * cannot be told.
   */
  readonly sliceLength?: number;
  readonly addresses: readonly StaticAddress[];
  /** Whether an address asked for that lies in no range may be answered as a static one. */
  readonly allowsStatic: boolean;
  /** Whether static addresses have one holder, too. */
  readonly unique: boolean;
  readonly routes: readonly Route[];
  readonly dns: Dns | undefined;
  /** How long a freed address rests, ms. */
  readonly reuseAfterMs: number;
  /** Set when the addresses come from the network's DHCP server. */
  readonly dhcp: boolean;
  readonly warnings: readonly Fault[];
};

/** One thing wrong with a document. */
export type Fault = {
  /** Where: `ipam.ranges[0].exclude[3]`. */
  readonly path: string;
  /** What stands there, shortened; "" when it is missing. */
  readonly value: string;
  /** What was expected, as it goes after "expected". */
  readonly expected: string;
};

export type Loaded =
  | { readonly kind: "definition"; readonly definition: Definition }
  | { readonly kind: "faults"; readonly faults: readonly Fault[] };
