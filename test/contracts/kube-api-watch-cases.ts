/**
 * What watches of an API server must do, as cases that hold on a real one too.
 *
 * @module
 */
import { beforeEach, describe, expect, test } from "vitest";
import { reservations } from "../../core/kube/resources.ts";
import type { KubeApi, ListQuery, WatchEvent } from "../../core/ports/kube-api.ts";
import { type KubeApiUnderTest, objectOf, Sample } from "./kube-api-sample.ts";

export function kubeApiWatchCases(name: string, create: () => Promise<KubeApiUnderTest>): void {
  describe(`watches of an API server: ${name}`, () => {
    let api: KubeApi;
    let of: Sample;

    beforeEach(async () => {
      const under = await create();
      api = under.api;
      of = new Sample(under);
    });

    /** Watches from now on; `told` has `kind name` of each event but bookmarks. */
    async function watching(changes: Partial<ListQuery> = {}) {
      const query = of.query(changes);
      const page = await api.list(query);
      if (page.kind !== "page") throw new Error("no page");
      const events: Exclude<WatchEvent, { kind: "bookmark" }>[] = [];
      const stopped = new AbortController();
      const end = api.watch(
        { ...query, resourceVersion: page.resourceVersion },
        (event) => event.kind !== "bookmark" && events.push(event),
        stopped.signal,
      );
      const told = () => events.map(({ kind, object }) => `${kind} ${object.metadata.name}`);
      return { events, told, end, stop: () => stopped.abort() };
    }

    test("tells what is written after a list, in order, and nothing from before it", async () => {
      await of.made(reservations, of.reservation("10.0.0.1"));
      const { told, events, end, stop } = await watching();
      const made = await of.made(reservations, of.reservation("10.0.0.2"));
      const named = of.named(reservations, "10.0.0.2");
      const change = { op: "replace", path: "/spec/podref", value: "default/web-1" } as const;
      const changed = objectOf(await api.patch(named, [change]));
      await api.remove(named, { uid: made.metadata.uid ?? "" });
      await expect.poll(told).toEqual(["added 10.0.0.2", "modified 10.0.0.2", "deleted 10.0.0.2"]);
      expect(events[0]?.object.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
      expect(events[1]?.object["spec"]).toEqual(changed["spec"]);
      const revisions = events.map(({ object }) => Number(object.metadata.resourceVersion));
      expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
      stop();
      expect(await end).toEqual({ kind: "ended" });
    });

    test("goes on from an older number with all that was written since", async () => {
      const first = await of.made(reservations, of.reservation("10.0.0.1"));
      await of.made(reservations, of.reservation("10.0.0.2"));
      await of.made(reservations, of.reservation("10.0.0.3"));
      const stopped = new AbortController();
      const names: string[] = [];
      const end = api.watch(
        { ...of.query(), resourceVersion: first.metadata.resourceVersion ?? "" },
        (event) => event.kind !== "bookmark" && names.push(event.object.metadata.name),
        stopped.signal,
      );
      await expect.poll(() => names).toEqual(["10.0.0.2", "10.0.0.3"]);
      stopped.abort();
      expect(await end).toEqual({ kind: "ended" });
    });

    test("tells of one object alone, by its name", async () => {
      const { told, stop } = await watching({ fields: "metadata.name=10.0.0.2" });
      await of.made(reservations, of.reservation("10.0.0.1"));
      await of.made(reservations, of.reservation("10.0.0.2"));
      await expect.poll(told).toEqual(["added 10.0.0.2"]);
      stop();
    });

    test("an object that no longer matches counts as deleted", async () => {
      await of.made(reservations, of.reservation("10.0.0.1", { labels: { a: "b" } }));
      const { told, stop } = await watching({ labels: "a=b" });
      const change = { op: "replace", path: "/metadata/labels/a", value: "c" } as const;
      await api.patch(of.named(reservations, "10.0.0.1"), [change]);
      await expect.poll(told).toEqual(["deleted 10.0.0.1"]);
      stop();
    });

    test("tells the metadata alone where that is asked for", async () => {
      const { told, events, stop } = await watching({ metadataOnly: true });
      await of.made(reservations, of.reservation("10.0.0.1"));
      await expect.poll(told).toEqual(["added 10.0.0.1"]);
      expect(events[0]?.object["spec"]).toBeUndefined();
      stop();
    });

    test("calls go on beside many watches", async () => {
      const all = await Promise.all(Array.from({ length: 20 }, () => watching()));
      await of.made(reservations, of.reservation("10.0.0.1"));
      for (const { told } of all) await expect.poll(told).toEqual(["added 10.0.0.1"]);
      for (const { stop } of all) stop();
      for (const { end } of all) expect(await end).toEqual({ kind: "ended" });
    });

    test("a watch that is stopped before it begins ends in order", async () => {
      const stopped = new AbortController();
      stopped.abort();
      const query = { ...of.query(), resourceVersion: "1" };
      const end = await api.watch(query, () => expect.unreachable(), stopped.signal);
      expect(end.kind).not.toBe("unknown");
    });

    test("refuses a selector that no list would take", async () => {
      const query = { ...of.query({ fields: "spec.podref=a" }), resourceVersion: "1" };
      const end = await api.watch(query, () => expect.unreachable(), new AbortController().signal);
      expect(end).toMatchObject({ kind: "refused", status: 400 });
    });
  });
}
