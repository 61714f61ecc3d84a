/**
 * What `migrate finish` would do, and what stands in its way: decided from what was read, changing nothing (P22).
 *
 * @module
 */
import type { Binding } from "./bindings.ts";
import { eachEntry } from "./ledger.ts";
import type { MigrateLimits } from "./limits.ts";
import {
  boundAgainReasons,
  garbledReason,
  leaseReason,
  nodeReasons,
  orphanReasons,
  poolReasons,
  type Reason,
  strayReasons,
  traceReason,
} from "./reasons.ts";
import type { Orphan } from "./orphans.ts";
import type { Sight } from "./sight.ts";

export type FinishOptions = {
  /** A person looked for executables where no agent tells. */
  readonly acceptUnknownExecutables: boolean;
  /** A person saw that an agent runs as a service of every node where no pod of one shows it; left out: no. */
  readonly acceptUnseenAgents?: boolean;
  /** Entries of pods that are gone, and that Berth never took over, are removed, too. */
  readonly removeDeadEntries: boolean;
};

/**
 * `begin`: Whereabouts may still be bound. `unbound`: by now it must not be. `fenced`: since all entries were Berth's, nobody but
 * Berth could write any.
 */
export type Stage = "begin" | "unbound" | "fenced";

/** Where an earlier run ended. A mode that a person set by hand says nothing of entries. */
export function stageOf({ record, bindings }: Sight): Stage {
  const wasChecked = record.mode === "absent" && record.sinceMs !== undefined;
  return wasChecked && bindings.whereabouts.length === 0 ? "fenced" : "begin";
}

export function finishReasons(
  sight: Sight,
  orphans: readonly Orphan[],
  { limits, stage, options }: { limits: MigrateLimits; stage: Stage; options: FinishOptions },
): readonly Reason[] {
  return [
    ...sight.traces.map(traceReason),
    ...sight.leases.flatMap((lease) => leaseReason(lease, sight.nowMs, limits.leaseMs)),
    ...nodeReasons(sight.nodes, options),
    ...poolReasons(sight),
    ...(stage === "fenced" ? strayReasons(orphans) : orphanReasons(orphans, options.removeDeadEntries)),
    ...(stage === "begin" ? [] : boundAgainReasons(sight)),
    ...(sight.record.isGarbled ? [garbledReason(sight.namespace)] : []),
  ];
}

/** Nodes of which a person's word alone says that an agent runs there. */
export function vouchedNodes(
  { nodes }: Pick<Sight, "nodes">,
  { acceptUnseenAgents }: FinishOptions,
): readonly string[] {
  if (acceptUnseenAgents !== true) return [];
  return nodes.filter(({ agent }) => agent === "unseen" || agent === "none").map(({ name }) => name);
}

export type FinishStep =
  | { readonly kind: "unbind"; readonly bindings: readonly Binding[] }
  | { readonly kind: "set-mode"; readonly mode: "absent" }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "check" }
  | { readonly kind: "remove-entries"; readonly entries: number; readonly pools: number; readonly dead: number };

export function finishSteps(sight: Sight, orphans: readonly Orphan[], limits: MigrateLimits): readonly FinishStep[] {
  const { record, bindings, ledger } = sight;
  const entries = [...eachEntry(ledger.pools)];
  const waits = record.mode === "absent" ? waitLeft(sight, limits) : limits.waitMs;
  return [
    ...(bindings.whereabouts.length === 0 ? [] : [{ kind: "unbind", bindings: bindings.whereabouts } as const]),
    ...(record.mode === "absent" ? [] : [{ kind: "set-mode", mode: "absent" } as const]),
    ...(waits === 0 ? [] : [{ kind: "wait", ms: waits } as const]),
    { kind: "check" },
    ...(entries.length === 0
      ? []
      : [
          {
            kind: "remove-entries",
            entries: entries.length,
            pools: new Set(entries.map(({ pool }) => pool)).size,
            dead: orphans.filter(({ pod }) => pod === "gone").length,
          } as const,
        ]),
  ];
}

/** Of the time that every agent needs to learn of the mode, or to be fenced (P4). A time in the future counts as now. */
export function waitLeft({ record, nowMs }: Pick<Sight, "record" | "nowMs">, { waitMs }: MigrateLimits): number {
  if (record.sinceMs === undefined) return waitMs;
  const passed = Math.max(0, nowMs - record.sinceMs);
  return Math.max(0, waitMs - passed);
}
