/**
 * The one record by which members agree on who does what only one shall do. Every write is a compare-and-set.
 *
 * @module
 */
import type { Unread } from "./cluster.ts";

export type ElectionRecord = {
  /** Who holds it; "" when it was given up, or says nothing that can be read. */
  readonly holder: string;
  /** Changes with every write, whoever writes, and never comes back: compared, never read. */
  readonly version: string;
  /** When the last whole run of an elected member began, by the wall clock of that one, ms; undefined: nobody has written it. */
  readonly lastRunMs: number | undefined;
  /** Whether it bears any annotation. */
  readonly isAnnotated: boolean;
};

export type ElectionLease = {
  /** As it stands; undefined: there is none. */
  readonly read: () => Promise<{ readonly kind: "record"; readonly record: ElectionRecord | undefined } | Unread>;
  /**
   * Over this very record, or where there is none.
   *
   * @param holder "" to give it up
   * @param lastRunMs left out: what stands there stays
   */
  readonly write: (
    over: ElectionRecord | undefined,
    holder: string,
    lastRunMs?: number,
  ) => Promise<
    | { readonly kind: "written"; readonly record: ElectionRecord }
    /** Somebody wrote since, or made it or removed it; an own write whose answer was lost is one, too. */
    | { readonly kind: "changed" }
    | Unread
  >;
};
