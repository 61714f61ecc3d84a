/**
 * How collections are read: what may be large in small pages, what is only looked at by its marks without the rest.
 *
 * @module
 */
import { expect, test } from "vitest";
import { readPages } from "../../../core/kube/read-pages.ts";
import { definitions, nodeSlicePools, pools, reservations } from "../../../core/kube/resources.ts";
import { strays } from "../../../core/kube/strays.ts";
import { createKubeStore } from "../../../core/kube/store.ts";
import type { KubeApi, ListAnswer, ListQuery } from "../../../core/ports/kube-api.ts";
import { claim, place } from "../../support/samples.ts";
import { createStoreStage, serving } from "../../support/store-stage.ts";

/** An API server that writes down what is asked of it. */
function listening(api: Pick<KubeApi, "list">) {
  const asked: ListQuery[] = [];
  return { asked, list: (query: ListQuery) => (asked.push(query), api.list(query)) };
}

const empty = {
  list: async (): Promise<ListAnswer> => ({ kind: "page", items: [], next: undefined, resourceVersion: "1" }),
};
const ignore = { begin: () => undefined, keep: () => undefined };

test.each([
  { name: "pools, each of which may have a megabyte", query: { resource: pools, metadataOnly: false }, limit: 15 },
  { name: "marks of pools", query: { resource: pools, metadataOnly: true }, limit: 500 },
  { name: "node slices", query: { resource: nodeSlicePools, metadataOnly: false }, limit: 50 },
  { name: "definitions", query: { resource: definitions, metadataOnly: false }, limit: 100 },
  { name: "reservations", query: { resource: reservations, metadataOnly: false }, limit: 500 },
  { name: "few of what is small", query: { resource: reservations, metadataOnly: true, pageSize: 10 }, limit: 10 },
  { name: "never many of what is large", query: { resource: pools, metadataOnly: false, pageSize: 200 }, limit: 15 },
])("a page has $limit: $name", async ({ query, limit }) => {
  const api = listening(empty);
  await readPages(api, query, ignore);
  expect(api.asked).toMatchObject([{ limit, cached: false }]);
});

test.each([
  { mayLack: true, is: undefined },
  { mayLack: false, is: { kind: "refused", status: 404 } },
])("a kind that the cluster lacks has no objects where that is said: $mayLack", async ({ mayLack, is }) => {
  const lacking = {
    list: async (): Promise<ListAnswer> => ({
      kind: "refused",
      status: 404,
      reason: "NotFound",
      message: "no such kind",
    }),
  };
  const answer = await readPages(lacking, { resource: definitions, metadataOnly: false, mayLack }, ignore);
  if (is === undefined) expect(answer).toBeUndefined();
  else expect(answer).toMatchObject(is);
});

test("P21: a static address looks at the marks of pools only, when it is claimed, moved and given back", async () => {
  const stage = createStoreStage(false);
  await stage.until(stage.store.open(serving("10.0.0.0/24", false)));
  const api = { ...stage.needs.api, ...listening(stage.needs.api) };
  const store = createKubeStore({ ...stage.needs, api });
  const fixed = claim("10.0.0.5", { kind: "static", place: place("10.0.0.5", { pool: "" }) });
  const held = await stage.until(store.claim(fixed));
  if (held.kind !== "held") throw new Error(held.kind);
  const moved = await stage.until(store.renew({ ...fixed, version: held.version }, { ...fixed, attempt: "next" }));
  if (moved.kind !== "held") throw new Error(moved.kind);
  await stage.until(store.release({ ...fixed, attempt: "next", version: moved.version }));
  expect(stage.standing()).toEqual([]);
  const whole = api.asked.filter(({ resource, metadataOnly }) => resource === pools && !metadataOnly);
  expect([api.asked.length > 0, whole]).toEqual([true, []]);
});

test("P14: whoever looks for strays reads pools in small pages", async () => {
  const stage = createStoreStage(true);
  const api = { ...stage.needs.api, ...listening(stage.needs.api) };
  await stage.until(
    strays({ ...stage.needs, api, node: "n", bootId: "b", nowMs: () => 1, newAttempt: () => "a" }, new Set()),
  );
  expect(api.asked.filter(({ resource }) => resource === pools)).toMatchObject([{ limit: 15 }]);
});
