/**
 * `migrate finish` over an API server in memory: what it does, and what is left when it dies.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { configMaps, pools, reservations } from "../../../core/kube/resources.ts";
import { roleBindings } from "../../../core/migrate/kinds.ts";
import { finish } from "../../../core/migrate/finish.ts";
import type { FinishOptions } from "../../../core/migrate/plan-finish.ts";
import { createFakeApi } from "../../support/fake-api.ts";
import type { KubeApi } from "../../../core/ports/kube-api.ts";
import { holder, place } from "../../support/samples.ts";
import { usual } from "../../support/changing-over.ts";
import {
  bindWhereabouts,
  createStage,
  home,
  roleRef,
  type Stage,
  subjects,
  watched,
} from "../../support/cluster-stage.ts";

function run(stage: Stage, options: Partial<FinishOptions> = {}, watch = watched()) {
  return stage.clock.until(finish(stage.needs(), { ...usual, ...options }, watch));
}

const whereaboutsEntry = { id: "w1", podref: "default/old", ifname: "net1" };

describe("migrate finish", () => {
  function full(): Stage {
    const stage = createStage();
    stage.held("10.0.0.5");
    stage.held("10.0.0.6");
    stage.held("10.0.0.7", { kind: "withheld", holder: undefined, reason: "printer" });
    stage.put(roleBindings, { metadata: { name: "wb", namespace: home }, roleRef, subjects });
    return stage;
  }

  test("unbinds, sets the mode, waits eight minutes, and removes the entries; pools and reservations stay", async () => {
    const stage = full();
    const before = stage.clock.nowMs();
    const watch = watched();
    expect(await run(stage, {}, watch)).toEqual({ kind: "removed", entries: 3, changed: [] });
    expect(stage.bindings()).toEqual(["admins", "berth-agent"]);
    expect(stage.server.all(roleBindings)).toEqual([]);
    expect(stage.entries()).toEqual([]);
    expect(stage.server.all(pools)).toHaveLength(1);
    expect(stage.mode()["whereabouts"]).toBe("absent");
    expect(stage.clock.nowMs() - before).toBeGreaterThanOrEqual(480_000);
    expect(watch.told.map(({ kind }) => kind).filter((kind, at, all) => kind !== all[at - 1])).toEqual([
      "unbound",
      "checking",
      "mode",
      "waiting",
      "checking",
      "removed",
    ]);
    expect(watch.told.find(({ kind }) => kind === "waiting")).toEqual({ kind: "waiting", leftMs: 480_000 });
  });

  test("keeps what is needed to bind again before it unbinds", async () => {
    const stage = full();
    await run(stage);
    const saved = JSON.parse(stage.mode()["unbound"] ?? "");
    expect(saved).toEqual([
      { kind: "ClusterRoleBinding", name: "whereabouts", labels: { tier: "node" }, roleRef, subjects },
      { kind: "RoleBinding", namespace: home, name: "wb", roleRef, subjects },
    ]);
  });

  test("is done at once when it is run again", async () => {
    const stage = full();
    await run(stage);
    const saved = stage.mode();
    const at = stage.clock.nowMs();
    expect(await run(stage)).toEqual({ kind: "removed", entries: 0, changed: [] });
    expect(stage.clock.nowMs()).toBe(at);
    expect(stage.mode()).toEqual(saved);
  });

  test("says what could not be read when an entry that nobody took over cannot be looked at again", async () => {
    const stage = full();
    stage.entry("blue-10.0.0.0-24", "10.0.0.9", whereaboutsEntry);
    let isBlind = false;
    void stage.clock.wait(3_000).then(() => (isBlind = true));
    const api = createFakeApi(stage.server, {
      transport: async ({ verb }, deed) =>
        isBlind && verb === "list" ? { kind: "refused", status: 403, reason: "Forbidden", message: "not you" } : deed(),
    });
    const ended = await stage.clock.until(finish(stage.needs(api), usual, watched()));
    expect(ended).toMatchObject({ kind: "unreachable", answer: { status: 403 } });
    expect(stage.bindings()).toContain("whereabouts");
  });

  test("removes entries of pods that are gone only when it is told to", async () => {
    const stage = full();
    stage.entry("blue-10.0.0.0-24", "10.0.0.9", whereaboutsEntry);
    expect((await run(stage)).kind).toBe("refused");
    expect(await run(stage, { removeDeadEntries: true })).toMatchObject({ kind: "removed", entries: 4 });
  });

  test("removes what leases leave behind that are given back during the wait, and what pods with a new sandbox left", async () => {
    const stage = full();
    stage.pod("pod-10.0.0.6");
    let isDone = false;
    const watch = watched(({ kind }) => {
      if (kind !== "waiting" || isDone) return;
      isDone = true;
      for (const name of ["blue-10.0.0.5", "blue-10.0.0.6"]) stage.remove(reservations, name, home);
      // The same pod, under a new container, at another address.
      const pod = { namespace: "default", name: "pod-10.0.0.6", uid: "uid-6" };
      stage.lease("10.0.0.8", { holder: holder({ pod }) });
    });
    expect(await run(stage, {}, watch)).toMatchObject({ kind: "removed", entries: 3 });
  });

  test("refuses at its end when Whereabouts came back during the wait, and removes nothing", async () => {
    const stage = full();
    const watch = watched(({ kind }) => {
      if (kind === "waiting") bindWhereabouts(stage);
    });
    const ended = await run(stage, {}, watch);
    expect(ended).toMatchObject({
      kind: "refused",
      reasons: [{ text: "ClusterRoleBinding whereabouts is there again: something makes it anew" }],
    });
    expect(stage.entries()).toHaveLength(3);
  });

  test("refuses before the mode is set when an entry came in at the last moment", async () => {
    const stage = full();
    stage.pod("old");
    const watch = watched(({ kind }) => {
      if (kind === "unbound" && !stage.entries().includes("9"))
        stage.entry("blue-10.0.0.0-24", "10.0.0.9", whereaboutsEntry);
    });
    expect((await run(stage, {}, watch)).kind).toBe("refused");
    expect(stage.mode()["whereabouts"]).toBeUndefined();
    expect(stage.entries()).toHaveLength(4);
  });

  test("leaves and tells an entry that was written anew after it was judged", async () => {
    const stage = full();
    let checks = 0;
    const { api } = stage;
    const late: KubeApi = {
      ...api,
      patch: async (name, steps) => {
        if (name.resource.kind === "IPPool" && (checks += 1) === 1) {
          stage.put(pools, {
            metadata: { name: name.name, namespace: home },
            spec: {
              range: "10.0.0.0/24",
              allocations: {
                5: whereaboutsEntry,
                6: { id: "container-10.0.0.6", podref: "default/pod-10.0.0.6", ifname: "net1" },
              },
            },
          });
        }
        return api.patch(name, steps);
      },
    };
    const ended = await stage.clock.until(finish(stage.needs(late), usual, watched()));
    expect(ended).toMatchObject({ kind: "removed", changed: [{ entry: { key: "5", id: "container-10.0.0.5" } }] });
    expect(stage.entries()).toEqual(["5"]);
  });

  test("removes many entries in patches of 200", async () => {
    const stage = createStage();
    stage.pool("10.8.0.0/16", { name: "blue-10.8.0.0-16" });
    for (let at = 1; at <= 450; at += 1) {
      const text = `10.8.${at >> 8}.${at & 255}`;
      const made = stage.lease(text, { place: place(text, { pool: "10.8.0.0/16" }) });
      stage.entry("blue-10.8.0.0-16", text, {
        id: made.holder?.attachment.containerId ?? "",
        podref: `default/pod-${text}`,
      });
    }
    const watch = watched();
    expect(await run(stage, {}, watch)).toMatchObject({ kind: "removed", entries: 450 });
    expect(watch.told.filter(({ kind }) => kind === "removed").map((one) => Reflect.get(one, "entries"))).toEqual([
      200, 200, 50,
    ]);
  });

  test("stops when it is interrupted in the wait, and goes on with the time that is left", async () => {
    const stage = full();
    let seen = 0;
    const first = watched(({ kind }) => {
      if (kind === "waiting" && (seen += 1) === 5) first.stop();
    });
    expect(await run(stage, {}, first)).toEqual({ kind: "interrupted" });
    expect(stage.entries()).toHaveLength(3);
    const second = watched();
    expect((await run(stage, {}, second)).kind).toBe("removed");
    const waiting = second.told.find(({ kind }) => kind === "waiting");
    expect(Reflect.get(waiting ?? {}, "leftMs")).toBeLessThanOrEqual(480_000 - 4 * 30_000);
  });

  test("stops between two patches when it is interrupted, and another run removes the rest", async () => {
    const stage = full();
    const limits = { patchMax: 1 };
    const watch = watched(({ kind }) => {
      if (kind === "removed") watch.stop();
    });
    expect(await stage.clock.until(finish(stage.needs(stage.api, limits), usual, watch))).toEqual({
      kind: "interrupted",
    });
    expect(stage.entries()).toHaveLength(2);
    expect(await run(stage)).toMatchObject({ kind: "removed", entries: 2 });
  });

  test("waits the whole time again when the mode was another meanwhile", async () => {
    const stage = full();
    let seen = 0;
    let changedMs = 0;
    const watch = watched(({ kind }) => {
      if (kind !== "waiting" || (seen += 1) !== 5) return;
      changedMs = stage.clock.nowMs();
      const since = new Date(changedMs).toISOString();
      stage.put(configMaps, {
        metadata: { name: "berth", namespace: home },
        data: { ...stage.mode(), whereabouts: "absent", since },
      });
    });
    expect((await run(stage, {}, watch)).kind).toBe("removed");
    expect(stage.clock.nowMs() - changedMs).toBeGreaterThanOrEqual(480_000);
  });

  test.for<{ name: string; spoil: (stage: Stage) => void; changed: number }>([
    {
      name: "is removed: its entries are gone with it",
      spoil: (stage) => stage.remove(pools, "blue-10.0.0.0-24", home),
      changed: 0,
    },
    {
      name: "is edited into nonsense: its entries stay, and are told",
      spoil: ({ put }) =>
        put(pools, { metadata: { name: "blue-10.0.0.0-24", namespace: home }, spec: { range: "x", allocations: {} } }),
      changed: 3,
    },
  ])("a pool that $name", async ({ spoil, changed }) => {
    const stage = full();
    const api = createFakeApi(stage.server, {
      transport: async ({ verb, resource }, deed) => {
        if (verb !== "patch" || resource !== "ippools") return deed();
        spoil(stage);
        return { kind: "refused", status: 422, reason: "Invalid", message: "the server rejected our request" };
      },
    });
    const ended = await stage.clock.until(finish(stage.needs(api), usual, watched()));
    expect(ended).toMatchObject({ kind: "removed", entries: 3 - changed });
    expect(ended.kind === "removed" && ended.changed).toHaveLength(changed);
  });

  test("stops when somebody goes back before it waits", async () => {
    const stage = full();
    const watch = watched(({ kind }) => {
      if (kind === "mode")
        stage.put(configMaps, { metadata: { name: "berth", namespace: home }, data: { whereabouts: "present" } });
    });
    expect(await run(stage, {}, watch)).toEqual({ kind: "overtaken", mode: "present" });
    expect(watch.told.at(-1)?.kind).toBe("mode");
    expect(stage.entries()).toHaveLength(3);
  });

  test("stops when somebody goes back meanwhile", async () => {
    const stage = full();
    const watch = watched(({ kind }) => {
      if (kind === "waiting")
        stage.put(configMaps, { metadata: { name: "berth", namespace: home }, data: { whereabouts: "present" } });
    });
    expect(await run(stage, {}, watch)).toEqual({ kind: "overtaken", mode: "present" });
    expect(stage.entries()).toHaveLength(3);
  });

  test("waits the whole time, and looks closely, when the mode was set by hand", async () => {
    const stage = full();
    stage.put(configMaps, { metadata: { name: "berth", namespace: home }, data: { whereabouts: "absent" } });
    stage.entry("blue-10.0.0.0-24", "10.0.0.9", whereaboutsEntry);
    expect((await run(stage)).kind).toBe("refused");
    const before = stage.clock.nowMs();
    expect((await run(stage, { removeDeadEntries: true })).kind).toBe("removed");
    expect(stage.clock.nowMs() - before).toBeGreaterThanOrEqual(480_000);
  });
});
