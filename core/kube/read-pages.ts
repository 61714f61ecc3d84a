/**
 * Reading a whole collection in pages, and keeping of each object only what is needed.
 *
 * @module
 */
import type { KubeApi, KubeObject, ListQuery, Refused, Resource, Unanswered } from "../ports/kube-api.ts";
import { definitions, nodeSlicePools, pools } from "./resources.ts";

export type PagesQuery = Omit<ListQuery, "limit" | "next" | "cached"> & {
  /** At most so many; left out: as many as fit one answer, whatever the objects hold. */
  readonly pageSize?: number | undefined;
  /** Left out: as it stands now. */
  readonly cached?: boolean;
  /** A cluster that lacks the kind has no objects of it; left out: that is a refusal. */
  readonly mayLack?: boolean;
};

/** An answer has its bound: a pool may have 1.5 MB, a `NodeSlicePool` some hundred KiB, and anybody writes definitions. */
const largePages: ReadonlyMap<Resource, number> = new Map([
  [pools, 15],
  [nodeSlicePools, 50],
  [definitions, 100],
]);
const pageSizeMax = 500;

/** A list that expired so often while it was read will not become whole. */
const restartsMax = 3;

/**
 * Calls `keep` for each object. A list that expires while it is read begins anew: then `begin` is called again.
 *
 * @returns undefined when all were read
 */
export async function readPages(
  api: Pick<KubeApi, "list">,
  { mayLack = false, pageSize, ...query }: PagesQuery,
  reader: { readonly begin: () => void; readonly keep: (object: KubeObject) => void },
): Promise<Refused | Unanswered | undefined> {
  const limit = limitOf(query, pageSize);
  let next: string | undefined;
  let restarts = 0;
  reader.begin();
  for (;;) {
    const answer = await api.list({ cached: false, ...query, limit, next });
    if (answer.kind === "page") {
      for (const item of answer.items) reader.keep(item);
      if (answer.next === undefined) return undefined;
      next = answer.next;
      continue;
    }
    if (mayLack && isRefused(answer, 404)) return undefined;
    if (!isRefused(answer, 410) || next === undefined || restarts === restartsMax) return answer;
    restarts += 1;
    next = undefined;
    reader.begin();
  }
}

function limitOf({ resource, metadataOnly }: PagesQuery, wanted = pageSizeMax): number {
  return metadataOnly ? wanted : Math.min(wanted, largePages.get(resource) ?? pageSizeMax);
}

function isRefused(answer: Refused | Unanswered, status: number): boolean {
  return answer.kind === "refused" && answer.status === status;
}

export type Listed<T> = { readonly kind: "all"; readonly items: readonly T[] } | Refused | Unanswered;

/** What `take` makes of each object; those of which it makes nothing are left out. */
export async function collectPages<T>(
  api: Pick<KubeApi, "list">,
  query: PagesQuery,
  take: (object: KubeObject) => T | undefined,
): Promise<Listed<T>> {
  let items: T[] = [];
  const failed = await readPages(api, query, {
    begin: () => void (items = []),
    keep: (object) => {
      const item = take(object);
      if (item !== undefined) items.push(item);
    },
  });
  return failed ?? { kind: "all", items };
}
