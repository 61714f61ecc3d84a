/**
 * Where the objects are when nobody says so.
 *
 * @module
 */

/** Where Whereabouts keeps its objects when its kubeconfig names no namespace (P2). */
export const defaultNamespace = "kube-system";
