/**
 * With which setting of overlapping ranges the cluster's definitions use their pools: what tells it of a pool that no ADD of
 * Berth has marked yet (P2, P14).
 *
 * @module
 */
import { formatPrefix } from "../ip/prefix.ts";
import type { KubeApi } from "../ports/kube-api.ts";
import { listAll } from "./list-all.ts";
import { poolName } from "./names.ts";
import { readAttachmentDefinition } from "./read-definition.ts";
import { definitions } from "./resources.ts";

/**
 * By the pool object's name; a pool of which two definitions differ is left out, and so is everything where definitions cannot be
 * read. Cost: all NetworkAttachmentDefinitions.
 */
export async function poolSettings(api: KubeApi): Promise<ReadonlyMap<string, boolean>> {
  const objects = await listAll(api, { resource: definitions, cached: true });
  const found = new Map<string, Set<boolean>>();
  for (const sight of typeof objects === "string" ? [] : objects.map(readAttachmentDefinition)) {
    if (sight?.read.kind !== "definition") continue;
    const { network, overlapping, ranges } = sight.read.definition;
    for (const { range } of ranges) {
      const name = poolName(network, formatPrefix(range.prefix));
      found.set(name, (found.get(name) ?? new Set()).add(overlapping));
    }
  }
  const agreed = [...found].filter(([, settings]) => settings.size === 1);
  return new Map(agreed.map(([name, settings]) => [name, settings.has(true)]));
}
