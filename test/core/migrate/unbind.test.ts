/**
 * Taking Whereabouts' rights away: what is removed is what was saved, and what cannot be saved stays.
 *
 * @module
 */
import { expect, test } from "vitest";
import { configMaps } from "../../../core/kube/resources.ts";
import type { Binding } from "../../../core/migrate/bindings.ts";
import { clusterRoleBindings } from "../../../core/migrate/kinds.ts";
import { unbind } from "../../../core/migrate/unbind.ts";
import type { KubeMetadata } from "../../../core/ports/kube-api.ts";
import { createStage, home, roleRef, type Stage, subjects, watched } from "../../support/cluster-stage.ts";
import { createFakeApi } from "../../support/fake-api.ts";

const binding: Binding = {
  kind: "ClusterRoleBinding",
  name: "whereabouts",
  labels: { tier: "node" },
  roleRef,
  subjects,
};

/** @param before happens before each removal arrives */
function run(stage: Stage, before: (removals: number) => void = () => undefined) {
  let removals = 0;
  const api = createFakeApi(stage.server, {
    transport: async ({ verb }, deed) => {
      if (verb === "remove") before((removals += 1));
      return deed();
    },
  });
  const watch = watched();
  const ended = stage.clock.until(unbind(stage.needs(api), [binding], watch));
  return { ended, told: watch.told };
}

/** Somebody writes the binding of Whereabouts anew. */
function rewrite(stage: Stage, fields: object, metadata: Partial<KubeMetadata> = {}): void {
  stage.put(clusterRoleBindings, { roleRef, subjects, ...fields, metadata: { name: "whereabouts", ...metadata } });
}

function saved(stage: Stage): unknown {
  return JSON.parse(stage.mode()["unbound"] ?? "[]");
}

test("a binding that is changed before it is removed is saved as it was in force last", async () => {
  const stage = createStage();
  const other = [{ kind: "ServiceAccount", name: "whereabouts-2", namespace: home }];
  const { ended, told } = run(stage, (removals) => {
    if (removals === 1) rewrite(stage, { subjects: other });
  });
  expect(await ended).toBeUndefined();
  expect(saved(stage)).toMatchObject([{ name: "whereabouts", subjects: other }]);
  expect(stage.bindings()).not.toContain("whereabouts");
  expect(told).toEqual([{ kind: "unbound", binding }]);
});

test("a binding that somebody changes all the time stays, and it is told", async () => {
  const stage = createStage();
  let tries = 0;
  const { ended, told } = run(stage, (removals) => {
    tries = removals;
    rewrite(stage, {}, { labels: { at: String(removals) } });
  });
  expect(await ended).toMatchObject({
    kind: "unreachable",
    what: "ClusterRoleBinding whereabouts",
    answer: { reason: "it changes all the time" },
  });
  expect(tries).toBe(stage.needs().limits.tries);
  expect(stage.bindings()).toContain("whereabouts");
  expect(told).toEqual([]);
});

test("a binding that somebody removed first is gone, and not saved: nobody took it away here", async () => {
  const stage = createStage();
  stage.remove(clusterRoleBindings, "whereabouts");
  const { ended } = run(stage);
  expect(await ended).toBeUndefined();
  expect(saved(stage)).toEqual([]);
});

test("a binding that is removed between the look and the removal is gone, and saved", async () => {
  const stage = createStage();
  const { ended } = run(stage, () => stage.remove(clusterRoleBindings, "whereabouts"));
  expect(await ended).toBeUndefined();
  expect(saved(stage)).toEqual([binding]);
});

test.for<{ name: string; arrange: (stage: Stage) => void; reason: string }>([
  {
    name: "that cannot be made again from what it says",
    arrange: (stage) => rewrite(stage, { subjects: "everybody" }),
    reason: "it cannot be saved",
  },
  {
    name: "when what was saved before cannot be read",
    arrange: ({ put }) => put(configMaps, { metadata: { name: "berth", namespace: home }, data: { unbound: "[{" } }),
    reason: "it cannot be saved",
  },
  {
    name: "that a finalizer keeps",
    arrange: (stage) => rewrite(stage, {}, { finalizers: ["example.org/keep"] }),
    reason: "a finalizer keeps it",
  },
])("a binding $name stays, and it is told", async ({ arrange, reason }) => {
  const stage = createStage();
  arrange(stage);
  const { ended, told } = run(stage);
  expect(await ended).toMatchObject({ kind: "unreachable", answer: { reason } });
  expect(stage.bindings()).toContain("whereabouts");
  expect(told).toEqual([]);
});
