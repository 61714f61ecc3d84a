/**
 * A lease of another node: who can release it, and the command to run there.
 *
 * @module
 */
import { formatAddress } from "../../core/ip/address-text.ts";
import { collectPages } from "../../core/kube/read-pages.ts";
import { nodes, pods } from "../../core/kube/resources.ts";
import { agentSelector } from "../../core/migrate/node-sight.ts";
import { podRef } from "../../core/ports/holder.ts";
import type { LeaseRecord } from "../../core/ports/inventory.ts";
import { exitCodes } from "../exit.ts";
import { type Refusal, refusal } from "../refusal.ts";
import type { OpenedCluster } from "./open-cluster.ts";

export async function otherNode(cluster: OpenedCluster, record: LeaseRecord): Promise<Refusal> {
  const { place, holder } = record;
  const address = formatAddress(place.address);
  const node = holder?.node ?? "";
  const network = place.network === "" ? "" : ` --network ${place.network}`;
  const command = `berthctl release ${address}${network}`;
  const owner = holder === undefined ? "" : `, where pod ${podRef(holder)} holds it`;
  const message = `Cannot release address "${address}": expected the agent of node "${node}"${owner}`;
  return refusal(exitCodes.no, message, ...(await waysOut(cluster, { node, command })));
}

type Way = { readonly node: string; readonly command: string };

async function waysOut(cluster: OpenedCluster, { node, command }: Way): Promise<readonly string[]> {
  const agent = await agentOf(cluster, node);
  if (agent !== undefined)
    return [`run: kubectl --namespace ${agent.namespace} exec --stdin --tty ${agent.name} -- ${command}`];
  const standing = await cluster.api.read({ resource: nodes, name: node });
  if (standing.kind !== "absent") return [`on ${node} run: sudo ${command}`];
  return [
    `node ${node} no longer exists, and its pods with it: if that is true of the machine, too, nobody uses its addresses`,
    `run: berthctl release --node ${node}`,
  ];
}

/** The agent's pod on that node; undefined when there is none, or pods may not be listed. */
async function agentOf({ api }: OpenedCluster, node: string) {
  const query = { resource: pods, labels: agentSelector, fields: `spec.nodeName=${node}` };
  const found = await collectPages(api, { ...query, metadataOnly: true, pageSize: 10 }, ({ metadata }) => metadata);
  const [first] = found.kind === "all" ? found.items : [];
  return first === undefined ? undefined : { namespace: first.namespace ?? "", name: first.name };
}
