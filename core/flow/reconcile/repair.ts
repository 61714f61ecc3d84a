/**
 * What the elected member puts right at the end of its run, when everything is judged: a repair changes the version of a lease.
 *
 * @module
 */
import type { Repaired } from "../../ports/scene.ts";
import type { ReconcileNeeds, RunOptions } from "./needs.ts";

export type RepairOptions = Pick<RunOptions, "failed"> & {
  /** The node whose agent may be a service, which no pod shows; undefined: none. */
  readonly own: string | undefined;
  readonly repaired: (one: Repaired) => void;
};

export async function repair(
  { scene, agentAnswers }: ReconcileNeeds,
  { own, repaired, failed }: RepairOptions,
): Promise<void> {
  const berth = await scene.berthPods();
  if (berth.kind === "unknown") return failed("repairs", berth.reason);
  const agents = new Set(berth.agents);
  if (own !== undefined && (await agentAnswers()) === true) agents.add(own);
  const unread = await scene.repair(agents, repaired);
  if (unread !== undefined) failed("repairs", unread.reason);
}
