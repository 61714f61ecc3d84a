/**
 * What `import --check` finds between pools, reservations and pods, over an API server in memory.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { annotations } from "../../../core/kube/labels.ts";
import { nodeSlicePools, pools, reservations } from "../../../core/kube/resources.ts";
import { checkImport } from "../../../core/migrate/check-import.ts";
import { holder, place } from "../../support/samples.ts";
import { createStage, home, type Stage } from "./cluster-stage.ts";

async function check(stage: Stage) {
  const checked = await stage.clock.until(checkImport(stage.needs()));
  if (checked.kind !== "checked") throw new Error(checked.what);
  return checked.differences;
}

const pool = "blue-10.0.0.0-24";
const value = { id: "w1", podref: "default/web-0", ifname: "net1" };

/** Held by a pod that is there, under both halves. */
function living(stage: Stage, text: string): void {
  stage.held(text);
  stage.pod(`pod-${text}`, { uid: `uid-of-pod-${text}` });
}

function whereaboutsReservation(stage: Stage, name: string, podref: string): void {
  stage.put(reservations, { metadata: { name, namespace: home }, spec: { podref, ifname: "net1" } });
}

describe("import --check finds", () => {
  const cases: readonly {
    name: string;
    arrange: (stage: Stage) => void;
    finds: object;
  }[] = [
    {
      name: "an entry without reservation, whose pod is there: its agent takes it over",
      arrange: (stage) => {
        stage.entry(pool, "10.0.0.9", value);
        stage.pod("web-0");
      },
      finds: { kind: "entry-only", berth: "the agent of node node-1 takes it over within 10 minutes", run: undefined },
    },
    {
      name: "the same on a node without an agent: nobody does",
      arrange: (stage) => {
        stage.entry(pool, "10.0.0.9", value);
        stage.pod("web-0", { node: "node-9" });
      },
      finds: { kind: "entry-only", run: "start Berth's agent on node node-9" },
    },
    {
      name: "an entry without reservation, whose pod is gone",
      arrange: (stage) => stage.entry(pool, "10.0.0.9", value),
      finds: {
        kind: "entry-only",
        berth: "keeps the address taken: the pod is gone, and nobody can prove that its container is",
        run: "berthctl migrate finish --remove-dead-entries, or: kubectl --namespace kube-system edit ippools blue-10.0.0.0-24",
      },
    },
    {
      name: "an entry in a cluster that Berth has alone",
      arrange: (stage) => {
        stage.entry(pool, "10.0.0.9", value);
        stage.pod("web-0");
        stage.put(
          { ...pools, group: "", plural: "configmaps" },
          { metadata: { name: "berth", namespace: home }, data: { whereabouts: "absent" } },
        );
      },
      finds: { kind: "entry-only", run: "berthctl migrate status" },
    },
    {
      name: "what Whereabouts gave, both halves",
      arrange: (stage) => {
        stage.entry(pool, "10.0.0.9", value);
        whereaboutsReservation(stage, "blue-10.0.0.9", "default/web-0");
        stage.pod("web-0");
      },
      finds: { kind: "not-taken-over", text: "Whereabouts gave it to pod default/web-0", run: undefined },
    },
    {
      name: "Whereabouts' two halves with different pods",
      arrange: (stage) => {
        stage.entry(pool, "10.0.0.9", value);
        whereaboutsReservation(stage, "blue-10.0.0.9", "default/other");
      },
      finds: { kind: "podref-differs", text: "the entry says pod default/web-0, the reservation default/other" },
    },
    {
      name: "Berth's reservation with another pod than the entry",
      arrange: (stage) => {
        stage.lease("10.0.0.9");
        stage.pod("pod-10.0.0.9", { uid: "uid-of-pod-10.0.0.9" });
        stage.entry(pool, "10.0.0.9", value);
      },
      finds: { kind: "podref-differs", run: "berthctl show 10.0.0.9" },
    },
    {
      name: "Berth's reservation with another container of the same pod",
      arrange: (stage) => {
        stage.lease("10.0.0.9");
        stage.pod("pod-10.0.0.9", { uid: "uid-of-pod-10.0.0.9" });
        stage.entry(pool, "10.0.0.9", { ...value, podref: "default/pod-10.0.0.9" });
      },
      finds: { kind: "container-differs", run: undefined },
    },
    {
      name: "Berth's reservation without entry, beside Whereabouts",
      arrange: (stage) => {
        stage.lease("10.0.0.9");
        stage.pod("pod-10.0.0.9", { uid: "uid-of-pod-10.0.0.9" });
      },
      finds: { kind: "reservation-only", berth: "the agent of node node-1 writes it within a minute", run: undefined },
    },
    {
      name: "Whereabouts' reservation without entry",
      arrange: (stage) => whereaboutsReservation(stage, "blue-10.0.0.9", "default/old"),
      finds: {
        kind: "reservation-only",
        object: "OverlappingRangeIPReservation kube-system/blue-10.0.0.9",
        run: "if that pod is gone: kubectl --namespace kube-system delete overlappingrangeipreservations blue-10.0.0.9",
      },
    },
    {
      name: "a lease whose pod is gone",
      arrange: (stage) => void stage.held("10.0.0.9"),
      finds: {
        kind: "pod-gone",
        berth: "the agent of node node-1 frees it when its network namespace is gone",
        run: undefined,
      },
    },
    {
      name: "a lease whose pod is gone, on a node without an agent",
      arrange: (stage) =>
        void stage.held("10.0.0.9", {
          holder: holder({ node: "node-9" }),
        }),
      finds: { kind: "pod-gone", run: "start the agent, or for a node that is off: berthctl release --node node-9" },
    },
    {
      name: "a lease whose pod is there under another uid",
      arrange: (stage) => {
        stage.held("10.0.0.9");
        stage.pod("pod-10.0.0.9", { uid: "uid-2" });
      },
      finds: { kind: "pod-other-uid", text: "pod default/pod-10.0.0.9 is there under another uid" },
    },
    {
      name: "a lease whose pod has ended",
      arrange: (stage) => {
        stage.held("10.0.0.9");
        stage.pod("pod-10.0.0.9", { uid: "uid-of-pod-10.0.0.9", phase: "Succeeded" });
      },
      finds: { kind: "pod-ended", text: "pod default/pod-10.0.0.9 has ended" },
    },
    {
      name: "a reservation of another network under the name of this one",
      arrange: (stage) => {
        stage.pool("2001:db8::/32", { name: "a-2001-db8---32" });
        stage.entry("a-2001-db8---32", "2001:db8::5", value);
        stage.put(reservations, {
          metadata: {
            name: "a-2001-db8--5",
            namespace: home,
            annotations: {
              [annotations.network]: "a-2001",
              [annotations.pool]: "db8::/32",
              [annotations.attempt]: "1",
              [annotations.node]: "node-1",
            },
          },
          spec: { podref: "default/pod-10.0.0.5", containerid: "c", ifname: "net1" },
        });
        stage.pod("pod-10.0.0.5");
        stage.pool("db8::/32", { name: "a-2001-db8---32-2" });
      },
      finds: { kind: "collision", run: "give one of the networks another network_name" },
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
        run: "look who uses it, then: kubectl --namespace multus delete overlappingrangeipreservations 10.0.0.7",
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
    {
      name: "one address in a node's slice and in the whole pool",
      arrange: (stage) => {
        living(stage, "10.0.0.5");
        stage.put(nodeSlicePools, {
          metadata: { name: "blue", namespace: home },
          spec: { range: "10.0.0.0/24", sliceSize: "/28" },
          status: { allocations: [{ nodeName: "node-1", sliceRange: "10.0.0.0/28" }] },
        });
        stage.pool("10.0.0.0/28", { name: "blue-node-1-10.0.0.0-28", allocations: { 5: value } });
      },
      finds: { kind: "held-twice", address: { family: 4 }, berth: "gives the address to nobody" },
    },
  ];

  test.for(cases)("$name", async ({ arrange, finds }) => {
    const stage = createStage();
    arrange(stage);
    const revision = stage.server.revision();
    expect(await check(stage)).toContainEqual(
      expect.objectContaining(
        finds.hasOwnProperty("address") ? { ...finds, address: expect.objectContaining({ family: 4 }) } : finds,
      ),
    );
    expect(stage.server.revision(), "nothing was written").toBe(revision);
  });

  test("entries of old versions, which name no interface", async () => {
    const stage = createStage();
    living(stage, "10.0.0.5");
    stage.remove(pools, pool, home);
    stage.pool("10.0.0.0/24", { allocations: { 5: { id: "container-10.0.0.5", podref: "default/pod-10.0.0.5" } } });
    expect(await check(stage)).toEqual([
      expect.objectContaining({ kind: "no-ifname", berth: "matches it by its container alone", run: undefined }),
    ]);
  });

  test("nothing in a cluster where all is well: leases, withheld and static addresses", async () => {
    const stage = createStage();
    living(stage, "10.0.0.5");
    stage.held("10.0.0.6", { kind: "withheld", holder: undefined, reason: "printer" });
    stage.lease("10.7.0.1", { kind: "static", place: place("10.7.0.1", { pool: "" }) });
    stage.pod("pod-10.7.0.1", { uid: "uid-of-pod-10.7.0.1" });
    expect(await check(stage)).toEqual([]);
  });

  test("nothing wrong with leases without entries once Berth is alone", async () => {
    const stage = createStage();
    stage.lease("10.0.0.5");
    stage.pod("pod-10.0.0.5", { uid: "uid-of-pod-10.0.0.5" });
    stage.put(
      { ...pools, group: "", plural: "configmaps" },
      { metadata: { name: "berth", namespace: home }, data: { whereabouts: "absent" } },
    );
    expect(await check(stage)).toEqual([]);
  });
});
