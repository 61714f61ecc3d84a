/**
 * The pods of a node that have not ended, by one small list (P17, F29, F35).
 *
 * @module
 */
import { expect, test } from "vitest";
import { readLivingPods } from "../../../core/kube/pod-state.ts";
import { pods } from "../../../core/kube/resources.ts";
import type { ListQuery } from "../../../core/ports/kube-api.ts";
import { createFakeApi } from "../../support/fake-api.ts";
import { createFakeServer } from "../../support/fake-api-server.ts";

function stage() {
  const server = createFakeServer();
  const put = (name: string, nodeName: string, phase: string, annotations = {}) =>
    server.plant(pods, {
      metadata: { name, namespace: "default", uid: `uid-${name}`, annotations },
      spec: { nodeName },
      status: { phase },
    });
  const asked: ListQuery[] = [];
  const api = createFakeApi(server);
  return { put, asked, api: { list: (query: ListQuery) => (asked.push(query), api.list(query)) } };
}

test("are those of the node, whatever their namespace, that have neither succeeded nor failed", async () => {
  const { put, api } = stage();
  put("a", "node-1", "Running");
  put("b", "node-1", "Pending");
  put("c", "node-1", "Succeeded");
  put("d", "node-1", "Failed");
  put("e", "node-2", "Running");
  expect(await readLivingPods(api, "node-1")).toEqual({ kind: "living", uids: new Set(["uid-a", "uid-b"]) });
});

test("F5: a static pod is there by the uid that its kubelet knows, too", async () => {
  const { put, api } = stage();
  put("a", "node-1", "Running", { "kubernetes.io/config.mirror": "hash" });
  expect(await readLivingPods(api, "node-1")).toEqual({ kind: "living", uids: new Set(["uid-a", "hash"]) });
});

test("F29, F34, F35: are one list of metadata from the cache, by the index of nodes", async () => {
  const { asked, api } = stage();
  await readLivingPods(api, "node-1");
  expect(asked).toMatchObject([{ cached: true, metadataOnly: true }]);
  expect(asked[0]?.fields?.startsWith("spec.nodeName=node-1,")).toBe(true);
});

test("are not known when the list fails", async () => {
  const away = { kind: "unknown", reason: "connection refused", mayLand: false } as const;
  expect(await readLivingPods({ list: async () => away }, "node-1")).toEqual({
    kind: "unknown",
    reason: "connection refused",
  });
});
