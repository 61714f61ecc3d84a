/**
 * What a reconciler makes of a lease: one of these, with the evidence it rests on.
 *
 * @module
 */

/** Why a lease is kept. The names are labels of a metric and words of a summary: they never change once released. */
export type KeepReason =
  | "live"
  | "pending"
  | "in-grace"
  | "node-silent"
  | "evidence-missing"
  | "its-agent"
  | "its-node"
  | "withheld"
  | "unreadable"
  /** A Ready node without a pod of Berth. */
  | "no-berth"
  /** It names no node or no pod that could be asked. */
  | "nameless";

/** P18: 1 the namespace is gone; 2 the node is lost; 3 Whereabouts wrote it, and every node that could run its pod answers. */
export type FreeRule = 1 | 2 | 3;

export type Verdict =
  | {
      readonly kind: "keep";
      readonly because: KeepReason;
      readonly why: string;
      /** A read failed that would have decided: another run may tell. */
      readonly isUnread?: true;
    }
  /** It seems gone; nothing is done until it was looked at again. `rule` would free it then; undefined: it would be reported. */
  | { readonly kind: "suspect"; readonly rule: FreeRule | undefined; readonly why: string }
  | { readonly kind: "free"; readonly rule: FreeRule; readonly why: string }
  /** Two living leases have this address (P15): never deleted. */
  | { readonly kind: "conflict"; readonly why: string }
  /** Kept, and only a person can go on: `command` is what to run. */
  | { readonly kind: "report"; readonly because: KeepReason; readonly why: string; readonly command: string };
