/**
 * Everything the paths need of the world, and their limits.
 *
 * @module
 */
import type { Clock } from "../ports/clock.ts";
import type { Cluster } from "../ports/cluster.ts";
import type { FlatFiles } from "../ports/flat-files.ts";
import type { Interfaces } from "../ports/interfaces.ts";
import type { Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Namespaces } from "../ports/namespaces.ts";
import type { Random } from "../ports/random.ts";
import type { Spool } from "../ports/spool.ts";
import type { Store } from "../ports/store.ts";

export type FlowPorts = {
  readonly store: Store;
  /** Undefined on the embedded store, which no other node shares. */
  readonly cluster: Cluster | undefined;
  readonly journal: Journal;
  readonly namespaces: Namespaces;
  readonly interfaces: Interfaces;
  readonly spool: Spool;
  readonly flatFiles: FlatFiles;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  /** This node's name. */
  readonly node: string;
  /** Which free address is proposed: the lowest where this agent is alone, a random one where many race (P7). */
  readonly choice: "lowest" | "random";
  readonly limits: FlowLimits;
};

/** PROTOCOL 7. */
export type FlowLimits = {
  readonly addMs: number;
  readonly checkMs: number;
  readonly delMs: number;
  readonly gcMs: number;
  /** How long a full pool waits for frees on their way. */
  readonly fullMs: number;
  /** How often at most a full pool looks for stale leases. */
  readonly reclaimEveryMs: number;
  /**
   * How long after a boot the leases of the boot before are kept for the pods that come again, on the embedded store (P18): in a
   * cluster pods can be asked after.
   */
  readonly afterBootMs: number;
  /** How long a suspect is observed, and how long where its evidence is void (P17, P18). */
  readonly graceMs: number;
  readonly waitMs: number;
  /** How often a pool is listed at most, and how long a full one is remembered as full (P7). */
  readonly listEveryMs: number;
  readonly fullKeptMs: number;
  /** How often what the journal holds is compared with the cluster, without and with Whereabouts beside (P15). */
  readonly compareMs: number;
  readonly compareMixedMs: number;
  /** How often conflicts are looked at (P15). */
  readonly conflictMs: number;
  /** How often the store is asked for its revision (P16), and how long after a fall no ADD is answered. */
  readonly pulseMs: number;
  readonly backMs: number;
  /** How often the mode is confirmed, and how long an unconfirmed one is believed (P4). */
  readonly modeMs: number;
  readonly fenceMs: number;
  /** How long an API server may be away before STATUS tells (F28). */
  readonly awayMs: number;
  /** First and longest pause between tries of a store that does not answer. */
  readonly retryMs: number;
  readonly retryMaxMs: number;
};

export const defaultLimits: FlowLimits = {
  addMs: 25_000,
  checkMs: 10_000,
  delMs: 5_000,
  gcMs: 30_000,
  fullMs: 10_000,
  reclaimEveryMs: 1_000,
  listEveryMs: 5_000,
  fullKeptMs: 5_000,
  compareMs: 600_000,
  compareMixedMs: 60_000,
  conflictMs: 10_000,
  pulseMs: 60_000,
  backMs: 300_000,
  modeMs: 120_000,
  fenceMs: 300_000,
  awayMs: 60_000,
  afterBootMs: 600_000,
  graceMs: 60_000,
  waitMs: 300_000,
  retryMs: 50,
  retryMaxMs: 30_000,
};
