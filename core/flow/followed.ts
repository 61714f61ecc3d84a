/**
 * What a pod's later sandbox proves of an earlier one (P17).
 *
 * @module
 */
import { isEarlier } from "../ports/holder.ts";
import type { Row } from "../ports/journal.ts";
import { judge } from "./evidence.ts";
import type { FlowPorts } from "./ports.ts";

type Needs = Pick<FlowPorts, "journal" | "namespaces" | "clock">;

/**
 * A pod has one sandbox at a time: a later one of the same pod, with an answered lease of the same interface and range whose
 * namespace stands, says that the earlier has ended, and that nobody comes again for its lease.
 *
 * @param hasGone whether the namespace of this one is proven gone: then one that was started later is enough, whatever can be seen of it
 */
export async function isFollowed(needs: Needs, row: Row, hasGone: boolean): Promise<boolean> {
  const { holder, place } = row;
  if (holder.pod?.uid === undefined) return false;
  for (const other of await needs.journal.rowsOfPod(holder.pod.uid, holder.attachment.ifName)) {
    const isAnswered = other.id !== row.id && other.state === "lease" && other.answeredMs !== undefined;
    const isSameRange = other.place.network === place.network && other.place.pool === place.pool;
    if (!isAnswered || !isSameRange || other.holder.attachment.containerId === holder.attachment.containerId) continue;
    if (await isLater(needs, row, other, hasGone)) return true;
  }
  return false;
}

async function isLater({ namespaces, clock }: Needs, row: Row, other: Row, hasGone: boolean): Promise<boolean> {
  // Of one that nothing is proven of (Whereabouts gave it) only what came on record after it is known to be later.
  if (!hasGone && other.id < row.id) return false;
  const { kind } = await judge(namespaces, clock, other.holder.evidence);
  return kind === "stands" || (hasGone && kind === "unproven" && isEarlier(row.holder.started, other.holder.started));
}
