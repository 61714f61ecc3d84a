/**
 * Which saved bindings may be made again. They are read from a ConfigMap, and made with the rights of the administrator who runs
 * `migrate back`: whoever may write that ConfigMap must not get more from it than what Whereabouts has.
 *
 * @module
 */
import { isRecord, memberOf } from "../kube/member-of.ts";
import { pools } from "../kube/resources.ts";
import type { KubeObject } from "../ports/kube-api.ts";
import type { Binding } from "./bindings.ts";
import { isNamedWhereabouts, mayWritePools, type RoleLists, roleKey } from "./find-bindings.ts";

/** Why a saved binding is not made without being asked. */
export type Suspect = { readonly binding: Binding } & (
  | { readonly fault: "role-missing" | "role-writes-no-pools" | "role-may-more" | "no-subject" }
  /** Of another kind than an account, or an account that nothing shows to be Whereabouts'. */
  | { readonly fault: "subject"; readonly subject: Binding["subjects"][number] }
);

export type Trust = {
  readonly roles: Pick<RoleLists, "clusterRoles" | "roles">;
  /** Where an account by the name of Whereabouts is Whereabouts'. */
  readonly namespaces: readonly string[];
};

/** At most one for each role, and one for each subject. */
export function suspectBindings(saved: readonly Binding[], { roles, namespaces }: Trust): readonly Suspect[] {
  const byKey = new Map([
    ...roles.clusterRoles.map((role) => [roleKey("ClusterRole", undefined, role.metadata.name), role] as const),
    ...roles.roles.map((role) => [roleKey("Role", role.metadata.namespace, role.metadata.name), role] as const),
  ]);
  return saved.flatMap((binding): readonly Suspect[] => {
    const { roleRef: ref, namespace, subjects } = binding;
    const fault = roleFault(byKey.get(roleKey(ref.kind, ref.kind === "Role" ? namespace : undefined, ref.name)));
    if (fault !== undefined) return [{ binding, fault }];
    if (subjects.length === 0) return [{ binding, fault: "no-subject" }];
    const isKnown = (one: Binding["subjects"][number]) =>
      one.kind === "ServiceAccount" && isNamedWhereabouts(one.name) && namespaces.includes(one.namespace ?? "");
    return subjects.filter((one) => !isKnown(one)).map((subject) => ({ binding, fault: "subject", subject }));
  });
}

/** `namespace/name` of an account, as a person accepts it; undefined for users and groups, which nobody can. */
export function accountWord({ kind, namespace, name }: Binding["subjects"][number]): string | undefined {
  return kind === "ServiceAccount" && namespace !== undefined ? `${namespace}/${name}` : undefined;
}

function roleFault(role: KubeObject | undefined) {
  if (role === undefined) return "role-missing";
  if (!mayWritePools(role)) return "role-writes-no-pools";
  // Rules that others add to it would come unseen.
  if (role["aggregationRule"] !== undefined) return "role-may-more";
  const rules = role["rules"];
  return Array.isArray(rules) && rules.every(isModest) ? undefined : "role-may-more";
}

const reading = new Set(["get", "list", "watch"]);
/** What Whereabouts' own manifests let it read. */
const read = new Set(["pods", "nodes", "network-attachment-definitions", "configmaps", "namespaces"]);

/** What Whereabouts' own manifests let it do: write its own kinds, Leases and Events, and read a few others. */
function isModest(rule: unknown): boolean {
  if (!isRecord(rule) || textsOf(rule, "nonResourceURLs").length > 0) return false;
  const [groups, resources] = [textsOf(rule, "apiGroups"), textsOf(rule, "resources")];
  const isReading = textsOf(rule, "verbs").every((verb) => reading.has(verb));
  return groups.every((group) =>
    resources.every(
      (resource) =>
        group === pools.group ||
        (group === "coordination.k8s.io" && resource === "leases") ||
        ((group === "" || group === "events.k8s.io") && resource === "events") ||
        (isReading && group !== "*" && read.has(resource)),
    ),
  );
}

function textsOf(rule: unknown, field: string): readonly string[] {
  const list = memberOf(rule, field);
  return Array.isArray(list) ? list.map(String) : [];
}
