/**
 * Whether a node is Ready, and has been all the time (P18).
 *
 * @module
 */
import { expect, test } from "vitest";
import { readNodeHealth } from "../../../core/kube/node-health.ts";
import { nodes } from "../../../core/kube/resources.ts";
import type { KubeObject } from "../../../core/ports/kube-api.ts";
import { createFakeApi } from "../../support/fake-api.ts";
import { createFakeServer } from "../../support/fake-api-server.ts";

function node(status: unknown, uid = "uid-node"): KubeObject {
  return { metadata: { name: "node-1", uid }, status };
}

const ready = (status: string, at = "T1") => ({
  conditions: [
    { type: "DiskPressure", status: "False" },
    { type: "Ready", status, lastTransitionTime: at },
  ],
});

async function health(object: KubeObject | undefined) {
  const server = createFakeServer();
  if (object !== undefined) server.plant(nodes, object);
  const answer = await readNodeHealth(createFakeApi(server), "node-1");
  if (answer.kind === "unknown") throw new Error(answer.reason);
  return answer;
}

test.each<{ name: string; object: KubeObject | undefined; isReady: boolean }>([
  { name: "a Ready one", object: node(ready("True")), isReady: true },
  { name: "one that is not", object: node(ready("False")), isReady: false },
  { name: "one whose kubelet is silent", object: node(ready("Unknown")), isReady: false },
  { name: "one without conditions", object: node({}), isReady: false },
  { name: "one whose conditions are none", object: node({ conditions: "Ready" }), isReady: false },
  { name: "one without a status", object: node(undefined), isReady: false },
  { name: "no such Node", object: undefined, isReady: false },
])("$name: $isReady", async ({ object, isReady }) => {
  expect((await health(object)).isReady).toBe(isReady);
});

test("F27: another stretch of being Ready, or another Node of that name, is told by a mark that no clock reads", async () => {
  const { since } = await health(node(ready("True")));
  expect((await health(node(ready("True")))).since).toBe(since);
  expect((await health(node(ready("True", "T2")))).since).not.toBe(since);
  expect((await health(node(ready("True"), "uid-other"))).since).not.toBe(since);
});

test("nobody knows while the API server is away", async () => {
  const away = { kind: "unknown", reason: "connection refused", mayLand: false } as const;
  expect(await readNodeHealth({ read: async () => away }, "node-1")).toEqual({
    kind: "unknown",
    reason: "connection refused",
  });
});
