/**
 * What is known of a lease when it is judged: each piece as it was last looked at, or that nobody could tell.
 *
 * @module
 */
import type { Reservation } from "../ports/cluster.ts";

/** The pod of a lease, by namespace, name and uid (P17). */
export type PodSight =
  /** `isByName`: the lease tells no uid, so the pod of that name may be its own, or a later one. */
  | { readonly kind: "lives"; readonly isByName?: true }
  /** It exists, and has not run yet: its networks may still be made, for an hour. */
  | { readonly kind: "pending"; readonly isByName?: true }
  /** Absent; or there under another uid; or it has succeeded or failed. */
  | { readonly kind: "gone"; readonly why: "absent" | "another uid" | "ended" }
  /** The lease names no pod. */
  | { readonly kind: "unnamed" }
  /** A failed read is never absence. */
  | { readonly kind: "unknown"; readonly reason: string };

/** What the network namespace of a lease says, looked at on its own node (P18, rule 1). */
export type NamespaceState =
  | { readonly kind: "stands" }
  | { readonly kind: "gone"; readonly why: string }
  /** Void evidence: nothing is proven. */
  | { readonly kind: "unproven"; readonly why: string };

/** The node of a lease, as its judge sees it. */
export type NodeSight =
  /**
   * The judge runs on it. `agent`: whether one of Berth's is Ready here, which then frees what is stale itself; or why the judge does not
   * know that, or who it is itself.
   */
  | {
      readonly kind: "own";
      readonly namespace: NamespaceState;
      readonly agent: "ready" | "none" | { readonly unknown: string };
    }
  /** Declared `node.kubernetes.io/out-of-service`, or no Node of that name exists. */
  | { readonly kind: "lost"; readonly why: "out of service" | "absent" }
  /** Not Ready: whether its pods run cannot be told. */
  | { readonly kind: "silent" }
  /** Ready, with a member of Berth that judges it. */
  | { readonly kind: "served" }
  /** Ready, and no pod of Berth on it. */
  | { readonly kind: "unserved" }
  /**
   * The lease names no node, as all that Whereabouts wrote. `silent`: names of nodes that do not answer, and may run its pod.
   * `isSteady`: none of them has gone, or was not Ready in between, since the lease was looked at first. `isMarked`: one of ours that
   * has lost its node. `wasSeen`: its pod was seen live.
   */
  | {
      readonly kind: "none";
      readonly silent: readonly string[];
      readonly isSteady: boolean;
      readonly isMarked: boolean;
      readonly wasSeen: boolean;
    }
  | { readonly kind: "unknown"; readonly reason: string };

export type LeaseSight = {
  readonly lease: Reservation;
  readonly pod: PodSight;
  readonly node: NodeSight;
};

/** How long this very state of the lease has been watched as that of a suspect, on the watcher's own boot clock (P17, F27). */
export type Watched = {
  readonly ms: number;
  /** Whether what is judged now was read without a cache. */
  readonly isUncached: boolean;
};

export type ReconcileTimes = {
  /** Between two looks at a suspect. */
  readonly graceMs: number;
  /** How long a node must have been gone, or without Berth (P18). */
  readonly waitingMs: number;
};

/** PROTOCOL 7. */
export const reconcileTimes: ReconcileTimes = { graceMs: 300_000, waitingMs: 300_000 };
