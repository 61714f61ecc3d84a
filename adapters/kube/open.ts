/**
 * From a kubeconfig, or a pod's service account, to the API server. No request is made yet.
 *
 * @module
 */
import type { AccessFault } from "./access.ts";
import { createKubeApi, type KubeApiOptions, type OpenKubeApi } from "./api.ts";
import { askForAccess } from "./ask-for-access.ts";
import { openCredentials } from "./credentials.ts";

export type OpenOptions = Omit<KubeApiOptions, "credentials"> & {
  /** Undefined: KUBECONFIG, ~/.kube/config, or the pod's service account. */
  readonly kubeconfig: string | undefined;
};

/** A fault is a person's to put right; a server that is away, or a credential program that fails, is none. */
export async function openKubeApi(
  options: OpenOptions,
): Promise<{ readonly kind: "api"; readonly api: OpenKubeApi } | AccessFault> {
  const { clock, log, kubeconfig } = options;
  const opened = await openCredentials({ read: () => askForAccess(kubeconfig), clock, log });
  if (opened.kind === "fault") return opened;
  return { kind: "api", api: createKubeApi({ ...options, credentials: opened.credentials }) };
}
