/**
 * What `import --check` finds wrong with whole objects, over an API server in memory.
 *
 * @module
 */
import { expect, test } from "vitest";
import { annotations } from "../../../core/kube/labels.ts";
import { reservations } from "../../../core/kube/resources.ts";
import { createStage, differencesOf, home, sliceFor, type Stage } from "../../support/cluster-stage.ts";

const value = { id: "w1", podref: "default/web-0", ifname: "net1" };

test.for<{ name: string; arrange: (stage: Stage) => void; finds: object }>([
  {
    name: "a pool that could be a slice of either of two nodes",
    arrange: (stage) => {
      sliceFor(stage, ["a-n1", "n1"]);
      stage.pool("10.0.0.0/28", { name: "blue-a-n1-10.0.0.0-28" });
    },
    finds: { kind: "collision", berth: "takes its addresses for held" },
  },
  {
    name: "a key that may mean no address",
    arrange: (stage) => stage.pool("10.1.0.0/24", { allocations: { nobody: value } }),
    finds: { kind: "alien-key", address: undefined, berth: "leaves it" },
  },
  {
    name: "a key that is no number",
    arrange: (stage) => stage.pool("10.1.0.0/24", { allocations: { "10.1.0.7": value } }),
    finds: { kind: "alien-key", text: 'key "10.1.0.7": its key is no plain decimal number' },
  },
  {
    name: "a pool that cannot be read",
    arrange: (stage) => stage.pool("x", { name: "blue-x" }),
    finds: { kind: "unreadable-pool", object: "IPPool kube-system/blue-x" },
  },
  {
    name: "a pool of another namespace",
    arrange: (stage) => stage.pool("10.1.0.0/24", { namespace: "multus" }),
    finds: { kind: "other-namespace", object: "IPPool multus/blue-10.1.0.0-24" },
  },
  {
    name: "a reservation of another namespace",
    arrange: ({ put }) =>
      put(reservations, { metadata: { name: "10.0.0.7", namespace: "multus" }, spec: { podref: "a/b" } }),
    finds: {
      kind: "other-namespace",
      run: "look who uses it: kubectl --namespace multus get overlappingrangeipreservations 10.0.0.7 --output yaml",
    },
  },
  {
    name: "a reservation whose marks do not fit its name",
    arrange: ({ put }) =>
      put(reservations, {
        metadata: { name: "blue-10.0.0.7", namespace: home, annotations: { [annotations.attempt]: "1" } },
        spec: { podref: "a/b" },
      }),
    finds: { kind: "unreadable-reservation", berth: "keeps the address taken" },
  },
])("import --check finds $name", async ({ arrange, finds }) => {
  const stage = createStage();
  arrange(stage);
  const found = await differencesOf(stage);
  expect(found).toContainEqual(expect.objectContaining(finds));
  // Each object is told once.
  expect(new Set(found.map(({ object }) => object)).size).toBe(found.length);
});
