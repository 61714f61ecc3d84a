/**
 * Which nodes have an agent that does its work, and what it found there.
 *
 * @module
 */
import { expect, test } from "vitest";
import { nodeSights } from "../../../core/migrate/node-sight.ts";
import type { KubeObject } from "../../../core/ports/kube-api.ts";

const foreignPlugin = "ipam.berth.io/foreign-plugin";

function agent(
  name: string,
  { isReady = true, node, ...metadata }: { isReady?: boolean; node?: unknown } & Partial<KubeObject["metadata"]> = {},
): KubeObject {
  return {
    metadata: { name, annotations: { [foreignPlugin]: `/opt/${name}` }, ...metadata },
    spec: { nodeName: node ?? "node-1" },
    status: { conditions: [{ type: "Ready", status: isReady ? "True" : "False" }] },
  };
}

const ready = agent("ready");
const starting = agent("starting", { isReady: false });
const leaving = agent("leaving", { deletionTimestamp: "2026-01-01T00:00:00Z" });

test.for([
  { name: "the one that is Ready, when it comes first", agents: [ready, starting], path: "/opt/ready" },
  { name: "the one that is Ready, when it comes last", agents: [starting, ready], path: "/opt/ready" },
  { name: "no pod that is being deleted", agents: [leaving], is: "none" },
  { name: "no pod that waits for a node", agents: [agent("pending", { node: 0 })], is: "none" },
  { name: "no pod of another node", agents: [agent("other", { node: "node-2" })], is: "none" },
  { name: "one that is not Ready when there is no other", agents: [starting], is: "not ready", path: "/opt/starting" },
  {
    name: "no pod whose state is not known yet",
    agents: [{ ...ready, status: {} }],
    is: "not ready",
    path: "/opt/ready",
  },
])("of a node's agents counts $name", ({ agents, is = "ready", path }) => {
  const sights = nodeSights([{ metadata: { name: "node-1" } }], agents);
  expect(sights).toEqual([{ name: "node-1", agent: is, foreignPlugin: path }]);
});

test.for([
  { name: "nothing", annotations: {} },
  { name: "an empty text", annotations: { [foreignPlugin]: "" } },
])("an agent that tells $name has not told that it found none", ({ annotations }) => {
  const [sight] = nodeSights([{ metadata: { name: "node-1" } }], [agent("a", { annotations })]);
  expect(sight).toMatchObject({ agent: "ready", foreignPlugin: undefined });
});
