/**
 * What a run of a reconciler needs, and what it tells while it runs.
 *
 * @module
 */
import type { SeenPods } from "../../reconcile/seen-pods.ts";
import type { ReconcileTimes } from "../../reconcile/sight.ts";
import type { Verdict } from "../../reconcile/verdict.ts";
import type { Clock, Signal } from "../../ports/clock.ts";
import type { Reservation } from "../../ports/cluster.ts";
import type { Log } from "../../ports/log.ts";
import type { Namespaces } from "../../ports/namespaces.ts";
import type { Repaired, Scene, Unreadable } from "../../ports/scene.ts";

export type ReconcileNeeds = {
  readonly scene: Scene;
  readonly namespaces: Namespaces;
  readonly clock: Clock;
  readonly log: Log;
  readonly times: ReconcileTimes;
  /**
   * Whether an agent answers on this machine's own socket, as a service that no pod shows; undefined when that cannot be told.
   * "No" is only believed together with the cluster's word.
   */
  readonly agentAnswers: () => Promise<boolean | undefined>;
  /** Kept from run to run by whoever runs for long; left out: no pod was ever seen. */
  readonly seen?: Pick<SeenPods, "has" | "note"> | undefined;
  /** How many requests were sent to the API server so far. */
  readonly requests: () => number;
};

/** Whose leases are judged. */
export type Scope = {
  /** This machine's node, with its namespaces; undefined: none. */
  readonly own: string | undefined;
  /** Lost nodes, and what Whereabouts wrote. */
  readonly elected: boolean;
  /** One other node, by what Kubernetes says of it. */
  readonly only?: string;
};

/** A verdict, as it came to be. `done` is what became of a `free`. */
export type JudgedLease = {
  readonly lease: Reservation;
  readonly verdict: Verdict;
  readonly done: "freed" | "overtaken" | "failed" | undefined;
};

export type RunOptions = {
  /** Looks once and changes nothing. */
  readonly isDry: boolean;
  /** Ends the run early; what was freed stays freed. */
  readonly signal?: Signal | undefined;
  /** Called for each lease with the last word on it; nothing is kept by the run. */
  readonly told: (judged: JudgedLease) => void;
  /** Called for each reservation that was put right; left out: nobody hears of it. */
  readonly repaired?: (one: Repaired) => void;
  /** Called for each reservation that nobody can judge: it is kept; left out: nobody hears of it. */
  readonly unreadable?: ((one: Unreadable) => void) | undefined;
  /** Something could not be read or done: the run goes on without it. */
  readonly failed: (what: string, reason: string) => void;
};
