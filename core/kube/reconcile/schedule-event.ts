/**
 * A wrong schedule, told on the ConfigMap that has it.
 *
 * @module
 */
import type { KubeApi } from "../../ports/kube-api.ts";
import type { Trouble } from "../../reconcile/in-force.ts";
import { eventKey, formatEvent, type Teller } from "../event.ts";
import { events } from "../resources.ts";

export type ScheduleEventNeeds = {
  readonly api: Pick<KubeApi, "create">;
  readonly teller: Teller;
  /** Of the ConfigMap. */
  readonly namespace: string;
  readonly name: string;
};

/** All members tell the same: it is one Event for each edition. Never throws. */
export async function tellSchedule(needs: ScheduleEventNeeds, { failure, configMap }: Trouble): Promise<void> {
  const { namespace, name } = needs;
  const { uid = "", resourceVersion = "" } = configMap ?? {};
  const telling = {
    type: "Warning",
    reason: "BerthInvalidSchedule",
    message: `${failure.message}; ${failure.details}`,
    about: { apiVersion: "v1", kind: "ConfigMap", namespace, name, uid },
    key: eventKey(namespace, name, uid, resourceVersion, failure.message),
  } as const;
  await needs.api.create(events, formatEvent(telling, needs.teller));
}
