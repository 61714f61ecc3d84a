/**
 * With which setting of overlapping ranges the cluster's definitions use their pools: what tells it of a pool that no ADD of
 * Berth has marked yet (P2, P14).
 *
 * @module
 */
import { formatPrefix } from "../ip/prefix.ts";
import type { KubeApi } from "../ports/kube-api.ts";
import { poolName } from "./names.ts";
import { readAttachmentDefinition } from "./read-definition.ts";
import { collectPages } from "./read-pages.ts";
import { reasonOf } from "./reason.ts";
import { definitions } from "./resources.ts";

/**
 * By the pool object's name; a pool of which two definitions differ is left out. A reason when definitions cannot be read: then
 * nothing is known. Cost: all NetworkAttachmentDefinitions.
 */
export async function poolSettings(api: KubeApi): Promise<ReadonlyMap<string, boolean> | string> {
  const query = { resource: definitions, cached: true, metadataOnly: false, mayLack: true };
  const read = await collectPages(api, query, (object) => {
    const sight = readAttachmentDefinition(object);
    return sight?.read.kind === "definition" ? sight.read.definition : undefined;
  });
  if (read.kind !== "all") return `network-attachment-definitions: ${reasonOf(read)}`;
  const found = new Map<string, Set<boolean>>();
  for (const { network, overlapping, ranges } of read.items) {
    for (const { range } of ranges) {
      const name = poolName(network, formatPrefix(range.prefix));
      found.set(name, (found.get(name) ?? new Set()).add(overlapping));
    }
  }
  const agreed = [...found].filter(([, settings]) => settings.size === 1);
  return new Map(agreed.map(([name, settings]) => [name, settings.has(true)]));
}
