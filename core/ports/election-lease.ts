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
};

export type ElectionLease = {
  /** As it stands; undefined: there is none. */
  readonly read: () => Promise<{ readonly kind: "record"; readonly record: ElectionRecord | undefined } | Unread>;
  /** Over this very record, or where there is none. @param holder "" to give it up */
  readonly write: (
    over: ElectionRecord | undefined,
    holder: string,
  ) => Promise<
    | { readonly kind: "written"; readonly record: ElectionRecord }
    /** Somebody wrote since, or made it or removed it; an own write whose answer was lost is one, too. */
    | { readonly kind: "changed" }
    | Unread
  >;
};
