/**
 * Reads what `berthctl import --check` compares.
 *
 * @module
 */
import { nodes, pods } from "../kube/resources.ts";
import type { Difference } from "./difference.ts";
import { differences } from "./differences.ts";
import { entryCount, readLedger } from "./ledger.ts";
import { readLists } from "./lists.ts";
import { readRecord } from "./mode-record.ts";
import type { MigrateNeeds, Unreachable } from "./needs.ts";
import { agentSelector, nodeSights } from "./node-sight.ts";
import { podSights } from "./pod-sight.ts";

export type Checked = {
  readonly kind: "checked";
  readonly differences: readonly Difference[];
  readonly pools: number;
  readonly entries: number;
  readonly reservations: number;
};

/** Pods last: one that is new has no address yet that was read. Calls under way show as differences: run it again. */
export async function checkImport(needs: MigrateNeeds): Promise<Checked | Unreachable> {
  const read = await readRecord(needs);
  if (read.kind !== "record") return read;
  const answer = await readLedger(needs, "pools");
  if (answer.kind !== "ledger") return answer;
  const lists = await readLists(needs, [
    ["nodes", { resource: nodes }],
    ["agents", { resource: pods, labels: agentSelector }],
    ["pods", { resource: pods }],
  ]);
  if (lists.kind !== "lists") return lists;
  const { ledger } = answer;
  return {
    kind: "checked",
    differences: differences({
      ledger,
      mode: read.record.mode,
      pods: podSights(lists.of("pods")),
      nodes: nodeSights(lists.of("nodes"), lists.of("agents")),
    }),
    pools: ledger.pools.length,
    entries: entryCount(ledger.pools),
    reservations: ledger.reservations.length + ledger.foreign.length,
  };
}
