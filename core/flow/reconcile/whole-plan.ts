/**
 * What all members together would do, as far as it can be seen from one place: nothing is changed.
 *
 * @module
 */
import { judge } from "../../reconcile/judge.ts";
import { type RunSummary, Tally } from "../../reconcile/summary.ts";
import { lookAtNode, nodeSight, seeNodes } from "./look-elsewhere.ts";
import type { JudgedLease, ReconcileNeeds, RunOptions } from "./needs.ts";
import { reconcile } from "./reconcile.ts";

export type WholePlanOptions = Pick<RunOptions, "signal" | "told" | "failed" | "unreadable"> & {
  /** The node whose network namespaces can be seen here; undefined: none. */
  readonly own: string | undefined;
  /** Only this node's leases; undefined: all. */
  readonly node: string | undefined;
};

/**
 * First what the elected member judges, then the leases of each node that has a member: of these only the node itself sees the network
 * namespaces, so whoever seems gone there is its member's to judge. One list of pods for each node with leases.
 */
export async function wholePlan(needs: ReconcileNeeds, options: WholePlanOptions): Promise<RunSummary> {
  const { own, node, signal } = options;
  const begunNs = needs.clock.bootNs();
  const requestsBefore = needs.requests();
  const tally = new Tally();
  const told = (judged: JudgedLease) => {
    tally.add("lookedAt");
    tally.verdict(judged.verdict);
    options.told(judged);
  };
  const failed: RunOptions["failed"] = (what, reason) => {
    tally.add("failed");
    options.failed(what, reason);
  };
  const unreadable: RunOptions["unreadable"] = (one) => {
    tally.unreadable();
    options.unreadable?.(one);
  };
  const run = { isDry: true, signal, told, failed };
  if (node !== undefined && node !== own)
    await reconcile(needs, { own: undefined, elected: false, only: node }, { ...run, unreadable });
  else await reconcile(needs, { own, elected: node === undefined }, { ...run, unreadable });
  if (node === undefined) await askMembers(needs, own, run);
  const seconds = Number(needs.clock.bootNs() - begunNs) / 1e9;
  return tally.summary(seconds, needs.requests() - requestsBefore);
}

/** Leases before nodes before pods, as members do it (F29). */
async function askMembers(needs: ReconcileNeeds, own: string | undefined, run: RunOptions): Promise<void> {
  const names = new Set<string>();
  const unread = await needs.scene.survey({
    begin: () => names.clear(),
    take: ({ node, isWithheld }) => {
      if (!isWithheld && node !== "" && node !== own) names.add(node);
    },
  });
  // That was told by the look at the other nodes.
  const nodes = unread === undefined ? await seeNodes(needs, { failed: () => undefined }) : undefined;
  if (nodes === undefined) return;
  for (const name of [...names].sort()) {
    const node = nodeSight(nodes, name);
    if (node.kind !== "served") continue;
    if (run.signal?.aborted === true) return;
    for (const sight of await lookAtNode(needs, { name, node }, run)) {
      const verdict = judge(sight, { ms: 0, isUncached: false }, needs.times);
      run.told({ lease: sight.lease, verdict, done: undefined });
    }
  }
}
