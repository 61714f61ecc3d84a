/**
 * Changing over on an API server's bad days: answers that are lost, writes that are forbidden, other people.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { entryOf } from "../../../core/kube/mixed.ts";
import { configMaps } from "../../../core/kube/resources.ts";
import { goBack } from "../../../core/migrate/back.ts";
import { checkImport } from "../../../core/migrate/check-import.ts";
import { finish } from "../../../core/migrate/finish.ts";
import type { KubeApi, Refused, Unanswered } from "../../../core/ports/kube-api.ts";
import { createFakeApi } from "../../support/fake-api.ts";
import type { FakeServer } from "../../support/fake-api-server.ts";
import { agents, changedOver, usual, withLeases } from "../../support/changing-over.ts";
import { bindWhereabouts, home, type Stage, watched } from "../../support/cluster-stage.ts";

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

describe.each([{ lands: true }, { lands: false }])("an answer that is lost, carried out: $lands,", ({ lands }) => {
  test("stops neither finish nor back, whichever it is", async () => {
    for (let at = 0, more = true; more; at += 1) {
      const { stage, leases } = withLeases();
      const there = losing(stage.server, at, lands);
      const finished = await stage.clock.until(finish(stage.needs(there.api), usual, watched()));
      const where = `${at}: ${there.calls[at]}`;
      expect(finished, where).toMatchObject({ kind: "removed", changed: [] });
      expect([stage.entries(), stage.bindings()], where).toEqual([[], ["admins", "berth-agent"]]);

      const back = losing(stage.server, at, lands);
      expect(await stage.clock.until(goBack(stage.needs(back.api), agents(stage, leases))), where).toEqual({
        kind: "back",
        bound: 1,
      });
      expect(stage.bindings(), where).toContain("whereabouts");
      expect(stage.mode()["unbound"], where).toBe("[]");
      more = at < Math.max(there.calls.length, back.calls.length);
    }
  });
});

/** Every call from the `at`th on is answered so, and is not carried out. */
function failing(server: FakeServer, at: number, answer: Refused | Unanswered): { api: KubeApi; calls: string[] } {
  const calls: string[] = [];
  const api = createFakeApi(server, {
    transport: async ({ verb, resource, name }, deed) => {
      calls.push(`${verb} ${resource} ${name}`);
      return calls.length > at ? answer : deed();
    },
  });
  return { api, calls };
}

const forbidden = { kind: "refused", status: 403, reason: "Forbidden", message: "not you" } as const;
const silent = { kind: "unknown", reason: "no route", mayLand: false } as const;

/** Whereabouts is bound or saved, and is not bound while Berth is alone. */
function expectSafe({ bindings, mode }: Stage, where: string): void {
  expect(bindings().includes("whereabouts") || mode()["unbound"]?.includes("whereabouts-cni"), where).toBe(true);
  if (mode()["whereabouts"] === "absent") expect(bindings(), where).not.toContain("whereabouts");
}

describe.each([
  { name: "forbids everything", answer: forbidden },
  { name: "answers nothing", answer: silent },
])("an API server that $name from any call on", ({ answer }) => {
  test("ends finish there, saying what could not be done; another run ends the work", async () => {
    for (let at = 0, more = true; more; at += 1) {
      const { stage } = withLeases();
      const { api, calls } = failing(stage.server, at, answer);
      const ended = await stage.clock.until(finish(stage.needs(api), usual, watched()));
      more = calls.length > at;
      const where = `${at}: ${calls[at]}`;
      if (more) expect(ended, where).toEqual({ kind: "unreachable", what: expect.stringMatching(/^.+$/), answer });
      expectSafe(stage, where);
      expect((await stage.clock.until(finish(stage.needs(), usual, watched()))).kind, where).toBe("removed");
      expect([stage.entries(), stage.bindings()], where).toEqual([[], ["admins", "berth-agent"]]);
    }
  });

  test("ends back there, saying what could not be done; another run ends the work", async () => {
    for (let at = 0, more = true; more; at += 1) {
      const { stage, leases } = await changedOver();
      const { api, calls } = failing(stage.server, at, answer);
      const ended = await stage.clock.until(goBack(stage.needs(api), agents(stage, leases)));
      more = calls.length > at;
      const where = `${at}: ${calls[at]}`;
      if (more) expect(ended, where).toEqual({ kind: "unreachable", what: expect.stringMatching(/^.+$/), answer });
      expectSafe(stage, where);
      const again = await stage.clock.until(goBack(stage.needs(), agents(stage, leases)));
      expect(again.kind, where).toMatch(/^(?:back|nothing)$/);
      expect([stage.entries(), stage.mode()["unbound"]], where).toEqual([["5", "6"], "[]"]);
      expect(stage.bindings(), where).toContain("whereabouts");
    }
  });

  test("ends import --check there: half of a picture is none", async () => {
    for (let at = 0, more = true; more; at += 1) {
      const { stage } = withLeases();
      const { api, calls } = failing(stage.server, at, answer);
      const ended = await stage.clock.until(checkImport(stage.needs(api)));
      more = calls.length > at;
      expect(ended, `${at}: ${calls[at]}`).toMatchObject(more ? { kind: "unreachable", answer } : { kind: "checked" });
    }
  });
});

describe("an API server that is away", () => {
  test("ends the work after a few tries, and says what could not be read", async () => {
    const { stage } = withLeases();
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
  test("to the ConfigMap leaves every binding where it is: it could not be saved", async () => {
    const { stage } = withLeases();
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
    const { stage } = withLeases();
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
    const { stage } = withLeases();
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
    const { stage } = await changedOver();
    bindWhereabouts(stage);
    stage.entry(pool, "10.0.0.9", { id: "w1", podref: "default/old" });
    expect(await stage.clock.until(finish(stage.needs(), usual, watched()))).toMatchObject({
      kind: "refused",
      reasons: [{ text: expect.stringContaining("is of a pod that is gone") }],
    });
    expect(stage.bindings()).toContain("whereabouts");
  });

  test("who go back while entries are removed end that before the next patch", async () => {
    const { stage } = withLeases();
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
