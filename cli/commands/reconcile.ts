/**
 * `berthctl reconcile --dry-run`: what the reconcilers would do now, and why, from wherever one may read the cluster.
 *
 * @module
 */
import type { Command } from "commander";
import { shorten } from "../../core/failure/failure.ts";
import { type PlanRow, planRow, unreadableRow } from "../../core/flow/reconcile/plan-row.ts";
import { formatPlanTable } from "../../core/flow/reconcile/plan-table.ts";
import { wholePlan } from "../../core/flow/reconcile/whole-plan.ts";
import type { RunSummary } from "../../core/reconcile/summary.ts";
import { formatSummary } from "../../core/reconcile/summary-text.ts";
import { type ChosenStore, chooseStore } from "../choose-store.ts";
import { refuseEmptyHome } from "../cluster/home-namespace.ts";
import { type OpenedCluster, withCluster } from "../cluster/open-cluster.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { ownNode, reconcilerNeeds } from "../explain/reconciler-needs.ts";
import { toJson } from "../format/json-text.ts";
import { readOutput } from "../output-format.ts";
import { type Refusal, refusal, tell } from "../refusal.ts";
import type { Start } from "../start.ts";
import { visible } from "../terminal/visible.ts";
import type { Session } from "../world.ts";

type Options = { readonly dryRun?: boolean; readonly node?: string; readonly output?: string };

export function addReconcile(program: Command, start: Start): void {
  program
    .command("reconcile")
    .summary("what the reconcilers would do now, and why; changes nothing")
    .description(
      [
        "Shows what the elected reconciler would free, keep or report, and which leases the members on their own nodes would",
        "be asked about: only there network namespaces can be seen. Leases of living pods are counted, not listed; JSON has",
        "them, too. It changes nothing: the DaemonSet frees what is stale, on its schedule.",
      ].join(" "),
    )
    .option("--dry-run", "needed: berthctl only shows the plan")
    .option("--node <name>", "only leases of this node")
    .option("--output <format>", "text or json")
    .addHelpText("after", "\nExample:\n  $ berthctl reconcile --dry-run\n")
    .action((options: Options) => start((session) => showPlan(session, options)));
}

async function showPlan(session: Session, { dryRun, node, output }: Options): Promise<ExitCode> {
  const { terminal } = session;
  const format = readOutput(output);
  if (format.kind === "refusal") return tell(terminal, format);
  if (dryRun !== true) return tell(terminal, onlyPlans);
  const store = await chooseStore(session);
  if (store.kind === "refusal") return tell(terminal, store);
  if (store.kind === "embedded") return tell(terminal, onMachine);
  return withCluster(store.session, async (cluster) => {
    const stray = await refuseEmptyHome(cluster);
    if (stray !== undefined) return tell(terminal, stray);
    return plan(store, cluster, { node, isJson: format.format === "json" });
  });
}

const onlyPlans: Refusal = refusal(
  exitCodes.usage,
  'Cannot run command "reconcile": expected --dry-run, because berthctl only shows the plan',
  "the DaemonSet carries it out on its schedule; at once, on a node: berth-reconciler --once",
  "what is left of a node that is gone: berthctl release --node <name>",
);

const onMachine: Refusal = refusal(
  exitCodes.usage,
  'Cannot run command "reconcile": expected a cluster, found the leases of this machine: its agent sweeps them every minute',
  "why an address is kept: berthctl explain <address>",
  "name the cluster: --kubeconfig FILE",
);

type Asked = { readonly node: string | undefined; readonly isJson: boolean };

async function plan(
  store: Extract<ChosenStore, { kind: "kubernetes" }>,
  cluster: OpenedCluster,
  { node, isJson }: Asked,
): Promise<ExitCode> {
  const { session } = store;
  const rows: PlanRow[] = [];
  const failures: { readonly what: string; readonly reason: string }[] = [];
  let living = 0;
  const summary = await wholePlan(reconcilerNeeds(session, store, cluster), {
    own: ownNode(session, store),
    node,
    signal: session.world.interruption(),
    told: (judged) => {
      const row = planRow(judged);
      if (!isJson && isOfLivingPod(row)) living += 1;
      else rows.push(row);
    },
    unreadable: (one) => void rows.push(unreadableRow(one)),
    failed: (what, reason) => void failures.push({ what, reason }),
  });
  if (isJson) await session.terminal.write(`${toJson({ plan: rows, failures, summary }, 2)}\n`);
  else await printPlan(session, { rows, living, node, summary });
  for (const { what, reason } of failures)
    await session.terminal.tell(`Cannot read "${visible(what)}": expected an answer: ${visible(shorten(reason))}\n`);
  return failures.length === 0 ? exitCodes.done : exitCodes.no;
}

function isOfLivingPod({ because, verdict }: PlanRow): boolean {
  return verdict === "keep" && (because === "live" || because === "pending");
}

type Printed = {
  readonly rows: readonly PlanRow[];
  readonly living: number;
  readonly node: string | undefined;
  readonly summary: RunSummary;
};

async function printPlan({ terminal }: Session, { rows, living, node, summary }: Printed): Promise<void> {
  const of = node === undefined ? "" : ` of node ${visible(node)}`;
  if (rows.length === 0) await terminal.write(`Nothing to do${of}\n`);
  await terminal.write(`${formatPlanTable(rows)}\n${formatSummary(summary)}`);
  if (living > 0) await terminal.tell(`(the ${living} of living pods are not listed: --output json has all)\n`);
  if (rows.some(({ because }) => because === "its-node"))
    await terminal.tell("(its-node: only that node sees the network namespace, and its member decides)\n");
  if (summary.suspects > 0) await terminal.tell("(a suspect is freed when it is found the same 5 minutes later)\n");
}
