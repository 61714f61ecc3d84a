/**
 * What the parts of the Kubernetes store share.
 *
 * @module
 */
import type { KubeApi, ObjectName } from "../ports/kube-api.ts";
import type { Mode } from "../ports/cluster.ts";
import type { Place } from "../ports/store.ts";
import type { Entries } from "./entries.ts";
import { reservationName } from "./names.ts";
import { reservations } from "./resources.ts";
import type { Tide } from "./tide.ts";

export type Mixed = {
  readonly entries: Entries;
  /** As it was last confirmed; undefined counts as present (P4). */
  mode: Mode | undefined;
};

export type KubeStoreNeeds = {
  readonly api: KubeApi;
  /** Where the objects are. */
  readonly namespace: string;
  /** This agent's. */
  readonly journal: string;
  readonly tide: Tide;
  /** What Whereabouts beside needs; left out: there is none. */
  readonly mixed?: Mixed;
  /** Hears of a pool that only a person can put right: what goes after "expected". Left out: nobody is told. */
  readonly hears?: (fault: string) => void;
  /** The name of the first reservation, while a further one of the same address is made (P21). */
  readonly twinOf?: string;
};

export function nameOf({ namespace }: Pick<KubeStoreNeeds, "namespace">, place: Place): ObjectName {
  return { resource: reservations, namespace, name: reservationName(place) };
}

/** Whether an entry is half of the proof now (P4, P6). */
export function isMixed(needs: KubeStoreNeeds): needs is KubeStoreNeeds & { readonly mixed: Mixed } {
  return needs.mixed !== undefined && needs.mixed.mode !== "absent";
}
