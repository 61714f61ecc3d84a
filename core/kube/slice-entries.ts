/**
 * Addresses of a range that stand in the pools of Whereabouts' node slices: held, although the range's own pool does not have
 * them. Berth serves the range as a whole, and gives none of them. What cannot be read there may hold any of the range.
 *
 * @module
 */
import type { AddressValue } from "../ip/address.ts";
import { parsePrefix, type Prefix, prefixesOverlap } from "../ip/prefix.ts";
import type { KubeApi, KubeObject } from "../ports/kube-api.ts";
import type { OpenAnswer, Serving } from "../ports/store.ts";
import { annotations } from "./labels.ts";
import { memberOf } from "./member-of.ts";
import { poolName } from "./names.ts";
import { isMixed, type KubeStoreNeeds } from "./needs.ts";
import { readEntries } from "./pool-entries.ts";
import { putRight } from "./pool-sight.ts";
import { collectPages } from "./read-pages.ts";
import { reasonOf } from "./reason.ts";
import { nodeSlicePools, pools } from "./resources.ts";
import { type NodeSlices, type NodeSlicesText, readNodeSlices, slicePoolReader } from "./slices.ts";

export type SliceNeeds = { readonly api: KubeApi; readonly namespace: string };

export type SliceRange = {
  readonly network: string;
  readonly range: Prefix;
  /** Bits of a slice, where the definition says it (`node_slice_size`): finds slices whose `NodeSlicePool` is gone. */
  readonly sliceLength?: number | undefined;
};

export type SliceEntries =
  | { readonly kind: "taken"; readonly addresses: ReadonlySet<AddressValue>; readonly isSliced: boolean }
  /** A person has to put an object right first: `reason` goes after "expected". */
  | { readonly kind: "unreadable"; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };

/**
 * Cost: one small list where node slices are not used; else a list of all pools. For the mixed mode only: with Whereabouts gone
 * its entries are taken over, or gone.
 */
export async function sliceEntries(needs: SliceNeeds, sliced: SliceRange): Promise<SliceEntries> {
  const told = await toldSlices(needs, sliced);
  if (told.kind !== "told") return told;
  if (told.slices.length === 0 && sliced.sliceLength === undefined)
    return { kind: "taken", addresses: new Set(), isSliced: false };
  const query = { resource: pools, namespace: needs.namespace, metadataOnly: false };
  const read = await collectPages(needs.api, query, entriesReader(sliced, told.slices));
  if (read.kind !== "all") return { kind: "unknown", reason: reasonOf(read) };
  const addresses = new Set<AddressValue>();
  for (const one of read.items) {
    if (one.kind === "unreadable") return one;
    for (const value of one.values) addresses.add(value);
  }
  return { kind: "taken", addresses, isSliced: true };
}

type Told = { readonly kind: "told"; readonly slices: readonly NodeSlices[] };

/** What `NodeSlicePool` objects say of this range. */
async function toldSlices(
  { api, namespace }: SliceNeeds,
  { network, range }: SliceRange,
): Promise<Told | Exclude<SliceEntries, { kind: "taken" }>> {
  const query = { resource: nodeSlicePools, namespace, metadataOnly: false, mayLack: true };
  const read = await collectPages(api, query, (object) => ({ object, text: readNodeSlices(object) }));
  if (read.kind !== "all") return { kind: "unknown", reason: reasonOf(read) };
  const slices: NodeSlices[] = [];
  for (const { object, text } of read.items) {
    if (!isOfNetwork(object, network)) continue;
    if (text.kind === "slices" && !prefixesOverlap(text.range, range)) continue;
    const fault = faultOf(text);
    if (fault !== undefined) return { kind: "unreadable", reason: putRight(object.metadata, fault, "nodeslicepools") };
    if (text.kind === "slices") slices.push(text);
  }
  return { kind: "told", slices };
}

/** It bears the network's name; where there is none, the definition's, which is not known here. */
function isOfNetwork({ metadata }: KubeObject, network: string): boolean {
  return network === "" || metadata.name === network;
}

function faultOf(text: NodeSlicesText): string | undefined {
  if (text.kind === "unreadable") return text.fault;
  return text.unreadable === 0 ? undefined : "a node's name and a range in each of status.allocations";
}

type PoolRead =
  | { readonly kind: "values"; readonly values: readonly AddressValue[] }
  | { readonly kind: "unreadable"; readonly reason: string };

/** Of a pool that is no slice of this range nothing is kept. */
function entriesReader(sliced: SliceRange, told: readonly NodeSlices[]): (object: KubeObject) => PoolRead | undefined {
  const slicePool = slicePoolReader({ ...sliced, told });
  return (object) => {
    const read = readEntries(object);
    const isMeant = slicePool(object) !== undefined || (read.kind === "unreadable" && mayBeSlice(object, sliced));
    if (!isMeant) return undefined;
    if (read.kind === "unreadable") return { kind: "unreadable", reason: putRight(object.metadata, read.fault) };
    return { kind: "values", values: read.base.family === sliced.range.family ? [...read.taken] : [] };
  };
}

/** Nobody knows of what range it is: of this network it may be a slice. Whole pools are marked by Berth. */
function mayBeSlice({ metadata, ...object }: KubeObject, { network }: SliceRange): boolean {
  const isWhole = metadata.annotations?.[annotations.network] !== undefined;
  const hasRange = parsePrefix(String(memberOf(object["spec"], "range"))).kind === "prefix";
  return !isWhole && !hasRange && metadata.name.startsWith(poolName(network, ""));
}

/**
 * Whether a pool can be given of beside the node slices of Whereabouts. With overlapping ranges off it cannot: a slice's pool alone
 * says there what Whereabouts gives, and Whereabouts looks at nothing else. Cost: that of `sliceEntries`, beside Whereabouts.
 */
export async function openBesideSlices(needs: KubeStoreNeeds, serving: Serving, pool: string): Promise<OpenAnswer> {
  const { network, overlapping, sliceLength } = serving;
  const prefix = parsePrefix(pool);
  if (prefix.kind !== "prefix" || !isMixed(needs)) return { kind: "open" };
  if (!overlapping && sliceLength !== undefined) return { kind: "refused", pool, reason: apartFromSlices };
  const found = await sliceEntries(needs, { network, range: prefix.prefix, sliceLength });
  switch (found.kind) {
    case "taken":
      return found.isSliced && !overlapping ? { kind: "refused", pool, reason: apartFromSlices } : { kind: "open" };
    case "unreadable":
      return { kind: "refused", pool, reason: found.reason };
    case "unknown":
      return found;
    default:
      return found satisfies never;
  }
}

/** As it goes after "expected". */
export const apartFromSlices =
  'no node slices (node_slice_size) with enable_overlapping_ranges false while Whereabouts may write, for it would give the same addresses: remove them first (docs/migrate-from-whereabouts.md, "Node slices")';
