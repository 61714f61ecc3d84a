/**
 * Whether a lease is still used, or kept for whoever comes again (P15, P18).
 *
 * @module
 */
import type { Cluster } from "../ports/cluster.ts";
import type { Row } from "../ports/journal.ts";
import { judge } from "./evidence.ts";
import type { FlowPorts } from "./ports.ts";

type Needs = { readonly ports: FlowPorts; readonly cluster: Cluster };

/**
 * Its namespace stands, or cannot be looked at now; or nothing was ever known of it, and its pod lives.
 *
 * @returns undefined when nobody could be asked
 */
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

/**
 * The same, and a lease of an earlier boot whose pod exists under its uid: after a reboot it comes again (P18). An agent that bears
 * another machine's name by mistake takes that machine's leases for such.
 */
export async function isKept(needs: Needs, row: Row): Promise<boolean | undefined> {
  const { evidence, pod } = row.holder;
  const isOfEarlierBoot = evidence.bootId !== "" && evidence.bootId !== needs.ports.clock.bootId;
  return isOfEarlierBoot && pod !== undefined ? needs.cluster.podLives(pod) : lives(needs, row);
}
