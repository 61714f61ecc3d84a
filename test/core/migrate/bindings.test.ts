/**
 * A binding as it is kept while it is taken away: all that was in force comes back, and what cannot be kept is told.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import {
  type Binding,
  bindingObject,
  bindingOf,
  bindingWord,
  formatBindings,
  readBindings,
} from "../../../core/migrate/bindings.ts";
import { roleRef, subjects } from "../../support/cluster-stage.ts";

const plain: Binding = { kind: "ClusterRoleBinding", name: "wb", roleRef, subjects };
const full: Binding = {
  kind: "RoleBinding",
  namespace: "multus",
  name: "wb",
  labels: { tier: "node" },
  annotations: { "helm.sh/chart": "whereabouts" },
  roleRef: { ...roleRef, kind: "Role" },
  subjects: [{ kind: "Group", name: "nodes", apiGroup: roleRef.apiGroup }, ...subjects],
};

describe.each([
  { name: "of the whole cluster, without marks", binding: plain },
  { name: "of a namespace, with labels, annotations and subjects of two kinds", binding: full },
  { name: "that binds nobody", binding: { ...plain, subjects: [] } },
])("a binding $name", ({ binding }) => {
  test("is the same after it was kept as text", () => {
    expect(readBindings(formatBindings([binding]))).toEqual([binding]);
  });

  test("is the same after it was made again", () => {
    expect(bindingOf(bindingObject(binding), binding.kind)).toEqual(binding);
  });
});

test("a binding whose object has no list of subjects binds nobody", () => {
  expect(bindingOf({ metadata: { name: "wb" }, roleRef }, "ClusterRoleBinding")).toEqual({ ...plain, subjects: [] });
});

test.for([
  { name: "subjects that are no list", object: { roleRef, subjects: "all" } },
  { name: "a subject without a name", object: { roleRef, subjects: [{ kind: "User" }] } },
  { name: "a role without a name", object: { roleRef: { ...roleRef, name: 1 }, subjects } },
  { name: "no role", object: { subjects } },
])("an object with $name is no binding that could be made again", ({ object }) => {
  expect(bindingOf({ metadata: { name: "wb" }, ...object }, "ClusterRoleBinding")).toBeUndefined();
});

test("labels that are no text are not kept, the others are", () => {
  const text = JSON.stringify([{ ...plain, labels: { tier: "node", size: 3 } }]);
  expect(readBindings(text)).toEqual([{ ...plain, labels: { tier: "node" } }]);
});

test("a binding of a namespace is named with it", () => {
  expect([plain, full].map(bindingWord)).toEqual(["ClusterRoleBinding wb", "RoleBinding multus/wb"]);
});
