/**
 * Whether a lease is still used (P15): its namespace stands, or cannot be looked at now; or nothing was ever known of it, and its
 * pod lives.
 *
 * @module
 */
import type { Cluster } from "../ports/cluster.ts";
import type { Row } from "../ports/journal.ts";
import { judge } from "./evidence.ts";
import type { FlowPorts } from "./ports.ts";

type Needs = { readonly ports: FlowPorts; readonly cluster: Cluster };

/** @returns undefined when nobody could be asked */
export async function lives({ ports, cluster }: Needs, { holder }: Row): Promise<boolean | undefined> {
  const verdict = await judge(ports.namespaces, ports.clock, holder.evidence);
  switch (verdict.kind) {
    case "stands":
      return true;
    case "gone":
    case "earlier boot":
      return false;
    case "unproven":
      // No sweep frees it meanwhile (P18), so its proof is kept as well: whoever lives in it has not gone with its pod's object.
      if (holder.evidence.kind === "seen" && holder.evidence.bootId !== "") return true;
      return holder.pod === undefined ? false : cluster.podLives(holder.pod);
    default:
      return verdict satisfies never;
  }
}
