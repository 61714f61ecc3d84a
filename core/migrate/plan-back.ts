/**
 * What `migrate back` would do, and what stands in its way: decided from what was read, changing nothing (P22).
 *
 * @module
 */
import { formatAddress } from "../ip/address-text.ts";
import { podRef } from "../ports/holder.ts";
import type { Binding } from "./bindings.ts";
import { type KeptEntry, keptEntries } from "./kept-entries.ts";
import { entriesWanted, type LeaseRow } from "./ledger.ts";
import type { MigrateLimits } from "./limits.ts";
import { agentOn, lookCommand, releaseCommand } from "./node-sight.ts";
import { waitLeft } from "./plan-finish.ts";
import { poolWord } from "../kube/pool-sight.ts";
import { garbledReason, type Reason, suspectReasons } from "./reasons.ts";
import type { Sight } from "./sight.ts";

export type BackOptions = {
  /** `namespace/name` of accounts to which a person wants Whereabouts' role given. */
  readonly acceptAccounts: readonly string[];
};

export function backReasons(
  { ledger, record, suspects, namespace }: Sight,
  limits: MigrateLimits,
  { acceptAccounts }: BackOptions,
): readonly Reason[] {
  const full = [...entriesWanted(ledger)].filter(([, wanted]) => wanted > limits.entriesMax);
  return [
    ...full.map(([pool, wanted]) => ({
      text: `${poolWord(pool)} would have ${wanted} entries, and Whereabouts' pools have room for ${limits.entriesMax}`,
      run: `berthctl leases, and split the range, or end pods until ${limits.entriesMax} are left`,
    })),
    ...suspectReasons(suspects, acceptAccounts, namespace),
    ...(record.isGarbled ? [garbledReason(namespace)] : []),
  ];
}

export type BackStep =
  | { readonly kind: "set-mode"; readonly mode: "present" }
  | { readonly kind: "wait"; readonly ms: number }
  /** Of withheld addresses and further reservations: no agent writes them. */
  | { readonly kind: "write-entries"; readonly entries: readonly KeptEntry[] }
  | { readonly kind: "check" }
  | { readonly kind: "bind"; readonly bindings: readonly Binding[] };

/** Empty: nothing was changed over. */
export function backSteps(sight: Sight, limits: MigrateLimits): readonly BackStep[] {
  const { record, ledger } = sight;
  if (record.mode === "present" && record.unbound.length === 0) return [];
  // A mode that was never `absent` was not set by us: nobody ceased to write entries.
  const isFresh = record.mode === "present" && record.sinceMs !== undefined;
  const waits = record.mode === "absent" ? limits.waitMs : isFresh ? waitLeft(sight, limits) : 0;
  const kept = keptEntries(ledger);
  return [
    ...(record.mode === "absent" ? [{ kind: "set-mode", mode: "present" } as const] : []),
    ...(waits === 0 ? [] : [{ kind: "wait", ms: waits } as const]),
    ...(kept.length === 0 ? [] : [{ kind: "write-entries", entries: kept } as const]),
    { kind: "check" },
    ...(record.unbound.length === 0 ? [] : [{ kind: "bind", bindings: record.unbound } as const]),
  ];
}

/** Nodes whose leases have no entries: nobody else writes them. */
export function missingReasons(missing: readonly LeaseRow[], { nodes }: Pick<Sight, "nodes">): readonly Reason[] {
  const byNode = Map.groupBy(missing, ({ holder }) => holder.node);
  return [...byNode].map(([node, rows]) => {
    const examples = rows
      .slice(0, 1)
      .map(({ place, holder }) => `${formatAddress(place.address)} of pod ${podRef(holder)}`);
    return {
      text: `${rows.length} of the leases of node ${node} have no entry, such as ${examples.join("")}`,
      run: `${wayOut[agentOn(nodes, node)](node)}; then run this again`,
    };
  });
}

const wayOut: { readonly [state in ReturnType<typeof agentOn>]: (node: string) => string } = {
  ready: () => "look at its agent: kubectl logs --all-namespaces --selector app.kubernetes.io/name=berth",
  missing: (node) => `its agent is not there: start Berth's agent on node ${node}`,
  unseen: (node) => `see whether its agent runs: ${lookCommand(node)}`,
  gone: releaseCommand,
};
