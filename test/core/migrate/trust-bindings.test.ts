/**
 * Saved bindings are text of a ConfigMap, and made with an administrator's rights: only Whereabouts' own are made without being
 * asked.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { configMaps } from "../../../core/kube/resources.ts";
import { goBack } from "../../../core/migrate/back.ts";
import { formatBindings, type Binding } from "../../../core/migrate/bindings.ts";
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from "../../../core/migrate/kinds.ts";
import { createStage, home, roleRef, type Stage, subjects, watched } from "../../support/cluster-stage.ts";
import { whereaboutsRules } from "../../support/whereabouts.ts";

const genuine: Binding = { kind: "ClusterRoleBinding", name: "whereabouts-2", roleRef, subjects };
const poolRule = whereaboutsRules[0];

/** A cluster that was changed over, with these bindings on record. */
function recorded(...saved: readonly Binding[]): Stage {
  const stage = createStage();
  const data = { whereabouts: "present", unbound: formatBindings(saved) };
  stage.put(configMaps, { metadata: { name: "berth", namespace: home }, data });
  return stage;
}

function run(stage: Stage, acceptAccounts: readonly string[] = []) {
  return stage.clock.until(goBack(stage.needs(), watched(), { acceptAccounts }));
}

function role(stage: Stage, rules: unknown, fields: object = {}): void {
  stage.put(clusterRoles, { metadata: { name: "whereabouts-cni" }, rules, ...fields });
}

describe("migrate back makes", () => {
  test("the binding of the role that Whereabouts' own manifests have", async () => {
    const stage = recorded(genuine);
    role(stage, whereaboutsRules);
    expect(await run(stage)).toEqual({ kind: "back", bound: 1 });
    expect(stage.bindings()).toContain("whereabouts-2");
  });

  test("a binding inside a namespace, of a role there", async () => {
    const stage = recorded({ ...genuine, kind: "RoleBinding", namespace: home, roleRef: { ...roleRef, kind: "Role" } });
    stage.put(roles, { metadata: { name: "whereabouts-cni", namespace: home }, rules: whereaboutsRules });
    expect(await run(stage)).toEqual({ kind: "back", bound: 1 });
    expect(stage.server.all(roleBindings)).toHaveLength(1);
  });

  test("the binding of an account by another name only when a person accepts it", async () => {
    const multus = { kind: "ServiceAccount", name: "multus-ancillary-tools", namespace: "openshift-multus" };
    const stage = recorded({ ...genuine, subjects: [multus] });
    expect(await run(stage)).toEqual({
      kind: "refused",
      reasons: [
        {
          text: "the saved ClusterRoleBinding whereabouts-2 (ClusterRole whereabouts-cni to ServiceAccount openshift-multus/multus-ancillary-tools) binds ServiceAccount openshift-multus/multus-ancillary-tools, which nothing shows to be Whereabouts",
          run: "if it is: --accept-account openshift-multus/multus-ancillary-tools; to leave it out, remove it from the key unbound: kubectl --namespace kube-system edit configmap berth",
        },
      ],
    });
    expect(await run(stage, ["openshift-multus/multus-ancillary-tools"])).toEqual({ kind: "back", bound: 1 });
  });
});

describe("migrate back refuses, and makes no binding at all, when one on record is", () => {
  test.for<{ name: string; binding?: Partial<Binding>; rules?: unknown; fields?: object; text: string }>([
    {
      name: "of an administrator's role",
      binding: { roleRef: { ...roleRef, name: "cluster-admin" } },
      text: "is of a role that may not write pools: it is not Whereabouts'",
    },
    {
      name: "of a role that is not there",
      binding: { roleRef: { ...roleRef, name: "to-be-made" } },
      text: "is of a role that is not there",
    },
    {
      name: "of a role of a namespace, named as a role of the cluster",
      binding: { kind: "RoleBinding", namespace: "elsewhere", roleRef: { ...roleRef, kind: "Role" } },
      text: "is of a role that is not there",
    },
    {
      name: "of a role that also writes something else",
      rules: [poolRule, { apiGroups: ["apps"], resources: ["daemonsets"], verbs: ["create"] }],
      text: "is of a role that may do more",
    },
    {
      name: "of a role that also reads secrets",
      rules: [poolRule, { apiGroups: [""], resources: ["secrets"], verbs: ["get"] }],
      text: "is of a role that may do more",
    },
    {
      name: "of a role that also reads by way of pods: a shell in them",
      rules: [poolRule, { apiGroups: [""], resources: ["pods/exec"], verbs: ["get"] }],
      text: "is of a role that may do more",
    },
    {
      name: "of a role that also has everything",
      rules: [poolRule, { apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
      text: "is of a role that may do more",
    },
    {
      name: "of a role that also reads other paths",
      rules: [poolRule, { nonResourceURLs: ["/logs"], verbs: ["get"] }],
      text: "is of a role that may do more",
    },
    {
      name: "of a role that is put together of others",
      fields: { aggregationRule: { clusterRoleSelectors: [] } },
      text: "is of a role that may do more",
    },
    { name: "of a role whose rules are nonsense", rules: [poolRule, "all"], text: "is of a role that may do more" },
    { name: "of nobody", binding: { subjects: [] }, text: "binds nobody" },
    {
      name: "of an account beside Whereabouts'",
      binding: { subjects: [...subjects, { kind: "ServiceAccount", name: "nobody", namespace: "default" }] },
      text: "binds ServiceAccount default/nobody, which nothing shows",
    },
    {
      name: "of an account that is named as Whereabouts', in a namespace of somebody's own",
      binding: { subjects: [{ kind: "ServiceAccount", name: "whereabouts", namespace: "eves" }] },
      text: "binds ServiceAccount eves/whereabouts, which nothing shows",
    },
    {
      name: "of a person",
      binding: { subjects: [{ kind: "User", name: "whereabouts" }] },
      text: "binds User whereabouts, which nothing shows",
    },
  ])("$name", async ({ binding = {}, rules, fields, text }) => {
    const stage = recorded(genuine, { ...genuine, name: "planted", ...binding });
    if (rules !== undefined || fields !== undefined) role(stage, rules ?? whereaboutsRules, fields);
    const before = stage.server.revision();
    const ended = await run(stage, ["eves/other"]);
    expect(ended.kind).toBe("refused");
    const { reasons } = ended as Extract<typeof ended, { kind: "refused" }>;
    const ofPlanted = reasons.filter((reason) => reason.text.includes("planted"));
    expect(ofPlanted.map((reason) => reason.text)).toEqual([expect.stringContaining(text)]);
    expect(ofPlanted[0]?.run).toContain("kubectl --namespace kube-system edit configmap berth");
    expect(stage.server.revision()).toBe(before);
    expect(stage.server.all(clusterRoleBindings).map(({ metadata }) => metadata.name)).not.toContain("whereabouts-2");
  });

  test("put there while it waits", async () => {
    const stage = recorded();
    const since = new Date(stage.clock.nowMs()).toISOString();
    const data = { whereabouts: "present", since, unbound: formatBindings([genuine]) };
    stage.put(configMaps, { metadata: { name: "berth", namespace: home }, data });
    const planted = { ...genuine, name: "planted", roleRef: { ...roleRef, name: "cluster-admin" } };
    const watch = watched(({ kind }) => {
      if (kind !== "waiting") return;
      const unbound = formatBindings([genuine, planted]);
      stage.put(configMaps, { metadata: { name: "berth", namespace: home }, data: { ...data, unbound } });
    });
    expect(await stage.clock.until(goBack(stage.needs(), watch))).toMatchObject({ kind: "refused" });
    expect(stage.bindings()).not.toContain("planted");
  });
});
