/**
 * A difference between pools, reservations and pods, and what Berth makes of it.
 *
 * @module
 */
import type { Address } from "../ip/address.ts";
import type { Mode } from "../ports/cluster.ts";
import type { Ledger } from "./ledger.ts";
import type { NodeSight } from "./node-sight.ts";
import type { PodSights } from "./pod-sight.ts";

export type DifferenceKind =
  | "entry-only"
  | "not-taken-over"
  | "reservation-only"
  | "container-differs"
  | "podref-differs"
  | "pod-gone"
  | "pod-ended"
  | "pod-other-uid"
  | "collision"
  | "held-twice"
  | "alien-key"
  | "no-ifname"
  | "unreadable-pool"
  | "unreadable-reservation"
  | "other-namespace";

export type Difference = {
  readonly kind: DifferenceKind;
  readonly network: string;
  /** Undefined where it is about a whole object. */
  readonly address: Address | undefined;
  /** `IPPool kube-system/10.0.0.0-24`, … */
  readonly object: string;
  /** What stands against what. */
  readonly text: string;
  /** What Berth does about it, by itself. */
  readonly berth: string;
  /** What a person has to run; undefined when Berth's part is enough. */
  readonly run: string | undefined;
};

/** What is compared. */
export type Compared = {
  readonly ledger: Ledger;
  readonly mode: Mode;
  readonly pods: PodSights;
  readonly nodes: readonly NodeSight[];
};
