/**
 * The pools of a network that contain an address, and what each of them has written down of it.
 *
 * @module
 */
import { prefixContains } from "../ip/prefix.ts";
import type { Place } from "../ports/store.ts";
import type { EntryValue } from "./entry-order.ts";
import type { EntryWriter } from "./entry-writer.ts";
import type { MixedNeeds } from "./mixed.ts";
import type { PoolEntry } from "./pool-entries.ts";
import { readPool } from "./pool-sight.ts";
import { collectPages } from "./read-pages.ts";
import { reasonOf } from "./reason.ts";
import { pools } from "./resources.ts";
import { sliceNodes } from "./slice-nodes.ts";

/** A pool that contains the address, and its entry of it. */
export type PoolWith = { readonly writer: EntryWriter; readonly entry: EntryValue | undefined };

/** Of the network, slices of nodes among them; a reason when they cannot be read. */
export async function poolsWith(needs: MixedNeeds, { network, address }: Place): Promise<readonly PoolWith[] | string> {
  const nodes = await sliceNodes(needs);
  if (typeof nodes === "string") return nodes;
  const query = { resource: pools, namespace: needs.namespace, metadataOnly: false };
  const read = await collectPages(needs.api, query, (object): PoolWith | undefined => {
    const { text, network: found, name } = readPool(object, nodes);
    if (found !== network || text.kind !== "entries" || !prefixContains(text.prefix, address)) return undefined;
    return { writer: needs.mixed.entries.named(name), entry: valueOf(text.entries.get(address.value)) };
  });
  return read.kind === "all" ? read.items : reasonOf(read);
}

function valueOf(entry: PoolEntry | undefined): EntryValue | undefined {
  if (entry === undefined) return undefined;
  const { key: _key, ...value } = entry;
  return value;
}
