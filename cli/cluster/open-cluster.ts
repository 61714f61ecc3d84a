/**
 * The API server of the cluster whose addresses are asked about, for as long as a command needs it.
 *
 * @module
 */
import { defaultNamespace } from "../../core/kube/default-namespace.ts";
import type { KubeApi } from "../../core/ports/kube-api.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { refusal, tell } from "../refusal.ts";
import type { Session } from "../world.ts";

export type OpenedCluster = {
  readonly api: KubeApi;
  /** Where the objects are: `--namespace`, else that of the kubeconfig's context, else the one that Whereabouts takes. */
  readonly namespace: string;
};

/** No request is made yet. Kubeconfig and namespace are found as the agent finds them. */
export async function withCluster(
  { world, settings, terminal }: Session,
  body: (cluster: OpenedCluster) => Promise<ExitCode>,
): Promise<ExitCode> {
  const opened = await world.openApi(settings.kubeconfig);
  if (opened.kind === "fault") return tell(terminal, refusal(exitCodes.usage, opened.message, opened.wayOut));
  const { api, close } = opened;
  try {
    return await body({ api, namespace: settings.namespace ?? api.namespace ?? defaultNamespace });
  } finally {
    close();
  }
}
