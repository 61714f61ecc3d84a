/**
 * Where things are in the API: paths and their queries.
 *
 * @module
 */
import type { ListQuery, Resource, WatchQuery } from "../../core/ports/kube-api.ts";

/** @throws Error for a namespaced resource without a namespace: a defect of the caller */
export function collectionPath(resource: Resource, namespace: string | undefined): string {
  if (resource.namespaced && (namespace === undefined || namespace === ""))
    throw new Error(`Cannot address ${resource.plural} "${namespace ?? ""}": expected a namespace`);
  return pathTo(resource, namespace);
}

export function objectPath(resource: Resource, namespace: string | undefined, name: string): string {
  return `${collectionPath(resource, namespace)}/${segment(name)}`;
}

export function listPath({ resource, namespace, labels, fields, limit, next, cached }: ListQuery): string {
  const query = new URLSearchParams();
  if (labels !== undefined) query.set("labelSelector", labels);
  if (fields !== undefined) query.set("fieldSelector", fields);
  if (limit !== undefined) query.set("limit", String(limit));
  // The next pages are of the state that the first one was.
  if (next !== undefined) query.set("continue", next);
  else if (cached) query.set("resourceVersion", "0");
  return query.size === 0 ? pathTo(resource, namespace) : `${pathTo(resource, namespace)}?${query.toString()}`;
}

/** @param seconds the server ends it after so long, in order */
export function watchPath(query: WatchQuery, seconds: number): string {
  const { resource, namespace, labels, fields, resourceVersion } = query;
  const search = new URLSearchParams({ watch: "1", allowWatchBookmarks: "true", resourceVersion });
  if (labels !== undefined) search.set("labelSelector", labels);
  if (fields !== undefined) search.set("fieldSelector", fields);
  search.set("timeoutSeconds", String(seconds));
  return `${pathTo(resource, namespace)}?${search.toString()}`;
}

/** One segment of a path cannot be these, however they are escaped: such a name is no object's. */
export function isNameable(name: string): boolean {
  return name !== "" && name !== "." && name !== "..";
}

function pathTo({ group, version, plural, namespaced }: Resource, namespace: string | undefined): string {
  const api = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const within = namespaced && namespace !== undefined ? `/namespaces/${segment(namespace)}` : "";
  return `${api}${within}/${plural}`;
}

function segment(text: string): string {
  return encodeURIComponent(text);
}
