/**
 * Which nodes have slices of a range (Whereabouts' node slices): their names stand in the names of pools.
 *
 * @module
 */
import { collectPages } from "./read-pages.ts";
import { reasonOf } from "./reason.ts";
import { nodeSlicePools } from "./resources.ts";
import type { KubeStoreNeeds } from "./needs.ts";
import { readNodeSlices } from "./slices.ts";

/** A reason when they cannot be read. Those that one object does not tell are left out. */
export async function sliceNodes({
  api,
  namespace,
}: Pick<KubeStoreNeeds, "api" | "namespace">): Promise<ReadonlySet<string> | string> {
  const query = { resource: nodeSlicePools, namespace, metadataOnly: false, mayLack: true };
  const read = await collectPages(api, query, readNodeSlices);
  if (read.kind !== "all") return reasonOf(read);
  const slices = read.items.flatMap((one) => (one.kind === "slices" ? one.slices : []));
  return new Set(slices.map(({ node }) => node).filter((node) => node !== ""));
}
