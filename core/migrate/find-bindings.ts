/**
 * What binds Whereabouts to its role, found among all bindings of a cluster.
 *
 * @module
 */
import { berthLabels } from "../kube/berth-labels.ts";
import { isRecord, memberOf } from "../kube/member-of.ts";
import { pools } from "../kube/resources.ts";
import type { KubeObject } from "../ports/kube-api.ts";
import { type Binding, bindingOf } from "./bindings.ts";

export type RoleLists = {
  readonly clusterRoles: readonly KubeObject[];
  readonly roles: readonly KubeObject[];
  readonly clusterRoleBindings: readonly KubeObject[];
  readonly roleBindings: readonly KubeObject[];
};

export type FoundBindings = {
  readonly whereabouts: readonly Binding[];
  /** Who else may write pools by a rule that names their group, Berth's own apart: for people to know. */
  readonly others: readonly Binding[];
};

/** A role is Whereabouts' when it may write pools and it, or an account that is bound to it, is named so. */
export function findBindings(lists: RoleLists): FoundBindings {
  const writers = new Set([
    ...lists.clusterRoles.filter(mayWritePools).map(({ metadata }) => roleKey("ClusterRole", undefined, metadata.name)),
    ...lists.roles.filter(mayWritePools).map(({ metadata }) => roleKey("Role", metadata.namespace, metadata.name)),
  ]);
  const all = [
    ...lists.clusterRoleBindings.map((one) => bindingOf(one, "ClusterRoleBinding")),
    ...lists.roleBindings.map((one) => bindingOf(one, "RoleBinding")),
  ].filter((one) => one !== undefined);
  const bound = all.filter(({ roleRef: ref, namespace }) =>
    writers.has(roleKey(ref.kind, ref.kind === "Role" ? namespace : undefined, ref.name)),
  );
  const isWhereabouts = (one: Binding) => isNamedWhereabouts(one.roleRef.name) || one.subjects.some(isAccountOf);
  return {
    whereabouts: bound.filter(isWhereabouts),
    others: bound.filter((one) => !isWhereabouts(one) && !isBerths(one)),
  };
}

export function isNamedWhereabouts(name: string): boolean {
  return name.toLowerCase().includes("whereabouts");
}

function isAccountOf({ kind, name }: Binding["subjects"][number]): boolean {
  return kind === "ServiceAccount" && isNamedWhereabouts(name);
}

function isBerths({ roleRef: { name }, labels }: Binding): boolean {
  return labels?.[berthLabels.name] === "berth" || /(?:^|[-:.])berth(?:$|[-:.])/.test(name);
}

/** @param namespace of a `Role`; undefined for a `ClusterRole` */
export function roleKey(kind: string, namespace: string | undefined, name: string): string {
  return JSON.stringify([kind, namespace, name]);
}

const writing = new Set(["create", "update", "patch", "*"]);

/** By a rule that names the group: who may do everything everywhere is an administrator, not Whereabouts. */
export function mayWritePools(role: KubeObject): boolean {
  const rules = role["rules"];
  return Array.isArray(rules) && rules.some(writesPools);
}

function writesPools(rule: unknown): boolean {
  if (!isRecord(rule)) return false;
  const has = (field: string, test: (one: string) => boolean) => {
    const list = memberOf(rule, field);
    return Array.isArray(list) && list.some((one: unknown) => typeof one === "string" && test(one));
  };
  return has("apiGroups", (one) => one === pools.group) && has("verbs", (one) => writing.has(one));
}
