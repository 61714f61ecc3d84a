/**
 * Reading a whole collection in pages, and keeping of each object only what is needed.
 *
 * @module
 */
import type { KubeApi, KubeObject, ListQuery, Refused, Unanswered } from "../ports/kube-api.ts";

export type PagesQuery = Omit<ListQuery, "limit" | "next" | "cached"> & {
  /** Objects a page: large ones need small pages, for an answer has its bound. */
  readonly pageSize: number;
};

/** A list that expired so often while it was read will not become whole. */
const restartsMax = 3;

/**
 * Calls `keep` for each object, as the collection stands now, uncached. A list that expires while it is read begins anew: then
 * `begin` is called again. @returns undefined when all were read
 */
export async function readPages(
  api: Pick<KubeApi, "list">,
  { pageSize, ...query }: PagesQuery,
  reader: { readonly begin: () => void; readonly keep: (object: KubeObject) => void },
): Promise<Refused | Unanswered | undefined> {
  let next: string | undefined;
  let restarts = 0;
  reader.begin();
  for (;;) {
    const answer = await api.list({ ...query, cached: false, limit: pageSize, next });
    if (answer.kind === "page") {
      for (const item of answer.items) reader.keep(item);
      if (answer.next === undefined) return undefined;
      next = answer.next;
      continue;
    }
    const hasExpired = answer.kind === "refused" && answer.status === 410 && next !== undefined;
    if (!hasExpired || restarts === restartsMax) return answer;
    restarts += 1;
    next = undefined;
    reader.begin();
  }
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
