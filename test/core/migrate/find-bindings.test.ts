/**
 * What counts as a binding of Whereabouts, among all bindings of a cluster.
 *
 * @module
 */
import { expect, test } from "vitest";
import { type Binding, bindingObject, bindingWord } from "../../../core/migrate/bindings.ts";
import { findBindings, type RoleLists } from "../../../core/migrate/find-bindings.ts";
import { roleRef, subjects } from "../../support/cluster-stage.ts";

const writes = { apiGroups: ["whereabouts.cni.cncf.io"], resources: ["ippools"], verbs: ["patch"] };

/** One role, and one binding of it. */
function find({ rules = [writes], role = {}, binding = {} }: { rules?: unknown; role?: object; binding?: object }) {
  const metadata = { name: "whereabouts-cni", ...role };
  const bound: Binding = { kind: "ClusterRoleBinding", name: "wb", roleRef, subjects, ...binding };
  const isLocal = bound.kind === "RoleBinding";
  const lists: RoleLists = {
    clusterRoles: isLocal ? [] : [{ metadata, rules }],
    roles: isLocal ? [{ metadata, rules }] : [],
    clusterRoleBindings: isLocal ? [] : [bindingObject(bound)],
    roleBindings: isLocal ? [bindingObject(bound)] : [],
  };
  const { whereabouts, others } = findBindings(lists);
  return { whereabouts: whereabouts.map(bindingWord), others: others.map(bindingWord) };
}

const local = {
  role: { namespace: "multus" },
  binding: { kind: "RoleBinding", namespace: "multus", roleRef: { ...roleRef, kind: "Role" } },
} as const;
const custom = { roleRef: { ...roleRef, name: "ipam" } };

test.for([
  { name: "of its cluster role", found: {}, whereabouts: ["ClusterRoleBinding wb"] },
  { name: "of a role in a namespace", found: local, whereabouts: ["RoleBinding multus/wb"] },
  {
    name: "of a role of the same name in another namespace, which may do nothing",
    found: { ...local, role: { namespace: "elsewhere" } },
  },
  {
    name: "of a role by another name, by the name of its account",
    found: { role: { name: "ipam" }, binding: custom },
    whereabouts: ["ClusterRoleBinding wb"],
  },
  {
    name: "of a person with that name, who is told of only",
    found: { role: { name: "ipam" }, binding: { ...custom, subjects: [{ kind: "User", name: "whereabouts" }] } },
    others: ["ClusterRoleBinding wb"],
  },
  { name: "of a role that only reads", found: { rules: [{ ...writes, verbs: ["get", "list"] }] } },
  { name: "of a role of everything, which is an administrator's", found: { rules: [{ ...writes, apiGroups: ["*"] }] } },
  { name: "of a role without rules", found: { rules: null } },
  { name: "of a role whose rules are nonsense", found: { rules: ["patch", { apiGroups: "whereabouts.cni.cncf.io" }] } },
])("a binding $name", ({ found, whereabouts = [], others = [] }) => {
  expect(find(found)).toEqual({ whereabouts, others });
});
