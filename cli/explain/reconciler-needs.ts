/**
 * What a reconciler sees, seen by a person: nothing is waited for and nothing is changed.
 *
 * @module
 */
import type { ReconcileNeeds } from "../../core/flow/reconcile/needs.ts";
import { createScene } from "../../core/kube/reconcile/scene.ts";
import { reconcileTimes } from "../../core/reconcile/sight.ts";
import type { ChosenStore } from "../choose-store.ts";
import type { OpenedCluster } from "../cluster/open-cluster.ts";
import type { Session } from "../world.ts";
import { countingApi } from "./counting-api.ts";

export function reconcilerNeeds(
  { world }: Session,
  store: Extract<ChosenStore, { kind: "kubernetes" }>,
  { api, namespace }: OpenedCluster,
): ReconcileNeeds {
  const { clock, random, namespaces } = world;
  const silent = () => undefined;
  const counting = countingApi(api);
  return {
    scene: createScene({ api: counting.api, namespace, clock, random }),
    namespaces,
    clock,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    times: reconcileTimes,
    agentAnswers: async () => store.status?.ready.ok,
    requests: counting.requests,
  };
}

/** The node whose network namespaces can be seen here: that of this machine's agent, also of one that does not answer. */
export function ownNode({ world, settings }: Session, store: ChosenStore): string | undefined {
  if (store.status !== undefined) return store.status.node;
  const opened = world.openInventory(settings.stateDir);
  if (opened.kind !== "open") return undefined;
  opened.close();
  return opened.store === store.kind ? settings.nodeName : undefined;
}
