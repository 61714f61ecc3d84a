/**
 * All objects of a query, page by page.
 *
 * @module
 */
import type { KubeApi, KubeObject, ListQuery } from "../ports/kube-api.ts";
import { reasonOf } from "./reason.ts";

const pageSize = 500;

/** Full objects; a reason when they cannot be read. Cost: one request for each 500. */
export async function listAll(
  api: KubeApi,
  query: Omit<ListQuery, "limit" | "next" | "metadataOnly">,
): Promise<readonly KubeObject[] | string> {
  const found: KubeObject[] = [];
  let next: string | undefined;
  do {
    const answer = await api.list({ ...query, limit: pageSize, next, metadataOnly: false });
    if (answer.kind !== "page") return reasonOf(answer);
    found.push(...answer.items);
    next = answer.next;
  } while (next !== undefined);
  return found;
}
