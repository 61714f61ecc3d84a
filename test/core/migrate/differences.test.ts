/**
 * What `import --check` finds between pools, reservations and pods, over an API server in memory.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { annotations } from "../../../core/kube/labels.ts";
import { configMaps, pods, pools, reservations } from "../../../core/kube/resources.ts";
import { address, holder, place } from "../../support/samples.ts";
import { createStage, differencesOf, home, sliceFor, type Stage } from "../../support/cluster-stage.ts";

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

function alone({ put }: Stage): void {
  put(configMaps, { metadata: { name: "berth", namespace: home }, data: { whereabouts: "absent" } });
}

function agentless(stage: Stage): Stage {
  stage.node("node-9", "none");
  return stage;
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
        stage.node("node-9", "none");
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
        alone(stage);
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
      arrange: (stage) => void agentless(stage).held("10.0.0.9", { holder: holder({ node: "node-9" }) }),
      finds: { kind: "pod-gone", run: "start Berth's agent on node node-9" },
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
      name: "Berth's reservation without entry, on a node without an agent",
      arrange: (stage) => void agentless(stage).lease("10.0.0.9", { holder: holder({ node: "node-9" }) }),
      finds: {
        kind: "reservation-only",
        berth: "nothing: no Ready agent on node node-9",
        run: "start Berth's agent on node node-9",
      },
    },
    {
      name: "an entry of a pod that has ended",
      arrange: (stage) => {
        stage.entry(pool, "10.0.0.9", value);
        stage.pod("web-0", { phase: "Failed" });
      },
      finds: {
        kind: "entry-only",
        berth: "keeps the address taken: the pod is gone, and nobody can prove that its container is",
      },
    },
    {
      name: "a withheld address that is withheld under another attempt in the pool",
      arrange: (stage) => {
        stage.lease("10.0.0.9", { kind: "withheld", holder: undefined });
        stage.entry(pool, "10.0.0.9", { id: "other", podref: "/withheld", ifname: "" });
      },
      finds: { kind: "container-differs", berth: "keeps the address withheld", run: undefined },
    },
    {
      name: "an entry beside a reservation of another pool, where overlapping ranges are off",
      arrange: (stage) => {
        stage.lease("10.0.0.9", { place: place("10.0.0.9", { pool: "10.0.0.0/25", overlapping: false }) });
        stage.entry(pool, "10.0.0.9", value);
        stage.pod("web-0");
      },
      finds: { kind: "entry-only", text: "the entry of pod default/web-0 has no reservation" },
    },
    {
      name: "one address in a node's slice and in the whole pool",
      arrange: (stage) => {
        living(stage, "10.0.0.5");
        sliceFor(stage, ["node-1"]);
        stage.pool("10.0.0.0/28", { name: "blue-node-1-10.0.0.0-28", allocations: { 5: value } });
      },
      finds: { kind: "held-twice", address: address("10.0.0.5"), berth: "gives the address to nobody" },
    },
  ];

  test.for(cases)("$name", async ({ arrange, finds }) => {
    const stage = createStage();
    arrange(stage);
    const revision = stage.server.revision();
    expect(await differencesOf(stage)).toContainEqual(expect.objectContaining(finds));
    expect(stage.server.revision(), "nothing was written").toBe(revision);
  });

  test("nothing twice where two pools with overlapping ranges off give one address, or one holder has it in both", async () => {
    const stage = createStage();
    const annotations = { "ipam.berth.io/network": "red", "ipam.berth.io/overlapping": "false" };
    const put = (range: string, allocations: object, marks: object = {}) =>
      stage.put(pools, {
        metadata: { name: `red-${range.replace("/", "-")}`, namespace: home, ...marks },
        spec: { range, allocations },
      });
    put("10.2.0.0/24", { 5: value }, { annotations });
    put("10.2.0.0/25", { 5: { ...value, id: "w2" } }, { annotations });
    put("10.3.0.0/24", { 5: value });
    put("10.3.0.0/25", { 5: value });
    expect((await differencesOf(stage)).map(({ kind }) => kind)).not.toContain("held-twice");
    put("10.3.0.0/25", { 5: { ...value, podref: "default/other" } });
    expect((await differencesOf(stage)).map(({ kind }) => kind)).toContain("held-twice");
  });

  test("a lease of a static pod nowhere: its pod has two uids, and it knows one of them", async () => {
    const stage = createStage();
    stage.held("10.0.0.5");
    stage.put(pods, {
      metadata: {
        name: "pod-10.0.0.5",
        namespace: "default",
        uid: "uid-of-the-api",
        annotations: { "kubernetes.io/config.mirror": "uid-of-pod-10.0.0.5" },
      },
      spec: { nodeName: "node-1" },
      status: { phase: "Running" },
    });
    expect(await differencesOf(stage)).toEqual([]);
  });

  test("entries of old versions, which name no interface", async () => {
    const stage = createStage();
    living(stage, "10.0.0.5");
    stage.remove(pools, pool, home);
    stage.pool("10.0.0.0/24", { allocations: { 5: { id: "container-10.0.0.5", podref: "default/pod-10.0.0.5" } } });
    expect(await differencesOf(stage)).toEqual([
      expect.objectContaining({ kind: "no-ifname", berth: "matches it by its container alone", run: undefined }),
    ]);
  });

  test("nothing in a cluster where all is well: leases, withheld and static addresses", async () => {
    const stage = createStage();
    living(stage, "10.0.0.5");
    stage.held("10.0.0.6", { kind: "withheld", holder: undefined, reason: "printer" });
    stage.lease("10.7.0.1", { kind: "static", place: place("10.7.0.1", { pool: "" }) });
    stage.pod("pod-10.7.0.1", { uid: "uid-of-pod-10.7.0.1" });
    expect(await differencesOf(stage)).toEqual([]);
  });

  test("nothing wrong with leases without entries once Berth is alone", async () => {
    const stage = createStage();
    stage.lease("10.0.0.5");
    stage.pod("pod-10.0.0.5", { uid: "uid-of-pod-10.0.0.5" });
    alone(stage);
    expect(await differencesOf(stage)).toEqual([]);
  });
});
