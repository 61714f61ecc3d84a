/**
 * What lists of an API server must do, as cases that hold on a real one too.
 *
 * @module
 */
import { beforeEach, describe, expect, test } from "vitest";
import { pods, reservations } from "../../core/kube/resources.ts";
import type { KubeApi, NewObject } from "../../core/ports/kube-api.ts";
import { type KubeApiUnderTest, revision, Sample } from "./kube-api-sample.ts";

export function kubeApiListCases(name: string, create: () => Promise<KubeApiUnderTest>): void {
  describe(`lists of an API server: ${name}`, () => {
    let api: KubeApi;
    let of: Sample;

    beforeEach(async () => {
      const under = await create();
      api = under.api;
      of = new Sample(under);
    });

    test("lists what labels and fields select", async () => {
      const labels = { "ipam.berth.io/node": "a" };
      await of.made(reservations, of.reservation("10.0.0.1", { labels }));
      await of.made(reservations, of.reservation("10.0.0.2", { labels: { "ipam.berth.io/node": "b" } }));
      await of.made(reservations, of.reservation("10.0.0.3"));
      expect(await of.listed()).toEqual(["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
      expect(await of.listed({ labels: "ipam.berth.io/node=a" })).toEqual(["10.0.0.1"]);
      expect(await of.listed({ labels: "ipam.berth.io/node in (a, b)" })).toEqual(["10.0.0.1", "10.0.0.2"]);
      expect(await of.listed({ labels: "ipam.berth.io/node" })).toEqual(["10.0.0.1", "10.0.0.2"]);
      expect(await of.listed({ labels: "!ipam.berth.io/node" })).toEqual(["10.0.0.3"]);
      expect(await of.listed({ labels: "ipam.berth.io/node!=a" })).toEqual(["10.0.0.2", "10.0.0.3"]);
      expect(await of.listed({ fields: "metadata.name=10.0.0.2" })).toEqual(["10.0.0.2"]);
      expect(await api.list(of.query({ fields: "spec.podref=a" }))).toMatchObject({ kind: "refused", status: 400 });
    });

    test("lists pods by their node, and all namespaces at once", async () => {
      const pod = (text: string, nodeName: string): NewObject => ({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: text, namespace: of.namespace },
        spec: { nodeName, containers: [{ name: "main", image: "none" }] },
      });
      await of.made(pods, pod("a", "node-1"));
      await of.made(pods, pod("b", "node-2"));
      expect(await of.listed({ resource: pods, fields: "spec.nodeName=node-2" })).toEqual(["b"]);
      expect(await of.listed({ resource: pods, namespace: undefined })).toEqual(expect.arrayContaining(["a", "b"]));
    });

    test("lists in pages, each object once, all of one moment", async () => {
      for (const last of [1, 2, 3, 4, 5]) await of.made(reservations, of.reservation(`10.0.0.${last}`));
      const seen: string[] = [];
      const numbers = new Set<string>();
      let next: string | undefined;
      do {
        const page = await api.list(of.query({ limit: 2, next }));
        if (page.kind !== "page") throw new Error("no page");
        // Comes too late for this list.
        if (next === undefined) await of.made(reservations, of.reservation("10.0.0.9"));
        seen.push(...page.items.map(({ metadata }) => metadata.name));
        numbers.add(page.resourceVersion);
        next = page.next;
      } while (next !== undefined);
      expect(seen).toEqual(["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"]);
      expect(numbers.size).toBe(1);
    });

    test("lists the metadata alone", async () => {
      await of.made(reservations, of.reservation("10.0.0.1", { annotations: { a: "b" } }));
      const page = await api.list(of.query({ metadataOnly: true }));
      if (page.kind !== "page") throw new Error("no page");
      expect(page.items[0]?.metadata).toMatchObject({ name: "10.0.0.1", annotations: { a: "b" } });
      expect(page.items[0]?.["spec"]).toBeUndefined();
    });

    test("says with each list how far the whole store has come", async () => {
      const object = await of.made(reservations, of.reservation("10.0.0.1"));
      const page = await api.list(of.query({ limit: 1 }));
      if (page.kind !== "page") throw new Error("no page");
      expect(Number(page.resourceVersion)).toBeGreaterThanOrEqual(revision(object));
    });

    test("answers from its cache sooner or later with what was written", async () => {
      await of.made(reservations, of.reservation("10.0.0.1"));
      await expect.poll(() => of.listed({ cached: true })).toEqual(["10.0.0.1"]);
    });
  });
}
