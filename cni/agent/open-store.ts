/**
 * The store that the settings ask for. Nothing of the API server is loaded for the embedded one.
 *
 * @module
 */
import type { AgentSettings } from "../../core/config/agent.ts";
import { Lately } from "../../core/flow/lately.ts";
import type { FlowPorts } from "../../core/flow/ports.ts";
import { defaultNamespace } from "../../core/kube/default-namespace.ts";
import type { Mixed } from "../../core/kube/needs.ts";
import type { Log } from "../../core/ports/log.ts";
import { version } from "../../core/version.ts";

export type StorePorts = Pick<FlowPorts, "store" | "cluster" | "choice">;

export type OpenedStore =
  | {
      readonly kind: "open";
      readonly ports: StorePorts;
      /** Where its objects are; undefined on the embedded store. */
      readonly namespace: string | undefined;
      readonly close: () => void;
    }
  | { readonly kind: "refused"; readonly message: string };

/** Each pool once in ten minutes. */
export function faultTeller(log: Log, told: Lately): (fault: string) => void {
  return (fault) => {
    if (told.has(fault)) return;
    told.note(fault);
    log.warn(`Cannot read a pool: expected ${fault}`);
  };
}

type Needs = Pick<FlowPorts, "clock" | "random" | "log" | "metrics" | "journal" | "node">;

/** No request is made yet: an API server that is away does not keep the agent from starting. */
export async function openKubernetesStore(
  { kubeconfig, namespace }: AgentSettings,
  { clock, random, log, metrics, journal, node }: Needs,
): Promise<OpenedStore> {
  const { openKubeApi } = await import("../../adapters/kube/open.ts");
  const { createKubeStore } = await import("../../core/kube/store.ts");
  const { createKubeCluster } = await import("../../core/kube/cluster.ts");
  const { Entries } = await import("../../core/kube/entries.ts");
  const { Tide } = await import("../../core/kube/tide.ts");
  const userAgent = `berth-agent/${version} (${node})`;
  const opened = await openKubeApi({ kubeconfig, clock, random, log, metrics, userAgent });
  if (opened.kind === "fault") return { kind: "refused", message: `${opened.message}\nway out: ${opened.wayOut}` };
  const { api } = opened;
  const where = { api, namespace: namespace ?? api.namespace ?? defaultNamespace };
  const mixed: Mixed = { entries: new Entries({ ...where, clock, random }), mode: undefined };
  const needs = { ...where, journal: journal.id, tide: new Tide(), mixed, hears: faultTeller(log, new Lately(clock)) };
  const timestamp = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
  const cluster = createKubeCluster({
    ...needs,
    node,
    timestamp,
    nowMs: clock.nowMs,
    bootId: clock.bootId,
    newAttempt: random.id,
  });
  return {
    kind: "open",
    ports: { store: createKubeStore(needs), cluster, choice: "random" },
    namespace: where.namespace,
    close: api.close,
  };
}
