/**
 * A binding of a role as a plain value: kept as text while it is taken away, and made again.
 *
 * @module
 */
import { isRecord, memberOf } from "../kube/member-of.ts";
import type { KubeObject, NewObject, Resource } from "../ports/kube-api.ts";
import { clusterRoleBindings, roleBindings } from "./kinds.ts";

type Subject = {
  readonly kind: string;
  readonly name: string;
  readonly apiGroup?: string;
  readonly namespace?: string;
};

type Marks = { readonly [key: string]: string };

/** All that is needed to make it again. */
export type Binding = {
  readonly kind: "ClusterRoleBinding" | "RoleBinding";
  readonly namespace?: string;
  readonly name: string;
  readonly labels?: Marks;
  readonly annotations?: Marks;
  readonly roleRef: { readonly apiGroup: string; readonly kind: string; readonly name: string };
  readonly subjects: readonly Subject[];
};

export function formatBindings(bindings: readonly Binding[]): string {
  return JSON.stringify(bindings);
}

/** @returns undefined when the text is no list of bindings; none for no text */
export function readBindings(json: string | undefined): readonly Binding[] | undefined {
  const list = json === undefined ? [] : parsed(json);
  if (!Array.isArray(list)) return undefined;
  const bindings = list.map(readBinding).filter((one) => one !== undefined);
  return bindings.length === list.length ? bindings : undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function readBinding(value: unknown): Binding | undefined {
  const text = (name: string) => textOf(value, name);
  const [kind, name, namespace] = [text("kind"), text("name"), text("namespace")];
  const roleRef = readRole(memberOf(value, "roleRef"));
  const written = memberOf(value, "subjects") ?? [];
  const subjects = Array.isArray(written) ? written.map(readSubject) : [undefined];
  if ((kind !== "ClusterRoleBinding" && kind !== "RoleBinding") || name === undefined || roleRef === undefined)
    return undefined;
  if (subjects.includes(undefined)) return undefined;
  return {
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...marksOf(value, "labels"),
    ...marksOf(value, "annotations"),
    roleRef,
    subjects: subjects.filter((one) => one !== undefined),
  };
}

function readRole(value: unknown): Binding["roleRef"] | undefined {
  const [apiGroup, kind, name] = [textOf(value, "apiGroup"), textOf(value, "kind"), textOf(value, "name")];
  return apiGroup === undefined || kind === undefined || name === undefined ? undefined : { apiGroup, kind, name };
}

function readSubject(value: unknown): Subject | undefined {
  const [kind, name] = [textOf(value, "kind"), textOf(value, "name")];
  const [apiGroup, namespace] = [textOf(value, "apiGroup"), textOf(value, "namespace")];
  if (kind === undefined || name === undefined) return undefined;
  return {
    kind,
    name,
    ...(apiGroup === undefined ? {} : { apiGroup }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

function marksOf<Name extends "labels" | "annotations">(
  value: unknown,
  name: Name,
): { readonly [Key in Name]?: Marks } {
  const marks = memberOf(value, name);
  if (!isRecord(marks)) return {};
  const texts = Object.entries(marks).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const read: { [Key in Name]?: Marks } = {};
  read[name] = Object.fromEntries(texts);
  return read;
}

function textOf(value: unknown, name: string): string | undefined {
  const text = memberOf(value, name);
  return typeof text === "string" ? text : undefined;
}

/** `ClusterRoleBinding whereabouts`, `RoleBinding kube-system/whereabouts` */
export function bindingWord({ kind, namespace, name }: Pick<Binding, "kind" | "namespace" | "name">): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** With the role, and who gets it: `ClusterRoleBinding whereabouts (ClusterRole whereabouts-cni to ServiceAccount kube-system/whereabouts)` */
export function wholeBindingWord(binding: Binding): string {
  const { roleRef: ref, subjects } = binding;
  const whom = subjects.length === 0 ? "nobody" : subjects.map(subjectWord).join(", ");
  return `${bindingWord(binding)} (${ref.kind} ${ref.name} to ${whom})`;
}

export function subjectWord({ kind, namespace, name }: Subject): string {
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
    subjects: subjects.map((one) => ({ ...one })),
  };
}

/** @param kind of the list it came from: objects of a list do not say it themselves */
export function bindingOf(object: KubeObject, kind: Binding["kind"]): Binding | undefined {
  const { name, namespace, labels, annotations } = object.metadata;
  return readBinding({
    kind,
    ...(kind === "RoleBinding" ? { namespace } : {}),
    name,
    labels,
    annotations,
    roleRef: object["roleRef"],
    subjects: object["subjects"],
  });
}
