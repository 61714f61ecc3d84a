/**
 * `migrate back` over an API server in memory: what stands in its way, what it waits for, and what is left when it dies.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { configMaps, pods, reservations } from "../../../core/kube/resources.ts";
import { goBack } from "../../../core/migrate/back.ts";
import { clusterRoleBindings } from "../../../core/migrate/kinds.ts";
import { finish } from "../../../core/migrate/finish.ts";
import type { KubeApi } from "../../../core/ports/kube-api.ts";
import { createFakeApi } from "../../support/fake-api.ts";
import { holder, place } from "../../support/samples.ts";
import { agents, changedOver, usual, write } from "../../support/changing-over.ts";
import { createStage, home, roleRef, type Stage, subjects, watched } from "../../support/cluster-stage.ts";

const pool = "blue-10.0.0.0-24";

function run(stage: Stage, watch = watched(), api: KubeApi = stage.api) {
  return stage.clock.until(goBack(stage.needs(api), watch));
}

/** As a person does it, or another run. */
function setMode(stage: Stage, whereabouts: "absent" | "present", since?: number): void {
  const { unbound } = stage.mode();
  const data = {
    whereabouts,
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
    ...(unbound === undefined ? {} : { unbound }),
  };
  stage.put(configMaps, { metadata: { name: "berth", namespace: home }, data });
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
          run: "its agent is not there: start Berth's agent on node node-1; then run this again",
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
    // Its further reservation, in a pool with overlapping ranges off.
    const twin = place("10.9.0.1", { pool: "10.9.0.0/24", overlapping: false });
    stage.lease("10.9.0.1", { kind: "static", place: twin }, "blue-10.9.0.1");
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
    expect(await stage.clock.until(finish(stage.needs(), usual, watch))).toEqual({ kind: "interrupted" });
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

  test("stops when somebody finishes before it waits", async () => {
    const { stage } = await changedOver();
    const watch = watched(({ kind }) => {
      if (kind === "mode") setMode(stage, "absent");
    });
    expect(await run(stage, watch)).toEqual({ kind: "overtaken", mode: "absent" });
    expect(watch.told.map(({ kind }) => kind)).toEqual(["mode"]);
  });

  test("stops when it is interrupted in the wait, and goes on with the time that is left", async () => {
    const { stage, leases } = await changedOver();
    let seen = 0;
    const first = watched(({ kind }) => {
      if (kind === "waiting" && (seen += 1) === 5) first.stop();
    });
    expect(await run(stage, first)).toEqual({ kind: "interrupted" });
    expect(stage.bindings()).not.toContain("whereabouts");
    const at = stage.clock.nowMs();
    expect((await run(stage, agents(stage, leases))).kind).toBe("back");
    expect(stage.clock.nowMs() - at).toBe(480_000 - 4 * 30_000);
  });

  test("waits the whole time again when the mode was another meanwhile", async () => {
    const { stage, leases } = await changedOver();
    let seen = 0;
    let changedMs = 0;
    const watch = watched(({ kind }) => {
      if (kind !== "waiting" || (seen += 1) !== 5) return;
      // Somebody finished, and somebody went back: agents may have learnt of the first alone.
      changedMs = stage.clock.nowMs();
      setMode(stage, "present", changedMs);
      write(stage, leases);
    });
    expect((await run(stage, watch)).kind).toBe("back");
    expect(stage.clock.nowMs() - changedMs).toBeGreaterThanOrEqual(480_000);
  });

  test("says what could not be read when a lease without entry cannot be looked at again", async () => {
    const { stage, leases } = await changedOver();
    let isBlind = false;
    const api = createFakeApi(stage.server, {
      transport: async ({ verb }, deed) =>
        isBlind && verb === "list" ? { kind: "refused", status: 403, reason: "Forbidden", message: "not you" } : deed(),
    });
    const watch = watched(({ kind }) => {
      if (kind === "checking") void stage.clock.wait(3_000).then(() => (isBlind = true));
    });
    write(stage, leases.slice(0, 1));
    expect(await run(stage, watch, api)).toMatchObject({ kind: "unreachable", answer: { status: 403 } });
    expect(stage.bindings()).not.toContain("whereabouts");
  });

  test("refuses while the saved bindings cannot be read, and leaves them", async () => {
    const stage = createStage();
    const data = { whereabouts: "absent", unbound: "[{" };
    stage.put(configMaps, { metadata: { name: "berth", namespace: home }, data });
    expect(await run(stage)).toMatchObject({
      kind: "refused",
      reasons: [{ text: expect.stringContaining("unbound") }],
    });
    expect(stage.mode()).toEqual(data);
  });

  test("binds nothing where a person set the mode by hand, and waits all the same", async () => {
    const stage = createStage();
    setMode(stage, "absent");
    const before = stage.clock.nowMs();
    expect(await run(stage)).toEqual({ kind: "back", bound: 0 });
    expect(stage.mode()["whereabouts"]).toBe("present");
    expect(stage.clock.nowMs() - before).toBe(480_000);
  });

  test("names the nodes that have leases without entry, and how to reach each", async () => {
    const { stage } = await changedOver();
    stage.lease("10.0.0.7", { holder: holder({ node: "node-2" }) });
    stage.node("node-3", "none");
    stage.lease("10.0.0.9", { holder: holder({ node: "node-3" }) });
    stage.lease("10.0.0.8", { holder: holder({ node: "node-9" }) });
    const ended = await run(stage);
    if (ended.kind !== "refused") throw new Error(ended.kind);
    expect(ended.reasons.map(({ text, run: next }) => [text.split(" have ")[0], next])).toEqual([
      [
        "2 of the leases of node node-1",
        expect.stringMatching(/^look at its agent: kubectl logs .*; then run this again$/),
      ],
      ["1 of the leases of node node-2", expect.stringMatching(/^look at its agent: /)],
      [
        "1 of the leases of node node-9",
        "if its machine is off, too: berthctl release --node node-9; then run this again",
      ],
      [
        "1 of the leases of node node-3",
        "its agent is not there: start Berth's agent on node node-3; then run this again",
      ],
    ]);
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
