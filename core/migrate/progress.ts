/**
 * How a change goes on, for whoever watches, and how it ends.
 *
 * @module
 */
import type { Mode } from "../ports/cluster.ts";
import type { Signal } from "../ports/clock.ts";
import type { Binding } from "./bindings.ts";
import type { MigrateNeeds, Unreachable } from "./needs.ts";
import type { Reason } from "./reasons.ts";

export type Progress =
  | { readonly kind: "unbound" | "bound"; readonly binding: Binding }
  | { readonly kind: "mode"; readonly mode: Mode }
  /** A person's word alone says that agents run on these nodes. */
  | { readonly kind: "vouched"; readonly nodes: readonly string[] }
  | { readonly kind: "waiting"; readonly leftMs: number }
  | { readonly kind: "checking" }
  /** `left`: entries still to be removed. */
  | { readonly kind: "removed"; readonly entries: number; readonly pool: string; readonly left: number };

export type Watch = {
  readonly say: (progress: Progress) => Promise<void>;
  /** A person wants to stop: the step under way ends first. */
  readonly signal: Signal;
};

/** Each of them may be followed by another run, which goes on where this one ended. */
export type NotDone =
  | { readonly kind: "refused"; readonly reasons: readonly Reason[] }
  | { readonly kind: "interrupted" }
  /** Somebody set the other mode meanwhile. */
  | { readonly kind: "overtaken"; readonly mode: Mode }
  | Unreachable;

/** Waits on the machine's own clock. @returns false when it was interrupted */
export async function waitTold({ clock, limits }: MigrateNeeds, ms: number, { say, signal }: Watch): Promise<boolean> {
  const endNs = clock.bootNs() + BigInt(Math.ceil(ms)) * 1_000_000n;
  for (;;) {
    const leftMs = Number((endNs - clock.bootNs()) / 1_000_000n);
    if (signal.aborted) return false;
    if (leftMs <= 0) return true;
    await say({ kind: "waiting", leftMs });
    await clock.wait(Math.min(limits.tellMs, leftMs), signal);
  }
}
