/**
 * A node reboots: no DEL comes, every sandbox has ended, and most pods come again under their old uid (P11, P18). Their leases wait for
 * them; all others are back within a minute of the agent's start and the grace.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { pods } from "../../../core/kube/resources.ts";
import { whereaboutsConfig } from "../../support/cluster-node.ts";
import { createSweepStage, plantPod, type SweepStage } from "../../support/sweep-stage.ts";
import { given } from "../../support/world.ts";

const wide = { config: whereaboutsConfig({ range: "10.0.0.0/24" }) };
const names = Array.from({ length: 100 }, (_, at) => `p${at}`);
const coming = names.slice(0, 60);
const gone = names.slice(60);
/** A minute, and the grace. */
const backMs = 120_000;

/** A hundred pods with addresses. */
async function hundred(): Promise<SweepStage> {
  const stage = await createSweepStage();
  for (const name of names) await stage.pod(name, wide);
  return stage;
}

async function reboot({ node }: SweepStage, bootId: string): Promise<void> {
  node.kill();
  node.namespaces.clear();
  node.bootId = bootId;
  await node.start();
}

/** The pod's next sandbox. @returns its addresses */
async function comeAgain({ world, node }: SweepStage, name: string, round = 2): Promise<readonly string[]> {
  const pod = { namespace: "default", name, uid: `uid-${name}` };
  return given(await world.until(node.add(`${name}-${round}`, { ...wide, pod })));
}

/** `<address> <pod>` of those of the pods, from what was held. */
function of(held: readonly string[], wanted: readonly string[]): readonly string[] {
  return held.filter((one) => wanted.includes(one.split(" ")[1] ?? ""));
}

describe("the reboot of a node with 100 pods, 60 of which come again", () => {
  test("keeps the leases of those, and gives all others back within a minute and the grace", async () => {
    const stage = await hundred();
    const before = stage.world.held();
    await reboot(stage, "boot-2");
    for (const name of gone) stage.uproot(name);
    stage.calls("");
    await stage.sweepFor(backMs);
    expect(stage.world.held()).toEqual(of(before, coming));
    for (const name of coming) {
      const [address = ""] = await comeAgain(stage, name);
      expect(before).toContain(`${address.split("/")[0]} ${name}`);
    }
    await stage.sweepFor(backMs);
    expect(stage.world.held()).toEqual(of(before, coming));
  });

  test("F35: asks for a list each sweep, and reads each pod that seems gone once", async () => {
    const stage = await hundred();
    await reboot(stage, "boot-2");
    for (const name of gone) stage.uproot(name);
    stage.node.link.calls.splice(0);
    await stage.sweepFor(backMs);
    const count = (part: string) => stage.node.link.calls.filter((call) => call.startsWith(part)).length;
    expect([count("list pods") <= 4, count("read pods")]).toEqual([true, gone.length]);
  });

  test("keeps them for as long as they take to come: an hour, and another reboot", async () => {
    const stage = await hundred();
    const before = stage.world.held();
    await reboot(stage, "boot-2");
    for (const name of gone) stage.uproot(name);
    await stage.sweepFor(3_600_000);
    await reboot(stage, "boot-3");
    await stage.sweepFor(3_600_000);
    expect(stage.world.held()).toEqual(of(before, coming));
    expect(await comeAgain(stage, "p0")).toEqual(["10.0.0.1/24"]);
  });

  test("frees nothing while the API server is away, and all that is stale within a minute and the grace of its return", async () => {
    const stage = await hundred();
    const before = stage.world.held();
    const back = stage.node.link.always("", "away");
    await reboot(stage, "boot-2");
    for (const name of gone) stage.uproot(name);
    await stage.sweepFor(1_800_000);
    expect(stage.world.held()).toEqual(before);
    back();
    stage.node.link.connections += 1;
    await stage.sweepFor(backMs);
    expect(stage.world.held()).toEqual(of(before, coming));
  });

  test("frees nothing by a list that is as old as the boot before its pods", async () => {
    const stage = await hundred();
    const before = stage.world.held();
    stage.node.wrap = (ports) =>
      ports.cluster === undefined
        ? ports
        : {
            ...ports,
            cluster: { ...ports.cluster, livingPods: async () => ({ kind: "living", uids: new Set<string>() }) },
          };
    await reboot(stage, "boot-2");
    await stage.sweepFor(backMs);
    expect(stage.world.held()).toEqual(before);
  });

  test("A6: gives those of pods that came back as others, of the same names, to nobody, and back", async () => {
    const stage = await hundred();
    await reboot(stage, "boot-2");
    for (const name of gone) {
      stage.world.server.plant(pods, {
        metadata: { name, namespace: "default", uid: `uid-other-${name}` },
        spec: { nodeName: "node-1" },
        status: { phase: "Running" },
      });
      const pod = { namespace: "default", name, uid: `uid-other-${name}` };
      given(await stage.world.until(stage.node.add(`${name}-2`, { ...wide, pod })));
    }
    expect(stage.world.held()).toHaveLength(140);
    await stage.sweepFor(backMs);
    expect(stage.world.held()).toHaveLength(100);
  });

  test("F12: also where the journal was lost with it: what is imported is judged the same way", async () => {
    const stage = await hundred();
    const before = stage.world.held();
    stage.node.kill();
    stage.node.replaceJournal();
    await reboot(stage, "boot-2");
    for (const name of gone) stage.uproot(name);
    await stage.sweepFor(backMs);
    expect(stage.world.held()).toEqual(of(before, coming));
    expect(await comeAgain(stage, "p7")).toEqual(["10.0.0.8/24"]);
  });

  test("gives back what a pod's first sandbox of the new boot left, when its second one has another address", async () => {
    const stage = await hundred();
    await reboot(stage, "boot-2");
    for (const name of gone) stage.uproot(name);
    await stage.sweepFor(backMs);
    await comeAgain(stage, "p0");
    // The first one still stands when the second is made.
    await comeAgain(stage, "p0", 3);
    expect(of(stage.world.held(), ["p0"])).toHaveLength(2);
    stage.vanish("p0-2");
    await stage.sweep();
    await stage.world.advance(1_000);
    expect(of(stage.world.held(), ["p0"])).toHaveLength(1);
  });
});

test("F5: a static pod comes again under the uid that its kubelet knows, which only an annotation of its mirror has", async () => {
  const stage = await createSweepStage();
  await stage.pod("c1", { pod: { namespace: "default", name: "c1", uid: "hash" } });
  await reboot(stage, "boot-2");
  plantPod(stage.world, { uid: "api", annotations: { "kubernetes.io/config.mirror": "hash" } });
  await stage.sweepFor(3_600_000);
  expect(stage.world.held()).toEqual(["10.0.0.1 c1"]);
});

test("a lease without a pod's uid is nobody's after a reboot", async () => {
  const stage = await createSweepStage();
  await stage.pod("c1", { pod: { namespace: "default", name: "c1", uid: undefined } });
  await reboot(stage, "boot-2");
  await stage.sweepFor(backMs);
  expect(stage.world.held()).toEqual([]);
});
