/**
 * The kinds of objects by which Whereabouts is known, beside its own.
 *
 * @module
 */
import type { Resource } from "../ports/kube-api.ts";

const rbac = { group: "rbac.authorization.k8s.io", version: "v1" } as const;
const apps = { group: "apps", version: "v1", namespaced: true } as const;

export const clusterRoles: Resource = { ...rbac, plural: "clusterroles", kind: "ClusterRole", namespaced: false };
export const roles: Resource = { ...rbac, plural: "roles", kind: "Role", namespaced: true };
export const clusterRoleBindings: Resource = {
  ...rbac,
  plural: "clusterrolebindings",
  kind: "ClusterRoleBinding",
  namespaced: false,
};
export const roleBindings: Resource = { ...rbac, plural: "rolebindings", kind: "RoleBinding", namespaced: true };

export const daemonSets: Resource = { ...apps, plural: "daemonsets", kind: "DaemonSet" };
export const deployments: Resource = { ...apps, plural: "deployments", kind: "Deployment" };
export const cronJobs: Resource = {
  group: "batch",
  version: "v1",
  plural: "cronjobs",
  kind: "CronJob",
  namespaced: true,
};
