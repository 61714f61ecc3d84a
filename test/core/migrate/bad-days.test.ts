/**
 * Changing over on an API server's bad days: answers that are lost, writes that are forbidden, other people.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { entryOf } from "../../../core/kube/mixed.ts";
import { configMaps } from "../../../core/kube/resources.ts";
import { goBack } from "../../../core/migrate/back.ts";
import { finish } from "../../../core/migrate/finish.ts";
import type { KubeApi } from "../../../core/ports/kube-api.ts";
import type { Claim } from "../../../core/ports/store.ts";
import { createFakeApi } from "../../support/fake-api.ts";
import type { FakeServer } from "../../support/fake-api-server.ts";
import { bindWhereabouts, createStage, home, type Stage, watched } from "./cluster-stage.ts";

const usual = { acceptUnknownExecutables: false, removeDeadEntries: false };
const pool = "blue-10.0.0.0-24";

/** One call gets no answer; with `lands` it was carried out all the same. */
function losing(server: FakeServer, at: number, lands: boolean): { api: KubeApi; calls: string[] } {
  const calls: string[] = [];
  const api = createFakeApi(server, {
    transport: async ({ verb, resource, name }, deed) => {
      calls.push(`${verb} ${resource} ${name}`);
      if (calls.length - 1 !== at) return deed();
      if (lands) deed();
      return { kind: "unknown", reason: "time-out", mayLand: true };
    },
  });
  return { api, calls };
}

function createLeases(): { stage: Stage; leases: readonly Claim[] } {
  const stage = createStage();
  return { stage, leases: [stage.held("10.0.0.5"), stage.held("10.0.0.6")] };
}

function writing(stage: Stage, leases: readonly Claim[]) {
  return watched(({ kind }) => {
    if (kind !== "waiting" || stage.entries().length > 0) return;
    for (const one of leases) stage.entry(pool, `10.0.0.${one.place.address.value & 255n}`, entryOf(one));
  });
}

describe.each([{ lands: true }, { lands: false }])("an answer that is lost, carried out: $lands,", ({ lands }) => {
  test("stops neither finish nor back, whichever it is", async () => {
    for (let at = 0, more = true; more; at += 1) {
      const { stage, leases } = createLeases();
      const there = losing(stage.server, at, lands);
      const finished = await stage.clock.until(finish(stage.needs(there.api), usual, watched()));
      const where = `${at}: ${there.calls[at]}`;
      expect(finished, where).toMatchObject({ kind: "removed", changed: [] });
      expect([stage.entries(), stage.bindings()], where).toEqual([[], ["admins", "berth-agent"]]);

      const back = losing(stage.server, at, lands);
      expect(await stage.clock.until(goBack(stage.needs(back.api), writing(stage, leases))), where).toEqual({
        kind: "back",
        bound: 1,
      });
      expect(stage.bindings(), where).toContain("whereabouts");
      expect(stage.mode()["unbound"], where).toBe("[]");
      more = at < Math.max(there.calls.length, back.calls.length);
    }
  });
});

describe("an API server that is away", () => {
  test("ends the work after a few tries, and says what could not be read", async () => {
    const { stage } = createLeases();
    const away = createFakeApi(stage.server, {
      transport: async () => ({ kind: "unknown", reason: "no route", mayLand: false }),
    });
    const before = stage.clock.nowMs();
    expect(await stage.clock.until(finish(stage.needs(away), usual, watched()))).toMatchObject({
      kind: "unreachable",
      what: "version of the API server",
      answer: { reason: "no route" },
    });
    expect(stage.clock.nowMs() - before).toBeLessThan(60_000);
  });
});

describe("a write that is forbidden", () => {
  const forbidden = { kind: "refused", status: 403, reason: "Forbidden", message: "not you" } as const;

  test("to the ConfigMap leaves every binding where it is: it could not be saved", async () => {
    const { stage } = createLeases();
    const api = createFakeApi(stage.server, {
      transport: async ({ verb, resource }, deed) =>
        verb === "create" && resource === "configmaps" ? forbidden : deed(),
    });
    expect(await stage.clock.until(finish(stage.needs(api), usual, watched()))).toMatchObject({
      kind: "unreachable",
      what: "ConfigMap kube-system/berth",
      answer: forbidden,
    });
    expect(stage.bindings()).toContain("whereabouts");
  });

  test("to a binding leaves the mode as it is", async () => {
    const { stage } = createLeases();
    const api = createFakeApi(stage.server, {
      transport: async ({ verb }, deed) => (verb === "remove" ? forbidden : deed()),
    });
    expect(await stage.clock.until(finish(stage.needs(api), usual, watched()))).toMatchObject({
      kind: "unreachable",
      what: "ClusterRoleBinding whereabouts",
    });
    expect(stage.mode()["whereabouts"]).toBeUndefined();
  });

  test("to a pool leaves its entries, and the next run removes them without another wait", async () => {
    const { stage } = createLeases();
    const api = createFakeApi(stage.server, {
      transport: async ({ verb, resource }, deed) => (verb === "patch" && resource === "ippools" ? forbidden : deed()),
    });
    const first = await stage.clock.until(finish(stage.needs(api), usual, watched()));
    expect(first).toMatchObject({ kind: "unreachable", what: `IPPool ${home}/${pool}` });
    const at = stage.clock.nowMs();
    expect(await stage.clock.until(finish(stage.needs(), usual, watched()))).toMatchObject({ entries: 2 });
    expect(stage.clock.nowMs() - at).toBeLessThan(1_000);
  });
});

describe("other people", () => {
  test("who bind Whereabouts again after finish make the next run look as closely as the first", async () => {
    const { stage } = createLeases();
    await stage.clock.until(finish(stage.needs(), usual, watched()));
    bindWhereabouts(stage);
    stage.entry(pool, "10.0.0.9", { id: "w1", podref: "default/old" });
    expect(await stage.clock.until(finish(stage.needs(), usual, watched()))).toMatchObject({
      kind: "refused",
      reasons: [{ text: expect.stringContaining("is of a pod that is gone") }],
    });
    expect(stage.bindings()).toContain("whereabouts");
  });

  test("who go back while entries are removed end that before the next patch", async () => {
    const { stage } = createLeases();
    stage.pool("10.1.0.0/24");
    const made = stage.lease("10.1.0.5");
    stage.entry("blue-10.1.0.0-24", "10.1.0.5", entryOf(made));
    const watch = watched(({ kind }) => {
      if (kind === "removed")
        stage.put(configMaps, { metadata: { name: "berth", namespace: home }, data: { whereabouts: "present" } });
    });
    const ended = await stage.clock.until(finish(stage.needs(), usual, watch));
    expect(ended).toEqual({ kind: "overtaken", mode: "present" });
    expect(stage.entries().length + stage.entries("blue-10.1.0.0-24").length).toBeGreaterThan(0);
  });
});
