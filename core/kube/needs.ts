/**
 * What the parts of the Kubernetes store share.
 *
 * @module
 */
import type { KubeApi, ObjectName, Refused, Unanswered } from "../ports/kube-api.ts";
import type { Place } from "../ports/store.ts";
import { reservationName } from "./names.ts";
import { reservations } from "./resources.ts";
import type { Tide } from "./tide.ts";

export type KubeStoreNeeds = {
  readonly api: KubeApi;
  /** Where the objects are. */
  readonly namespace: string;
  /** This agent's. */
  readonly journal: string;
  readonly tide: Tide;
  /** The name of the first reservation, while a further one of the same address is made (P21). */
  readonly twinOf?: string;
};

export function nameOf({ namespace }: Pick<KubeStoreNeeds, "namespace">, place: Place): ObjectName {
  return { resource: reservations, namespace, name: reservationName(place) };
}

export function reasonOf(answer: Refused | Unanswered | { readonly kind: "absent" }): string {
  switch (answer.kind) {
    case "refused":
      return answer.message;
    case "unknown":
      return answer.reason;
    case "absent":
      return "it is not there";
    default:
      return answer satisfies never;
  }
}
