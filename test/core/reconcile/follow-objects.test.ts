/**
 * Following the objects of a query: nothing is missed, and nobody is asked too often.
 *
 * @module
 */
import { expect, test } from "vitest";
import { definitions } from "../../../core/kube/resources.ts";
import type { ListAnswer, WatchEnd, WatchQuery } from "../../../core/ports/kube-api.ts";
import { type Follower, followObjects } from "../../../core/reconcile/follow-objects.ts";
import { createFakeApi } from "../../support/fake-api.ts";
import { createFakeServer } from "../../support/fake-api-server.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

const query = { resource: definitions, metadataOnly: false, pageSize: 2 };
const random = { below: (below: bigint) => below / 2n, id: () => "id" };
const object = (name: string) => ({ metadata: { name, namespace: "ns" }, spec: { config: "{}" } });

function hearing() {
  const heard: string[] = [];
  const follower: Follower = {
    begin: () => heard.push("begin"),
    keep: ({ metadata }) => heard.push(metadata.name),
    whole: () => heard.push("whole"),
    removed: ({ metadata }) => heard.push(`no ${metadata.name}`),
    failed: (verb, why) => heard.push(`${verb} ${why.kind}`),
  };
  return { heard, follower };
}

test("lists in pages, then tells each write", async () => {
  const [server, clock, { heard, follower }] = [createFakeServer(), createVirtualClock(), hearing()];
  for (const name of ["a", "b", "c"]) server.create(definitions, object(name));
  const stop = new AbortController();
  const run = followObjects(query, follower, { api: createFakeApi(server), clock, random }, stop.signal);
  await clock.advance(0);
  expect(heard).toEqual(["begin", "a", "b", "c", "whole"]);
  server.create(definitions, object("d"));
  server.uproot({ resource: definitions, namespace: "ns", name: "a" });
  expect(heard.slice(5)).toEqual(["d", "no a"]);
  stop.abort();
  await run;
});

/** Answers each list at once with number 10, and each watch as told. */
async function asking(
  ends: (at: number, query: WatchQuery) => { readonly afterMs: number; readonly end: WatchEnd },
  ms: number,
) {
  const [clock, { heard, follower }] = [createVirtualClock(), hearing()];
  const watches: string[] = [];
  let lists = 0;
  const stop = new AbortController();
  const api = {
    list: async (): Promise<ListAnswer> => {
      lists += 1;
      return { kind: "page", items: [], next: undefined, resourceVersion: "10" };
    },
    watch: async (
      asked: WatchQuery,
      tell: (event: { kind: "bookmark"; resourceVersion: string }) => void,
    ): Promise<WatchEnd> => {
      const { afterMs, end } = ends(watches.push(asked.resourceVersion), asked);
      await clock.wait(afterMs, stop.signal);
      tell({ kind: "bookmark", resourceVersion: String(Number(asked.resourceVersion) + 5) });
      return end;
    },
  };
  const run = followObjects(query, follower, { api, clock, random }, stop.signal);
  await clock.advance(ms);
  stop.abort();
  await run;
  return { heard, watches, lists };
}

test("a watch that ends in order goes on from its last number, and is listed again after half an hour", async () => {
  const minutes = 60_000;
  const { watches, lists } = await asking(() => ({ afterMs: 5 * minutes, end: { kind: "ended" } }), 34 * minutes);
  expect(lists).toBe(2);
  expect(watches).toEqual(["10", "15", "20", "25", "30", "35", "10"]);
});

test("what is no longer known is listed again, at once", async () => {
  const { heard, lists } = await asking(
    (at) => ({ afterMs: at === 1 ? 60_000 : 600_000, end: { kind: "gone" } }),
    61_000,
  );
  expect(lists).toBe(2);
  expect(heard).toEqual(["begin", "whole", "begin", "whole"]);
});

test("a watch that ends as soon as it begins is not asked for without end", async () => {
  for (const end of [{ kind: "ended" }, { kind: "gone" }, { kind: "unknown", reason: "x", mayLand: false }] as const) {
    const { lists } = await asking(() => ({ afterMs: 0, end }), 10 * 60_000);
    expect(lists).toBeLessThan(40);
    expect(lists).toBeGreaterThan(15);
  }
});

test("a list that fails, or expires half way, begins anew", async () => {
  const [server, clock, { heard, follower }] = [createFakeServer(), createVirtualClock(), hearing()];
  for (const name of ["a", "b", "c"]) server.create(definitions, object(name));
  let calls = 0;
  const api = createFakeApi(server, {
    transport: async (call, deed) => {
      calls += 1;
      if (call.verb === "list" && calls === 1) return { kind: "unknown", reason: "503", mayLand: true };
      if (call.verb === "list" && calls === 3) return { kind: "refused", status: 410, reason: "Expired", message: "" };
      return deed();
    },
  });
  const stop = new AbortController();
  const run = followObjects(query, follower, { api, clock, random }, stop.signal);
  await clock.advance(10_000);
  expect(heard).toEqual(["begin", "list unknown", "begin", "a", "b", "begin", "a", "b", "c", "whole"]);
  stop.abort();
  await run;
});
