/**
 * How pods of Berth are known, in any namespace: by these labels of the manifests' pods.
 *
 * @module
 */

/** `name` is `berth`; `component` is `agent` or `reconciler`. */
export const berthLabels = { name: "app.kubernetes.io/name", component: "app.kubernetes.io/component" } as const;
