/**
 * `migrate back` over an API server in memory: what stands in its way, what it waits for, and what is left when it dies.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { entryOf } from "../../../core/kube/mixed.ts";
import { configMaps, pods, reservations } from "../../../core/kube/resources.ts";
import { goBack } from "../../../core/migrate/back.ts";
import { clusterRoleBindings } from "../../../core/migrate/kinds.ts";
import { finish } from "../../../core/migrate/finish.ts";
import type { KubeApi } from "../../../core/ports/kube-api.ts";
import type { Claim } from "../../../core/ports/store.ts";
import { place } from "../../support/samples.ts";
import { createStage, dyingApi, home, roleRef, type Stage, subjects, watched } from "./cluster-stage.ts";

const pool = "blue-10.0.0.0-24";

function run(stage: Stage, watch = watched(), api: KubeApi = stage.api) {
  return stage.clock.until(goBack(stage.needs(api), watch));
}

/** A cluster of Berth alone, with two leases whose entries are gone. */
async function changedOver() {
  const stage = createStage();
  const leases = [stage.held("10.0.0.5"), stage.held("10.0.0.6")];
  const options = { acceptUnknownExecutables: false, removeDeadEntries: false };
  await stage.clock.until(finish(stage.needs(), options, watched()));
  return { stage, leases };
}

/** What agents do while the command waits: each writes its own leases' entries. */
function agents(stage: Stage, leases: readonly Claim[]) {
  return watched(({ kind }) => {
    if (kind === "waiting") write(stage, leases);
  });
}

function write(stage: Stage, leases: readonly Claim[]): void {
  for (const one of leases) {
    const text = `10.0.0.${one.place.address.value & 255n}`;
    if (!stage.entries().includes(text.slice(text.lastIndexOf(".") + 1))) stage.entry(pool, text, entryOf(one));
  }
}

describe("migrate back", () => {
  test("sets the mode, waits eight minutes, checks the entries, and binds the role again", async () => {
    const { stage, leases } = await changedOver();
    const before = stage.clock.nowMs();
    const watch = agents(stage, leases);
    expect(await run(stage, watch)).toEqual({ kind: "back", bound: 1 });
    expect(stage.clock.nowMs() - before).toBeGreaterThanOrEqual(480_000);
    expect(stage.mode()).toMatchObject({ whereabouts: "present", unbound: "[]" });
    expect(stage.server.all(clusterRoleBindings).find(({ metadata }) => metadata.name === "whereabouts")).toMatchObject(
      {
        metadata: { labels: { tier: "node" } },
        roleRef,
        subjects,
      },
    );
    expect(watch.told.map(({ kind }) => kind).filter((kind, at, all) => kind !== all[at - 1])).toEqual([
      "mode",
      "waiting",
      "checking",
      "bound",
    ]);
  });

  test("has nothing to do where nothing was changed over, and when it is run again", async () => {
    const { stage, leases } = await changedOver();
    await run(stage, agents(stage, leases));
    const revision = stage.server.revision();
    expect(await run(stage)).toEqual({ kind: "nothing" });
    expect(await run(createStage())).toEqual({ kind: "nothing" });
    expect(stage.server.revision()).toBe(revision);
  });

  test("refuses a pool that would have more than 5,000 entries, and changes nothing", async () => {
    const { stage } = await changedOver();
    const allocations = Object.fromEntries(
      Array.from({ length: 5001 }, (_, at) => [at + 1, { id: "x", podref: "default/x" }]),
    );
    stage.pool("10.8.0.0/16", { allocations });
    const revision = stage.server.revision();
    expect(await run(stage)).toMatchObject({
      kind: "refused",
      reasons: [
        {
          text: "IPPool kube-system/blue-10.8.0.0-16 would have 5001 entries, and Whereabouts' pools have room for 5000",
        },
      ],
    });
    expect(stage.server.revision()).toBe(revision);
  });

  test("counts leases and entries of a pool together, each address once", async () => {
    const { stage, leases } = await changedOver();
    write(stage, leases.slice(0, 1));
    const needs = stage.needs(stage.api, { entriesMax: 2 });
    expect((await stage.clock.until(goBack(needs, agents(stage, leases)))).kind).toBe("back");
    const { stage: other } = await changedOver();
    expect((await other.clock.until(goBack(other.needs(other.api, { entriesMax: 1 }), watched()))).kind).toBe(
      "refused",
    );
  });

  test("does not bind while a lease has no entry, and names node and address; when it is there, another run goes on", async () => {
    const { stage, leases } = await changedOver();
    stage.remove(pods, "berth-agent-node-1", "berth-system");
    expect(await run(stage, agents(stage, leases.slice(0, 1)))).toEqual({
      kind: "refused",
      reasons: [
        {
          text: "1 of the leases of node node-1 have no entry, such as 10.0.0.6 of pod default/pod-10.0.0.6",
          run: "its agent is not there: start it and run this again; for a node that is gone: berthctl release --node node-1",
        },
      ],
    });
    expect(stage.bindings()).not.toContain("whereabouts");
    write(stage, leases);
    const at = stage.clock.nowMs();
    expect((await run(stage)).kind).toBe("back");
    expect(stage.clock.nowMs() - at, "no time is waited for twice").toBe(0);
  });

  test.for([
    { name: "another container", value: { id: "other", podref: "default/pod-10.0.0.6", ifname: "net1" } },
    { name: "another pod", value: { id: "container-10.0.0.6", podref: "default/other", ifname: "net1" } },
  ])("takes an entry of $name for none", async ({ value }) => {
    const { stage, leases } = await changedOver();
    stage.entry(pool, "10.0.0.6", value);
    expect((await run(stage, agents(stage, leases.slice(0, 1)))).kind).toBe("refused");
  });

  test("waits for no entry of withheld addresses, of addresses of no pool, and of leases on their way back", async () => {
    const { stage, leases } = await changedOver();
    stage.lease("10.0.0.20", { kind: "withheld", holder: undefined });
    stage.lease("10.9.0.1", { kind: "static", place: place("10.9.0.1", { pool: "" }) });
    const watch = agents(stage, leases);
    stage.lease("10.0.0.30");
    const ended = stage.clock.until(
      goBack(stage.needs(), {
        ...watch,
        say: async (progress) => {
          await watch.say(progress);
          // Looked at, and freed before it is looked at again.
          if (progress.kind === "checking")
            void stage.clock.wait(3000).then(() => stage.remove(reservations, "blue-10.0.0.30", home));
        },
      }),
    );
    expect((await ended).kind).toBe("back");
  });

  test("takes an unfinished finish back at once: the mode never was another", async () => {
    const stage = createStage();
    stage.held("10.0.0.5");
    const watch = watched(({ kind }) => {
      if (kind === "unbound") watch.stop();
    });
    const options = { acceptUnknownExecutables: false, removeDeadEntries: false };
    expect(await stage.clock.until(finish(stage.needs(), options, watch))).toEqual({ kind: "interrupted" });
    expect(stage.bindings()).not.toContain("whereabouts");
    const at = stage.clock.nowMs();
    expect(await run(stage)).toEqual({ kind: "back", bound: 1 });
    expect(stage.clock.nowMs()).toBe(at);
  });

  test("stops when somebody finishes meanwhile", async () => {
    const { stage } = await changedOver();
    const watch = watched(({ kind }) => {
      if (kind === "waiting")
        stage.put(configMaps, { metadata: { name: "berth", namespace: home }, data: { whereabouts: "absent" } });
    });
    expect(await run(stage, watch)).toEqual({ kind: "overtaken", mode: "absent" });
    expect(stage.bindings()).not.toContain("whereabouts");
  });

  test("leaves a binding that somebody made again as it is", async () => {
    const { stage, leases } = await changedOver();
    const own = [{ kind: "ServiceAccount", name: "whereabouts", namespace: "elsewhere" }];
    stage.put(clusterRoleBindings, { metadata: { name: "whereabouts" }, roleRef, subjects: own });
    expect((await run(stage, agents(stage, leases))).kind).toBe("back");
    expect(stage.server.all(clusterRoleBindings).find(({ metadata }) => metadata.name === "whereabouts")).toMatchObject(
      { subjects: own },
    );
  });
});

test("migrate back may die at every moment: Whereabouts is bound only beside all entries, and another run ends the work", async () => {
  const whole = await dyingRun(Number.POSITIVE_INFINITY);
  expect(whole.died).toBe(false);
  expect(whole.calls.length).toBeGreaterThan(60);
  for (let at = 0; at < whole.calls.length; at += 1) {
    const { stage, leases, calls } = await dyingRun(at);
    const where = `${at}: ${calls.at(-1)}`;
    const saved = JSON.parse(stage.mode()["unbound"] ?? "[]") as readonly unknown[];
    expect(saved.length > 0 || stage.bindings().includes("whereabouts"), where).toBe(true);
    if (stage.bindings().includes("whereabouts")) {
      expect(stage.mode()["whereabouts"], where).toBe("present");
      expect(stage.entries(), where).toEqual(["5", "6"]);
    }
    const ended = await run(stage, agents(stage, leases));
    expect(["back", "nothing"], where).toContain(ended.kind);
    expect(stage.bindings(), where).toContain("whereabouts");
    expect(JSON.parse(stage.mode()["unbound"] ?? ""), where).toEqual([]);
  }
});

async function dyingRun(at: number) {
  const { stage, leases } = await changedOver();
  const { api, died, calls } = dyingApi(stage.server, at);
  const ended = await stage.clock.until(Promise.race([goBack(stage.needs(api), agents(stage, leases)), died]));
  return { stage, leases, calls, died: ended === "died" };
}
