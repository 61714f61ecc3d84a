/**
 * What the agent knows of the cluster at this moment, for people.
 *
 * @module
 */
import type { Mode } from "../ports/cluster.ts";

export type Watch = {
  readonly mode: Mode | undefined;
  /** How long ago the mode was confirmed, and the journal compared with the cluster, ms; undefined: not yet. */
  readonly confirmedMsAgo: number | undefined;
  readonly comparedMsAgo: number | undefined;
  readonly conflicts: number;
};

type At = {
  readonly mode: Mode | undefined;
  /** On the boot clock. */
  readonly confirmedNs: bigint | undefined;
  readonly comparedNs: bigint | undefined;
  readonly conflicts: number;
};

export function watchAt({ mode, confirmedNs, comparedNs, conflicts }: At, nowNs: bigint): Watch {
  const age = (atNs: bigint | undefined) => (atNs === undefined ? undefined : Number((nowNs - atNs) / 1_000_000n));
  return { mode, confirmedMsAgo: age(confirmedNs), comparedMsAgo: age(comparedNs), conflicts };
}
