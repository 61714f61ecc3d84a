/**
 * What binds Whereabouts to its role: found among all bindings, kept as text while it is taken away, and made again.
 *
 * @module
 */
import * as z from "zod";
import { isRecord, memberOf } from "../kube/member-of.ts";
import { pools } from "../kube/resources.ts";
import type { KubeObject, NewObject, Resource } from "../ports/kube-api.ts";
import { clusterRoleBindings, roleBindings } from "./kinds.ts";

const text = z.string().max(1024);
const marks = z.record(text, z.string()).optional();
const roleRef = z.object({ apiGroup: text, kind: text, name: text });
const subject = z.object({
  kind: text,
  name: text,
  apiGroup: text.optional(),
  namespace: text.optional(),
});
const shape = z.object({
  kind: z.enum(["ClusterRoleBinding", "RoleBinding"]),
  namespace: text.optional(),
  name: text,
  labels: marks,
  annotations: marks,
  roleRef,
  subjects: z.array(subject).max(1000),
});

/** All that is needed to make it again. */
export type Binding = z.output<typeof shape>;

export function formatBindings(bindings: readonly Binding[]): string {
  return JSON.stringify(bindings);
}

/** @returns undefined when the text is no list of bindings; none for no text */
export function readBindings(json: string | undefined): readonly Binding[] | undefined {
  if (json === undefined) return [];
  try {
    const read = z.array(shape).safeParse(JSON.parse(json));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

/** `ClusterRoleBinding whereabouts`, `RoleBinding kube-system/whereabouts` */
export function bindingWord({ kind, namespace, name }: Pick<Binding, "kind" | "namespace" | "name">): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

export function sameBinding(a: Binding, b: Binding): boolean {
  return a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}

/** Those of `kept` that are not in `found`, and all of `found`: what was found last is what was in force last. */
export function mergeBindings(kept: readonly Binding[], found: readonly Binding[]): readonly Binding[] {
  return [...kept.filter((one) => !found.some((other) => sameBinding(one, other))), ...found];
}

export function bindingResource({ kind }: Binding): Resource {
  return kind === "RoleBinding" ? roleBindings : clusterRoleBindings;
}

export function bindingObject({ name, namespace, labels, annotations, roleRef: ref, subjects }: Binding): NewObject {
  return {
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    roleRef: ref,
    subjects: subjects.map(({ kind, name: who, apiGroup, namespace: home }) => ({
      kind,
      name: who,
      ...(apiGroup === undefined ? {} : { apiGroup }),
      ...(home === undefined ? {} : { namespace: home }),
    })),
  };
}

/** @param kind of the list it came from: objects of a list do not say it themselves */
export function bindingOf(object: KubeObject, kind: Binding["kind"]): Binding | undefined {
  const { name, namespace, labels, annotations } = object.metadata;
  const read = shape.safeParse({
    kind,
    ...(kind === "RoleBinding" ? { namespace } : {}),
    name,
    labels,
    annotations,
    roleRef: object["roleRef"],
    subjects: object["subjects"] ?? [],
  });
  return read.success ? read.data : undefined;
}

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
  return labels?.["app.kubernetes.io/name"] === "berth" || /(?:^|[-:.])berth(?:$|[-:.])/.test(name);
}

function roleKey(kind: string, namespace: string | undefined, name: string): string {
  return JSON.stringify([kind, namespace, name]);
}

const writing = new Set(["create", "update", "patch", "*"]);

/** By a rule that names the group: who may do everything everywhere is an administrator, not Whereabouts. */
function mayWritePools(role: KubeObject): boolean {
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
