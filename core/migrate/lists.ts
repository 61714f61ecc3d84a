/**
 * Whole collections of the API server, page by page and uncached.
 *
 * @module
 */
import type { KubeObject, ListQuery, Refused, Resource, Unanswered } from "../ports/kube-api.ts";
import { ask, type MigrateNeeds, type Unreachable } from "./needs.ts";

export type Listing = {
  readonly resource: Resource;
  /** Left out: all namespaces. */
  readonly namespace?: string;
  readonly labels?: string;
  readonly fields?: string;
  /** Left out: 500. */
  readonly pageSize?: number;
};

/** Reads them one after the other, in this order: what is compared is only as true as the order of its reads. */
export async function readLists<Name extends string>(
  needs: MigrateNeeds,
  listings: readonly (readonly [Name, Listing])[],
): Promise<{ readonly kind: "lists"; readonly of: (name: Name) => readonly KubeObject[] } | Unreachable> {
  const lists = new Map<Name, readonly KubeObject[]>();
  for (const [name, listing] of listings) {
    const answer = await listAll(needs, listing);
    if (answer.kind !== "all") return { kind: "unreachable", what: listing.resource.plural, answer };
    lists.set(name, answer.items);
  }
  return { kind: "lists", of: (name) => lists.get(name) ?? [] };
}

type AllAnswer = { readonly kind: "all"; readonly items: readonly KubeObject[] } | Refused | Unanswered;

/** A kind that this cluster lacks has no objects. A list that expired while it was read begins anew. */
async function listAll(needs: MigrateNeeds, listing: Listing): Promise<AllAnswer> {
  const { resource, namespace, labels, fields, pageSize = 500 } = listing;
  const query: ListQuery = { resource, namespace, labels, fields, limit: pageSize, cached: false, metadataOnly: false };
  let items: KubeObject[] = [];
  let next: string | undefined;
  for (let restarts = 0; ; ) {
    const page = await ask(needs, () => needs.api.list({ ...query, next }));
    if (page.kind === "page") {
      items.push(...page.items);
      next = page.next;
      if (next === undefined) return { kind: "all", items };
    } else if (page.kind === "refused" && page.status === 410 && restarts < needs.limits.tries) {
      restarts += 1;
      items = [];
      next = undefined;
    } else if (page.kind === "refused" && page.status === 404) return { kind: "all", items: [] };
    else return page;
  }
}
