/**
 * Times and bounds of changing over (PROTOCOL 7).
 *
 * @module
 */
import { entriesMax } from "../kube/entry-writer.ts";

export type MigrateLimits = {
  /** How long after the mode was set every agent knows it, or answers no ADD (P4, P22). */
  readonly waitMs: number;
  /** A Lease renewed less long ago means that Whereabouts lives. */
  readonly leaseMs: number;
  /** Entries of a pool that Whereabouts may write, too (P6). */
  readonly entriesMax: number;
  /** Entries removed by one patch (F16). */
  readonly patchMax: number;
  /** Before what looks half written is looked at again: longer than one API call. */
  readonly againMs: number;
  /** How often the time left is told. */
  readonly tellMs: number;
  /** Tries of one request that is not answered, and the pause between them. */
  readonly tries: number;
  readonly retryMs: number;
};

export const defaultMigrateLimits: MigrateLimits = {
  waitMs: 480_000,
  leaseMs: 3_600_000,
  entriesMax,
  patchMax: 200,
  againMs: 6_000,
  tellMs: 30_000,
  tries: 6,
  retryMs: 2_000,
};
