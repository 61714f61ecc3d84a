/**
 * What Berth writes for people, on a real API server: it has rules of its own for Events.
 *
 * @module
 */
import { beforeAll, expect, test } from "vitest";
import { aboutNode, aboutPod, formatEvent, type Involved } from "../../core/kube/event.ts";
import { events } from "../../core/kube/resources.ts";
import { pathOf } from "../support/api-server-client.ts";
import type { Cluster } from "../support/api-server-cluster.ts";
import { sharedApiServer } from "../support/api-server-shared.ts";
import { ensureTools } from "../tools/install.ts";

let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  const outcome = await ensureTools("test", (line) => console.log(line));
  if (outcome.kind !== "ready") throw new Error(outcome.message);
  cluster = await sharedApiServer();
  namespace = await cluster.namespace();
}, 1_200_000);

function event(about: Involved) {
  const message = "ü".repeat(2_000);
  return formatEvent(
    { type: "Warning", reason: "BerthKept", message, about, key: "0123456789abcdef" },
    {
      component: "berth-reconciler",
      node: "node-1",
      nowMs: () => Date.now(),
      timestamp: (ms) => new Date(ms).toISOString(),
    },
  );
}

test.for([
  { name: "a pod that is gone", about: () => aboutPod({ namespace, name: "gone", uid: undefined }), where: undefined },
  { name: "a node that is gone", about: () => aboutNode("gone"), where: "default" },
])("an Event about $name is taken, whatever it says", async ({ about, where = namespace }) => {
  const body = event(about());
  expect(body.metadata.namespace).toBe(where);
  const answer = await cluster.client.request({ method: "POST", path: pathOf(events, where), body });
  expect(answer).toMatchObject({ status: 201, object: { involvedObject: { name: "gone" } } });
});

test("an Event about a node is taken in namespace default only", async () => {
  const made = event(aboutNode("gone"));
  const body = { ...made, metadata: { ...made.metadata, namespace } };
  const answer = await cluster.client.request({ method: "POST", path: pathOf(events, namespace), body });
  expect(answer).toMatchObject({ status: 422, message: expect.stringContaining("does not match event.namespace") });
});
