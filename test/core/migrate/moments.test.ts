/**
 * What somebody else does between two steps of changing over: nothing is removed that was not saved, and nobody is let in whom a
 * later word keeps out.
 *
 * @module
 */
import { expect, test } from "vitest";
import { configMaps } from "../../../core/kube/resources.ts";
import { goBack } from "../../../core/migrate/back.ts";
import { clusterRoleBindings } from "../../../core/migrate/kinds.ts";
import { unbind } from "../../../core/migrate/unbind.ts";
import { createFakeApi } from "../../support/fake-api.ts";
import { changedOver, write } from "../../support/changing-over.ts";
import { createStage, home, roleRef, subjects, watched } from "../../support/cluster-stage.ts";

test("unbind: a binding that gets another subject at the last moment is not removed as it was read", async () => {
  const stage = createStage();
  const other = [...subjects, { kind: "ServiceAccount", name: "whereabouts-2", namespace: home }];
  let removals = 0;
  const api = createFakeApi(stage.server, {
    transport: async ({ verb }, deed) => {
      // The object is the same one: only its resourceVersion tells that it was changed.
      if (verb === "remove" && (removals += 1) === 1) {
        const name = { resource: clusterRoleBindings, name: "whereabouts" };
        stage.server.patch(name, [{ op: "add", path: "/subjects", value: other }]);
      }
      return deed();
    },
  });
  const binding = { kind: "ClusterRoleBinding", name: "whereabouts", roleRef, subjects } as const;
  expect(await stage.clock.until(unbind(stage.needs(api), [binding], watched()))).toBeUndefined();
  expect(removals).toBe(2);
  expect(JSON.parse(stage.mode()["unbound"] ?? "")).toMatchObject([{ name: "whereabouts", subjects: other }]);
  expect(stage.bindings()).not.toContain("whereabouts");
});

test("back: a mode that is absent again after the whole wait keeps Whereabouts out", async () => {
  const { stage, leases } = await changedOver();
  const watch = watched(({ kind }) => {
    if (kind === "waiting") write(stage, leases);
    if (kind !== "checking") return;
    const { unbound = "[]", since = "" } = stage.mode();
    // Without a new time: a person set it by hand.
    stage.put(configMaps, {
      metadata: { name: "berth", namespace: home },
      data: { whereabouts: "absent", since, unbound },
    });
  });
  expect(await stage.clock.until(goBack(stage.needs(), watch))).toEqual({ kind: "overtaken", mode: "absent" });
  expect(stage.bindings()).not.toContain("whereabouts");
});
