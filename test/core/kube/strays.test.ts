/**
 * What Whereabouts gave to pods of this node: found by entries, and taken on record only where it is told whose it is (P14).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { definitions, nodeSlicePools, pods, pools, reservations } from "../../../core/kube/resources.ts";
import { adopt, strays } from "../../../core/kube/strays.ts";
import type { Stray } from "../../../core/ports/cluster.ts";
import { claim, place } from "../../support/samples.ts";
import { createStoreStage, home, type StoreStage } from "../../support/store-stage.ts";

const entry = { id: "sandbox-1", podref: "default/wb", ifname: "net1" };
const marked = { "ipam.berth.io/overlapping": "true" };

type PoolChanges = {
  readonly name?: string;
  readonly range?: string;
  readonly marks?: object;
  readonly entries?: object;
};

function stage(isMixed = true) {
  const made = createStoreStage(isMixed);
  let attempts = 0;
  const own = { node: "node-1", bootId: "boot-1", nowMs: () => 5, newAttempt: () => `new-${(attempts += 1)}` };
  return { ...made, needs: { ...made.needs, ...own } };
}

type StrayStage = ReturnType<typeof stage>;

function pool({ server }: StoreStage, changes: PoolChanges = {}): void {
  const { name = "blue-10.0.0.0-24", range = "10.0.0.0/24", marks = marked, entries = { 5: entry } } = changes;
  const annotations = { ...marks };
  server.plant(pools, { metadata: { name, namespace: home, annotations }, spec: { range, allocations: entries } });
}

function pod({ server }: StoreStage, phase = "Running"): void {
  const metadata = { name: "wb", namespace: "default", uid: "uid-wb" };
  server.plant(pods, { metadata, spec: { nodeName: "node-1" }, status: { phase } });
}

function reservation({ server }: StoreStage, podref: string): void {
  server.plant(reservations, {
    metadata: { name: "blue-10.0.0.5", namespace: home, uid: "u" },
    spec: { podref, ifname: "net1" },
  });
}

function definition({ server }: StoreStage, name: string, overlapping: boolean): void {
  const ipam = {
    type: "whereabouts",
    range: "10.0.0.0/24",
    network_name: "blue",
    enable_overlapping_ranges: overlapping,
  };
  const config = JSON.stringify({ cniVersion: "1.0.0", name, type: "bridge", ipam });
  server.plant(definitions, { metadata: { name, namespace: "default" }, spec: { config } });
}

async function find(made: StrayStage, containers: readonly string[] = []) {
  return made.until(strays(made.needs, new Set(containers)));
}

async function found(made: StrayStage, containers?: readonly string[]): Promise<readonly Stray[]> {
  const answer = await find(made, containers);
  if (answer.kind !== "strays") throw new Error(answer.reason);
  return answer.strays;
}

describe("an entry is a stray", () => {
  test("of a pod of this node, with the pod's uid, and nothing that proves its namespace", async () => {
    const made = stage();
    pool(made);
    pod(made);
    expect(await found(made)).toMatchObject([
      {
        standing: undefined,
        claim: {
          place: place("10.0.0.5"),
          attempt: "new-1",
          sinceMs: 5,
          holder: {
            pod: { namespace: "default", name: "wb", uid: "uid-wb" },
            attachment: { definition: "", containerId: "sandbox-1", ifName: "net1" },
            evidence: { kind: "void" },
          },
        },
      },
    ]);
  });

  test.for([
    {
      name: "with overlapping ranges off, as the pool says",
      marks: { "ipam.berth.io/overlapping": "false" },
      is: false,
    },
    { name: "with overlapping ranges on, as the pool says", marks: marked, is: true },
  ])("$name", async ({ marks, is }) => {
    const made = stage();
    pool(made, { marks });
    pod(made);
    expect((await found(made)).map((one) => one.claim.place.overlapping)).toEqual([is]);
  });

  test.for([
    { name: "off, as the only definition says", settings: [false], is: [false] },
    { name: "on, as two definitions say", settings: [true, true], is: [true] },
    { name: "nobody knows, because two definitions differ: none yet", settings: [true, false], is: [] },
    { name: "nobody knows, because none names the pool: none yet", settings: [], is: [] },
  ])("of an unmarked pool, whose overlapping ranges are $name", async ({ settings, is }) => {
    const made = stage();
    pool(made, { marks: {} });
    pod(made);
    for (const [at, setting] of settings.entries()) definition(made, `d${at}`, setting);
    expect((await found(made)).map((one) => one.claim.place.overlapping)).toEqual(is);
  });

  test("of an unmarked pool that nobody knows, when its DEL has come: under the name that can be no other pool's", async () => {
    const made = stage();
    pool(made, { marks: {} });
    expect(await found(made, ["sandbox-1"])).toMatchObject([
      {
        claim: { place: { overlapping: false }, holder: { pod: { namespace: "default", name: "wb", uid: undefined } } },
      },
    ]);
  });

  test("of a slice, at the place that names its pool", async () => {
    const made = stage();
    made.server.plant(nodeSlicePools, {
      metadata: { name: "blue", namespace: home },
      spec: { range: "10.0.0.0/24", sliceSize: "/28" },
      status: { allocations: [{ nodeName: "node-1", sliceRange: "10.0.0.0/28" }] },
    });
    pool(made, { name: "blue-node-1-10.0.0.0-28", range: "10.0.0.0/28", marks: {} });
    definition(made, "blue", true);
    pod(made);
    // Which setting a slice has is told by its range's definition alone, which names the whole.
    expect(await found(made, ["sandbox-1"])).toMatchObject([{ claim: { place: { pool: "node-1-10.0.0.0/28" } } }]);
  });

  test("with the reservation that Whereabouts made, which is completed", async () => {
    const made = stage();
    pool(made);
    pod(made);
    reservation(made, "default/wb");
    expect(await found(made)).toMatchObject([{ standing: { attempt: "", name: "blue-10.0.0.5" } }]);
  });

  test("again under the attempt that we adopted it by, when the journal may not know it", async () => {
    const made = stage();
    pool(made);
    pod(made);
    const [first] = await found(made);
    if (first === undefined) throw new Error("nothing was found");
    expect((await made.until(adopt(made.needs, first))).kind).toBe("held");
    const [again] = await found(made);
    expect(again).toMatchObject({ standing: { attempt: "new-1" }, claim: { attempt: "new-1" } });
    if (again === undefined) throw new Error("nothing was found");
    made.link.calls.splice(0);
    expect(await made.until(adopt(made.needs, again))).toMatchObject({ kind: "held" });
    expect(made.link.calls, "it is adopted already").toEqual([]);
  });
});

describe("an entry is none", () => {
  test.for<{ name: string; arrange: (made: StrayStage) => void }>([
    { name: "of a pod that is not of this node", arrange: (made) => pool(made) },
    ...["Succeeded", "Failed"].map((phase) => ({
      name: `of a pod that has ${phase.toLowerCase()}`,
      arrange: (made: StrayStage) => {
        pool(made);
        pod(made, phase);
      },
    })),
    {
      name: "beside another pod's reservation",
      arrange: (made) => {
        pool(made);
        pod(made);
        reservation(made, "default/other");
      },
    },
    {
      name: "of a pool that cannot be read",
      arrange: (made) => {
        pool(made, { range: "x" });
        pod(made);
      },
    },
    {
      name: "of a pool whose name is not made of its network and its range: it could not be written",
      arrange: (made) => {
        pool(made, { marks: { ...marked, "ipam.berth.io/network": "red" } });
        pod(made);
      },
    },
    {
      name: "of a pool that may be either of two nodes' slice",
      arrange: (made) => {
        made.server.plant(nodeSlicePools, {
          metadata: { name: "blue", namespace: home },
          spec: { range: "10.0.0.0/24", sliceSize: "/28" },
          status: { allocations: ["a-n1", "n1"].map((nodeName) => ({ nodeName, sliceRange: "10.0.0.0/28" })) },
        });
        pool(made, { name: "blue-a-n1-10.0.0.0-28", range: "10.0.0.0/28" });
        pod(made);
      },
    },
  ])("$name", async ({ arrange }) => {
    const made = stage();
    arrange(made);
    expect(await found(made)).toEqual([]);
  });

  test("that another journal of this node has on record", async () => {
    const made = stage();
    pool(made);
    pod(made);
    const [first] = await found(made);
    if (first === undefined) throw new Error("nothing was found");
    await made.until(adopt({ ...made.needs, journal: "another" }, first));
    expect(await found(made)).toEqual([]);
  });

  test("for whoever is alone: nothing is asked", async () => {
    const made = stage(false);
    pool(made);
    pod(made);
    expect(await found(made)).toEqual([]);
    expect(made.link.calls).toEqual([]);
  });
});

test("a list of slices that cannot be read makes slices of no pool", async () => {
  const made = stage();
  made.server.plant(nodeSlicePools, { metadata: { name: "blue", namespace: home }, spec: { range: "x" } });
  pool(made);
  pod(made);
  expect(await found(made)).toMatchObject([{ claim: { place: { network: "blue", pool: "10.0.0.0/24" } } }]);
});

test.for(["list pods", "list ippools", "list nodeslicepools", "read overlapping"])(
  "while the API server does not answer (%s) nobody knows which there are",
  async (call) => {
    const made = stage();
    pool(made);
    pod(made);
    made.link.always(call, "away");
    expect((await find(made)).kind).toBe("unknown");
  },
);

test("while definitions cannot be read, nobody knows what is given in an unmarked pool", async () => {
  const made = stage();
  pool(made, { marks: {} });
  pod(made);
  made.link.always("list network-attachment-definitions", "away");
  expect((await find(made)).kind).toBe("unknown");
});

describe("adopting", () => {
  const stray: Stray = { claim: claim("10.0.0.5", { attempt: "new-1" }), standing: undefined };

  async function completing() {
    const made = stage();
    pool(made);
    pod(made);
    reservation(made, "default/wb");
    const [one] = await found(made);
    if (one === undefined) throw new Error("nothing was found");
    return { made, one };
  }

  test("what somebody else holds by then finds it taken", async () => {
    const { made, one } = await completing();
    made.plant("blue-10.0.0.5", (object) => ({ ...object, spec: { podref: "default/other", ifname: "net1" } }));
    expect(await made.until(adopt(made.needs, one))).toMatchObject({
      kind: "taken",
      by: { holder: { pod: { name: "other" } } },
    });
  });

  test("what nobody answers for may land", async () => {
    const { made, one } = await completing();
    made.link.next("patch overlapping", "lost");
    expect(await made.until(adopt(made.needs, one))).toMatchObject({ kind: "unknown", mayLand: true });
  });

  test("an entry alone makes its reservation", async () => {
    const made = stage();
    expect(await made.until(adopt(made.needs, stray))).toMatchObject({ kind: "held" });
    expect(made.standing()).toEqual(["blue-10.0.0.5 new-1"]);
  });
});
