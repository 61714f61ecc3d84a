/**
 * Addresses of a range that stand in the pools of Whereabouts' node slices: held, although the range's own pool does not have
 * them. Berth serves the range as a whole, and gives none of them.
 *
 * @module
 */
import type { AddressValue } from "../ip/address.ts";
import { lastOf, type Prefix } from "../ip/prefix.ts";
import type { KubeApi, KubeObject, Resource } from "../ports/kube-api.ts";
import { reasonOf } from "./reason.ts";
import { readEntries } from "./pool-entries.ts";
import { nodeSlicePools, pools } from "./resources.ts";
import { type NodeSlices, readNodeSlices, slicePoolsOf } from "./slices.ts";

export type SliceNeeds = { readonly api: KubeApi; readonly namespace: string };

export type SliceRange = {
  readonly network: string;
  readonly range: Prefix;
  /** Bits of a slice, where the definition says it (`node_slice_size`): finds slices whose `NodeSlicePool` is gone. */
  readonly sliceLength?: number | undefined;
};

export type SliceEntries =
  | { readonly kind: "taken"; readonly addresses: ReadonlySet<AddressValue> }
  | { readonly kind: "unknown"; readonly reason: string };

/** Few pools fit one answer: each may have a megabyte. */
const pageSizes: ReadonlyMap<Resource, number> = new Map([[pools, 15]]);

/**
 * Cost: one small list where node slices are not used; else a list of all pools. For the mixed mode only: with Whereabouts gone
 * its entries are taken over, or gone.
 */
export async function sliceEntries(needs: SliceNeeds, sliced: SliceRange): Promise<SliceEntries> {
  const slices = await listAll(needs, nodeSlicePools);
  if (slices.kind !== "all") return slices;
  const told = slices.items.map(readNodeSlices).filter((one) => one.kind === "slices");
  const here = told.filter((one) => overlaps(one.range, sliced.range) && isOfNetwork(one, sliced.network));
  if (here.length === 0 && sliced.sliceLength === undefined) return { kind: "taken", addresses: new Set() };
  const all = await listAll(needs, pools);
  if (all.kind !== "all") return all;
  const addresses = new Set<AddressValue>();
  for (const { object } of slicePoolsOf(all.items, { ...sliced, told: here })) {
    const read = readEntries(object);
    // A pool that cannot be read is told by doctor and import; which addresses it holds nobody knows.
    if (read.kind !== "entries" || read.base.family !== sliced.range.family) continue;
    for (const value of read.taken) addresses.add(value);
  }
  return { kind: "taken", addresses };
}

/** It bears the network's name; where there is none, the definition's, which is not known here. */
function isOfNetwork({ name }: NodeSlices, network: string): boolean {
  return network === "" || name === network;
}

function overlaps(a: Prefix, b: Prefix): boolean {
  return a.family === b.family && a.base <= lastOf(b) && b.base <= lastOf(a);
}

type All =
  | { readonly kind: "all"; readonly items: readonly KubeObject[] }
  | { readonly kind: "unknown"; readonly reason: string };

/** A cluster without the kind has none of it. */
async function listAll({ api, namespace }: SliceNeeds, resource: Resource): Promise<All> {
  const items: KubeObject[] = [];
  let next: string | undefined;
  do {
    const limit = pageSizes.get(resource) ?? 500;
    const page = await api.list({ resource, namespace, limit, next, cached: false, metadataOnly: false });
    if (page.kind === "refused" && page.status === 404) return { kind: "all", items: [] };
    if (page.kind !== "page") return { kind: "unknown", reason: reasonOf(page) };
    items.push(...page.items);
    next = page.next;
  } while (next !== undefined);
  return { kind: "all", items };
}
