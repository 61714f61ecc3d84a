/**
 * A node that holds nothing: is there one of that name, or is it misspelt?
 *
 * @module
 */
import { shorten } from "../../core/failure/failure.ts";
import { annotations } from "../../core/kube/labels.ts";
import { collectPages } from "../../core/kube/read-pages.ts";
import { nodes, reservations } from "../../core/kube/resources.ts";
import { exitCodes } from "../exit.ts";
import { type Refusal, refusal } from "../refusal.ts";
import type { View } from "../with-inventory.ts";

/** So many are named; the others are counted. */
const namedMax = 10;

/** Cost, in a cluster: a read of the Node, and where there is none a list of all reservations, as metadata. */
export async function refuseUnknownNode({ inventory, cluster }: View, node: string): Promise<Refusal | undefined> {
  const holders =
    cluster === undefined
      ? [...inventory.leases({})].map(({ holder }) => holder?.node ?? "")
      : await holdersOf(cluster, node);
  if (holders === "exists") return undefined;
  const names = [...new Set(holders)].filter((name) => name !== "").sort();
  const more = names.length > namedMax ? ` and ${names.length - namedMax} more` : "";
  const expected = names.length === 0 ? "a node that holds an address: none does" : names.slice(0, namedMax).join(", ");
  return refusal(
    exitCodes.no,
    `Cannot find node "${shorten(node)}": expected ${names.length === 0 ? "" : "one that holds an address: "}${expected}${more}`,
    "run: berthctl leases",
  );
}

async function holdersOf(cluster: NonNullable<View["cluster"]>, node: string): Promise<readonly string[] | "exists"> {
  const { api, namespace } = cluster;
  const standing = await api.read({ resource: nodes, name: node });
  // It is there, and holds nothing; who may not look takes it for that.
  if (standing.kind !== "absent") return "exists";
  const query = { resource: reservations, namespace, metadataOnly: true };
  const found = await collectPages(api, query, ({ metadata }) => metadata.annotations?.[annotations.node]);
  return found.kind === "all" ? found.items : "exists";
}
