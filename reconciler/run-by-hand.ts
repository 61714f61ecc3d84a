/**
 * `--once` and `--dry-run`: one run for a person, who sees what was found, and why.
 *
 * @module
 */
import type { ReconcilerSettings } from "../core/config/reconciler.ts";
import type { ReconcileNeeds, Scope } from "../core/flow/reconcile/needs.ts";
import { reconcile } from "../core/flow/reconcile/reconcile.ts";
import type { Signal } from "../core/ports/clock.ts";
import { type PlanRow, planRow, unreadableRow } from "../core/flow/reconcile/plan-row.ts";
import { formatPlanTable } from "../core/flow/reconcile/plan-table.ts";
import { formatSummary } from "../core/reconcile/summary-text.ts";

/** What is written where: standard output, and standard error. */
export type Outlets = { readonly print: (text: string) => void; readonly tell: (text: string) => void };

/** A reader that has seen enough (`head`) ends nothing: the run goes on. */
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

const streams: Outlets = {
  print: (text) => void process.stdout.write(text),
  tell: (text) => void process.stderr.write(text),
};

type ByHand = Pick<ReconcilerSettings, "dryRun" | "output" | "node" | "nodeName" | "all">;

/** @returns the exit status: 0 when nothing failed */
export async function runByHand(
  needs: ReconcileNeeds,
  settings: ByHand,
  signal: Signal,
  { print, tell }: Outlets = streams,
): Promise<number> {
  const { dryRun, output } = settings;
  const scope = scopeOf(settings);
  if (scope.only !== undefined) tell(elsewhereText(settings));
  const rows: PlanRow[] = [];
  const failures: { readonly what: string; readonly reason: string }[] = [];
  let isLive = 0;
  const summary = await reconcile(waitingAloud(needs, tell), scope, {
    isDry: dryRun,
    signal,
    told: (judged) => {
      const row = planRow(judged);
      // Most leases live: only who asks for JSON wants to see them.
      if (output === "table" && isOfLivingPod(row)) isLive += 1;
      else rows.push(row);
    },
    unreadable: (one) => void rows.push(unreadableRow(one)),
    failed: (what, reason) => void failures.push({ what, reason }),
  });
  if (output === "json") print(`${JSON.stringify({ plan: rows, failures, summary }, undefined, 2)}\n`);
  else print(`${formatPlanTable(rows)}${rows.length === 0 ? "" : "\n"}${formatSummary(summary)}`);
  if (isLive > 0) tell(`(the ${isLive} of living pods are not listed; --dry-run --output json has all)\n`);
  if (dryRun && summary.suspects > 0) tell(suspectsText(needs));
  for (const { what, reason } of failures) tell(`Cannot finish ${what}: expected an answer: ${reason}\n`);
  if (signal.aborted) tell("Ended early: what was freed stays freed, and the next run goes on\n");
  return summary.failed > 0 || signal.aborted ? 1 : 0;
}

export function scopeOf({ node, nodeName, all }: Pick<ByHand, "node" | "nodeName" | "all">): Scope {
  if (node !== undefined && node !== nodeName) return { own: undefined, elected: false, only: node };
  return { own: nodeName, elected: all };
}

function isOfLivingPod({ because, verdict }: PlanRow): boolean {
  return verdict === "keep" && (because === "live" || because === "pending");
}

function elsewhereText({ node, nodeName }: ByHand): string {
  return `Node ${node} is not this machine (${nodeName}; --node-name or NODE_NAME says otherwise): its network namespaces cannot be seen
from here, so only what Kubernetes says of it is judged. The member on it knows more.\n`;
}

function suspectsText({ times }: ReconcileNeeds): string {
  const seconds = Math.max(times.graceMs, times.waitingMs) / 1000;
  return `A suspect is freed when it is found the same a second time, ${seconds} s later: --once does both looks.\n`;
}

/** A person who waits wants to know for what. */
function waitingAloud(needs: ReconcileNeeds, tell: Outlets["tell"]): ReconcileNeeds {
  const { clock } = needs;
  return {
    ...needs,
    clock: {
      ...clock,
      wait: (ms, signal) => {
        tell(`Some leases seem gone: looking at them once more in ${Math.round(ms / 1000)} s\n`);
        return clock.wait(ms, signal);
      },
    },
  };
}
