/**
 * What Whereabouts wrote, judged by the elected member: the defects of its own reconciler must not come back.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { nodes, pods, reservations } from "../../../../core/kube/resources.ts";
import { home } from "../../../support/cluster-stage.ts";
import { createReconcileStage, type ReconcileStage } from "../../../support/reconcile-stage.ts";

const pool = "blue-10.0.0.0-24";

function mixed(): ReconcileStage {
  const stage = createReconcileStage();
  stage.mode();
  stage.remove({ ...pods, plural: "configmaps", kind: "ConfigMap" }, "berth", home);
  stage.pod("system");
  stage.sawAll();
  return stage;
}

/** As Whereabouts writes it: entry and, with overlapping ranges on, a reservation without a mark. */
function given(stage: ReconcileStage, text: string, podref: string, hasReservation = true): void {
  stage.entry(pool, text, { id: `container-${text}`, podref, ifname: "net1" });
  if (hasReservation)
    stage.put(reservations, {
      metadata: { name: `blue-${text}`, namespace: home },
      spec: { podref, containerid: "", ifname: "net1" },
    });
}

test("an entry and its reservation go when their pod is gone and every node answers", async () => {
  const stage = mixed();
  given(stage, "10.0.0.1", "default/gone");
  given(stage, "10.0.0.2", "default/alive");
  stage.pod("alive");
  const { summary, told, failed } = await stage.run();
  expect(failed).toEqual([]);
  expect(stage.entries()).toEqual(["2"]);
  expect(stage.standing()).toEqual(["blue-10.0.0.2"]);
  expect(summary).toMatchObject({ freed: { 3: 1 }, kept: { live: 1 } });
  expect(told).toContain("blue-10.0.0.1 free 3: its pod does not exist; Whereabouts gave it, and every node answers");
});

test("an entry alone goes, too: its reservation was deleted", async () => {
  const stage = mixed();
  given(stage, "10.0.0.1", "default/gone", false);
  expect((await stage.run()).summary.freed[3]).toBe(1);
  expect(stage.entries()).toEqual([]);
});

test("a reservation alone goes, too: Whereabouts died between its two halves", async () => {
  const stage = mixed();
  stage.put(reservations, {
    metadata: { name: "blue-10.0.0.9", namespace: home },
    spec: { podref: "default/gone", containerid: "", ifname: "net1" },
  });
  expect((await stage.run()).summary.freed[3]).toBe(1);
  expect(stage.standing()).toEqual([]);
});

test("while a node does not answer it is kept and told: its pod may run there", async () => {
  const stage = mixed();
  stage.ready("node-2", false);
  given(stage, "10.0.0.1", "default/gone");
  const { judged } = await stage.run();
  expect(judged[0]?.verdict).toMatchObject({
    kind: "report",
    because: "node-silent",
    why: "its pod does not exist; it names no node, and node node-2 does not answer",
    command: "berthctl release 10.0.0.1 --network blue",
  });
  expect(stage.entries()).toEqual(["1"]);
});

test("an entry that Whereabouts gave to another container meanwhile is not removed", async () => {
  const stage = mixed();
  given(stage, "10.0.0.1", "default/gone", false);
  const replaceEntry = () =>
    stage.server.patch(
      { resource: { ...reservations, plural: "ippools", kind: "IPPool" }, namespace: home, name: pool },
      [{ op: "add", path: "/spec/allocations/1", value: { id: "later", podref: "default/later", ifname: "net1" } }],
    );
  const { summary } = await stage.run({
    transport: async (call, deed) => {
      if (call.verb === "patch" && call.resource === "ippools") replaceEntry();
      return deed();
    },
  });
  expect(summary.freed[3]).toBe(0);
  expect(stage.entries()).toEqual(["1"]);
});

test("what was never seen as a living pod is told, and kept: it may be none that Kubernetes knows", async () => {
  const stage = createReconcileStage();
  stage.remove({ ...pods, plural: "configmaps", kind: "ConfigMap" }, "berth", home);
  stage.pod("system");
  given(stage, "10.0.0.1", "default/made-up");
  const { judged } = await stage.run();
  expect(judged[0]?.verdict).toMatchObject({ kind: "report", command: "berthctl release 10.0.0.1 --network blue" });
  expect(stage.entries()).toEqual(["1"]);
});

test("a pod that an earlier run saw live, and that has gone since, gives back what Whereabouts gave it", async () => {
  const stage = createReconcileStage();
  stage.remove({ ...pods, plural: "configmaps", kind: "ConfigMap" }, "berth", home);
  stage.pod("system");
  stage.pod("passing");
  given(stage, "10.0.0.1", "default/passing");
  expect((await stage.run()).summary.kept.live).toBe(1);
  stage.remove(pods, "passing", "default");
  expect((await stage.run()).summary.freed[3]).toBe(1);
});

test("a node that was away between the looks may have run it: it is kept for the next run", async () => {
  const stage = mixed();
  given(stage, "10.0.0.1", "default/gone");
  const flap = { type: "Ready", status: "True", lastTransitionTime: "2026-11-21T22:00:00Z" };
  const wait = async (ms: number) => {
    stage.put(nodes, { metadata: { name: "node-2" }, status: { conditions: [flap] } });
    return stage.clock.wait(ms);
  };
  const { judged } = await stage.run({ needs: { clock: { ...stage.clock, wait } } });
  expect(judged[0]?.verdict).toMatchObject({ kind: "keep", because: "in-grace" });
  stage.remove(nodes, "node-2");
  expect(stage.entries()).toEqual(["1"]);
});

test("a node that was deleted between the looks is no node that answers", async () => {
  const stage = mixed();
  given(stage, "10.0.0.1", "default/gone");
  const wait = async (ms: number) => (stage.remove(nodes, "node-2"), stage.clock.wait(ms));
  const { judged } = await stage.run({ needs: { clock: { ...stage.clock, wait } } });
  expect(judged[0]?.verdict).toMatchObject({ kind: "keep", because: "in-grace" });
});

test("P12: a reservation that Whereabouts made for another pod just then is not removed with the old entry", async () => {
  const stage = mixed();
  given(stage, "10.0.0.1", "default/gone");
  stage.pod("alive");
  const giveAnew = () => {
    stage.remove(reservations, "blue-10.0.0.1", home);
    const at = { resource: { ...reservations, plural: "ippools", kind: "IPPool" }, namespace: home, name: pool };
    stage.server.patch(at, [
      { op: "add", path: "/spec/allocations/1", value: { id: "c", podref: "default/alive", ifname: "net1" } },
    ]);
    stage.put(reservations, {
      metadata: { name: "blue-10.0.0.1", namespace: home, uid: "later" },
      spec: { podref: "default/alive", containerid: "", ifname: "net1" },
    });
  };
  let isDone = false;
  const { summary } = await stage.run({
    transport: async (call, deed) => {
      if (call.verb === "patch" && call.resource === "ippools" && !isDone) {
        isDone = true;
        giveAnew();
      }
      return deed();
    },
  });
  expect(summary).toMatchObject({ freed: { 3: 0 }, overtaken: 1 });
  expect(stage.standing()).toEqual(["blue-10.0.0.1"]);
  expect(stage.entries()).toEqual(["1"]);
});

describe("reference 4 C: defects of Whereabouts' reconciler", () => {
  test("a Pending pod with many networks keeps its addresses, whatever its network-status says", async () => {
    const stage = mixed();
    given(stage, "10.0.0.1", "default/slow");
    stage.pod("slow", { phase: "Pending" });
    expect((await stage.run()).summary).toMatchObject({ suspects: 0, freed: { 3: 0 } });
    expect(stage.entries()).toEqual(["1"]);
  });

  const annotations = [
    { name: "missing", value: undefined },
    { name: "empty", value: "" },
    { name: "broken", value: "this-wont-fly" },
    { name: "of the default network alone", value: '[{"name":"net","ips":["10.0.0.1"],"default":true}]' },
    { name: "late: without the address", value: '[{"name":"net","ips":["10.0.0.77"]}]' },
  ];
  test.each(annotations)("a network-status that is $name frees nothing", async ({ value }) => {
    const stage = mixed();
    given(stage, "10.0.0.1", "default/alive");
    stage.put(pods, {
      metadata: {
        name: "alive",
        namespace: "default",
        ...(value === undefined ? {} : { annotations: { "k8s.v1.cni.cncf.io/network-status": value } }),
      },
      spec: { nodeName: "node-1" },
      status: { phase: "Running" },
    });
    await stage.run();
    expect(stage.entries()).toEqual(["1"]);
  });

  test("the reservation of a named network is a live pod's, and stays", async () => {
    const stage = mixed();
    given(stage, "10.0.0.1", "default/alive");
    stage.pod("alive");
    await stage.run();
    expect(stage.standing()).toEqual(["blue-10.0.0.1"]);
  });

  test("an API error at the second look is not a pod that has gone", async () => {
    const stage = mixed();
    given(stage, "10.0.0.1", "default/gone");
    await stage.run({
      transport: async (call, deed) =>
        call.verb === "read" && call.resource === "pods"
          ? { kind: "unknown", reason: "time-out", mayLand: false }
          : deed(),
    });
    expect(stage.entries()).toEqual(["1"]);
  });

  test("a pod that gets its address while the lists are read keeps it", async () => {
    const stage = mixed();
    let isMade = false;
    await stage.run({
      transport: async (call, deed) => {
        const answer = deed();
        if (call.verb === "list" && call.resource === "ippools" && !isMade) {
          isMade = true;
          stage.pod("new");
          given(stage, "10.0.0.9", "default/new");
        }
        return answer;
      },
    });
    expect(stage.standing()).toEqual(["blue-10.0.0.9"]);
    expect(stage.entries()).toEqual(["9"]);
  });

  test("an IPv6 reservation whose name had a 0 added stays while its pod lives, and goes with it", async () => {
    const stage = mixed();
    stage.pool("2001:db8:1::/64", { network: "" });
    stage.put(reservations, {
      metadata: { name: "2001-db8-1--0", namespace: home },
      spec: { podref: "default/alive", containerid: "", ifname: "net1" },
    });
    stage.pod("alive");
    await stage.run();
    expect(stage.standing()).toEqual(["2001-db8-1--0"]);
    stage.remove(pods, "alive", "default");
    await stage.run();
    expect(stage.standing()).toEqual([]);
  });

  test("an entry without a pod's name is told, with the command to run, and its pool's others are judged", async () => {
    const stage = mixed();
    given(stage, "10.0.0.1", "", false);
    given(stage, "10.0.0.2", "default/gone");
    const { judged } = await stage.run();
    expect(judged.map(({ verdict }) => verdict.kind).sort()).toEqual(["free", "report"]);
    expect(stage.entries()).toEqual(["1"]);
  });

  test("a pod that has succeeded or failed gives back its addresses", async () => {
    const stage = mixed();
    given(stage, "10.0.0.1", "default/done");
    stage.pod("done", { phase: "Succeeded" });
    expect((await stage.run()).summary.freed[3]).toBe(1);
  });

  test("a pool that cannot be parsed does not keep the run from the others", async () => {
    const stage = mixed();
    stage.pool("10.9.0.0/24", { allocations: "nonsense" });
    stage.pool("fd00::", { name: "blue-broken", allocations: {} });
    given(stage, "10.0.0.1", "default/gone");
    expect((await stage.run()).summary.freed[3]).toBe(1);
  });
});

test("P4: in the exclusive mode an entry that somebody wrote is left, and no pool is read", async () => {
  const stage = createReconcileStage();
  stage.entry(pool, "10.0.0.1", { id: "c", podref: "default/gone", ifname: "net1" });
  const asked: string[] = [];
  await stage.run({ transport: async (call, deed) => (asked.push(call.resource), deed()) });
  expect(stage.entries()).toEqual(["1"]);
  expect(asked).not.toContain("ippools");
});
