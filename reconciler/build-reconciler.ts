/**
 * Builds what touches the world, for one reconciler: the only place of this program that knows the adapters.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { createAdminClient } from "../adapters/admin/client.ts";
import { createCron } from "../adapters/cron/cron.ts";
import { openKubeApi } from "../adapters/kube/open.ts";
import { createNamespaces } from "../adapters/netns/namespaces.ts";
import { createLog } from "../adapters/observe/log.ts";
import { createMetrics } from "../adapters/observe/metrics.ts";
import { createClock } from "../adapters/system/clock.ts";
import { createRandom } from "../adapters/system/random.ts";
import type { ReconcilerSettings } from "../core/config/reconciler.ts";
import type { ReconcileNeeds } from "../core/flow/reconcile/needs.ts";
import { defaultNamespace } from "../core/kube/default-namespace.ts";
import { createScene } from "../core/kube/reconcile/scene.ts";
import type { Cron } from "../core/ports/cron.ts";
import type { KubeApi } from "../core/ports/kube-api.ts";
import type { Metrics } from "../core/ports/metrics.ts";
import type { Random } from "../core/ports/random.ts";
import { SeenPods } from "../core/reconcile/seen-pods.ts";
import { version } from "../core/version.ts";

export type World = {
  /** What one run needs. */
  readonly needs: ReconcileNeeds;
  readonly api: KubeApi;
  /** Where its objects are. */
  readonly namespace: string;
  readonly random: Random;
  readonly cron: Cron;
  readonly metrics: Metrics;
  readonly metricsText: () => Promise<string>;
  /** The schedule's mounted file; undefined: there is none, or it cannot be read. */
  readonly readScheduleFile: () => Promise<string | undefined>;
  readonly close: () => void;
};

export type Built =
  | { readonly kind: "built"; readonly world: World }
  | { readonly kind: "refused"; readonly message: string };

/** No request is made yet. @param isByHand standard output is for what was asked for, and a person wants no more than that */
export async function buildReconciler(settings: ReconcilerSettings, isByHand: boolean): Promise<Built> {
  const { kubeconfig, nodeName, adminSocket, grace, waiting, scheduleFile } = settings;
  const clock = createClock();
  const random = createRandom();
  const log = isByHand
    ? createLog(settings.logLevel === "info" ? "warn" : settings.logLevel, "berth-reconciler", "stderr")
    : createLog(settings.logLevel, "berth-reconciler");
  const exposed = createMetrics("reconciler");
  exposed.set("berth_build_info", 1, { version });
  const { metrics, requests } = counting(exposed);
  const userAgent = `berth-reconciler/${version} (${nodeName})`;
  const opened = await openKubeApi({ kubeconfig, clock, random, log, metrics, userAgent });
  if (opened.kind === "fault") return { kind: "refused", message: `${opened.message}\nway out: ${opened.wayOut}` };
  const { api } = opened;
  const namespace = settings.namespace ?? api.namespace ?? defaultNamespace;
  const needs: ReconcileNeeds = {
    scene: createScene({ api, namespace, clock, random }),
    namespaces: createNamespaces(),
    clock,
    log,
    times: { graceMs: grace * 1000, waitingMs: waiting * 1000 },
    agentAnswers: agentAnswers(adminSocket, nodeName),
    seen: new SeenPods(),
    requests,
  };
  const world: World = {
    needs,
    api,
    namespace,
    random,
    metrics,
    cron: createCron(),
    metricsText: exposed.text,
    readScheduleFile: async () => (scheduleFile === undefined ? undefined : textOf(scheduleFile)),
    close: api.close,
  };
  return { kind: "built", world };
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}

/** An agent on this socket that looks after this node's leases in the cluster, and can. */
function agentAnswers(adminSocket: string, nodeName: string): ReconcileNeeds["agentAnswers"] {
  const admin = createAdminClient(adminSocket);
  return async () => {
    const reached = await admin.status();
    if (reached.kind === "unreachable" || reached.answer.kind !== "done") return undefined;
    const { store, node, ready } = reached.answer;
    return store === "kubernetes" && node === nodeName && ready.ok;
  };
}

function counting(metrics: Metrics): { readonly metrics: Metrics; readonly requests: () => number } {
  let sent = 0;
  const count: Metrics["count"] = (name, ...labels) => {
    if (name === "berth_api_requests_total") sent += 1;
    metrics.count(name, ...labels);
  };
  return { metrics: { ...metrics, count }, requests: () => sent };
}
