/**
 * A small cluster and a reconciler's run over it: the in-memory API server, a clock that jumps, and namespaces of one machine.
 *
 * @module
 */
import { reconcile } from "../../core/flow/reconcile/reconcile.ts";
import type { JudgedLease, ReconcileNeeds, Scope } from "../../core/flow/reconcile/needs.ts";
import { labels } from "../../core/kube/labels.ts";
import { createScene } from "../../core/kube/reconcile/scene.ts";
import { configMaps, nodes, reservations } from "../../core/kube/resources.ts";
import type { Holder } from "../../core/ports/holder.ts";
import type { KubeApi } from "../../core/ports/kube-api.ts";
import type { Claim } from "../../core/ports/store.ts";
import { SeenPods } from "../../core/reconcile/seen-pods.ts";
import { reconcileTimes } from "../../core/reconcile/sight.ts";
import type { RunSummary } from "../../core/reconcile/summary.ts";
import { createStage, home, type Stage } from "./cluster-stage.ts";
import { createFakeApi, type FakeApiOptions, type Transport } from "./fake-api.ts";
import { quietLog } from "./kube-client.ts";
import { attachment, holder } from "./samples.ts";

export type ReconcileStage = Stage & {
  /** Paths of this machine's namespaces to their inodes. */
  readonly namespaces: Map<string, string>;
  /** Who looks from inside a container without mount propagation is told this. */
  propagation: string | undefined;
  agentAnswers: boolean | undefined;
  /** Of all runs; `sawAll` makes as if every pod had been seen live. */
  readonly seen: SeenPods;
  readonly sawAll: () => void;
  readonly run: (options?: RunStage) => Promise<Ran>;
  /** A lease of pod `name` on `node`, with its namespace at `/run/netns/<name>`. */
  readonly leaseOf: (text: string, name: string, options?: LeaseOptions) => Claim;
  /** Names of reservations that stand. */
  readonly standing: () => readonly string[];
  /** Somebody takes the labels off a reservation. */
  readonly unlabel: (name: string) => void;
  readonly labelled: (node: string) => readonly string[];
  readonly absent: () => void;
  readonly ready: (node: string, isReady?: boolean, taints?: readonly string[]) => void;
};

export type LeaseOptions = {
  readonly node?: string;
  /** Undefined: the lease tells none. */
  readonly uid?: string | undefined;
  readonly bootId?: string;
  readonly isVoid?: boolean;
  readonly changes?: Partial<Claim>;
};

export type RunStage = Partial<Scope> & {
  readonly isDry?: boolean;
  readonly transport?: Transport;
  readonly api?: KubeApi;
  readonly needs?: Partial<ReconcileNeeds>;
  readonly signal?: AbortSignal;
};

export type Ran = {
  readonly summary: RunSummary;
  /** `<address> <verdict> <why>`, in the order in which it was told. */
  readonly told: readonly string[];
  readonly judged: readonly JudgedLease[];
  readonly failed: readonly string[];
  /** Names of reservations that nobody can judge. */
  readonly unreadable: readonly string[];
};

/** Mode `absent`, nodes node-1 and node-2 Ready with agents. Each run is of a new process. */
export function createReconcileStage(): ReconcileStage {
  const stage = createStage();
  const namespaces = new Map<string, string>();
  const seen = new SeenPods();
  const made: ReconcileStage = {
    ...stage,
    namespaces,
    propagation: undefined,
    agentAnswers: false,
    seen,
    sawAll: () => void (seen.has = () => true),
    run: (options = {}) => run(made, options),
    leaseOf: (text, name, options = {}) => leaseOf(made, { text, name }, options),
    standing: () => stage.server.all(reservations).map(({ metadata }) => metadata.name),
    unlabel: (name) => {
      const found = stage.server.read({ resource: reservations, namespace: home, name });
      if (found.kind !== "object") throw new Error(`no reservation ${name}`);
      const { labels: _labels, ...metadata } = found.object.metadata;
      stage.server.plant(reservations, { ...found.object, metadata });
    },
    labelled: (node) =>
      stage.server
        .all(reservations)
        .flatMap(({ metadata }) => (metadata.labels?.[labels.node] === node ? [metadata.name] : [])),
    absent: () =>
      stage.put(configMaps, { metadata: { name: "berth", namespace: home }, data: { whereabouts: "absent" } }),
    ready: (name, isReady = true, taints = []) =>
      stage.put(nodes, {
        metadata: { name },
        spec: { taints: taints.map((key) => ({ key, effect: "NoExecute" })) },
        status: { conditions: [{ type: "Ready", status: isReady ? "True" : "Unknown" }] },
      }),
  };
  made.absent();
  made.ready("node-1");
  made.ready("node-2");
  return made;
}

function leaseOf(
  stage: ReconcileStage,
  { text, name }: { readonly text: string; readonly name: string },
  { node = "node-1", bootId = "boot-1", isVoid = false, changes = {}, ...options }: LeaseOptions,
): Claim {
  const uid = "uid" in options ? options.uid : `uid-of-${name}`;
  const path = `/run/netns/${name}`;
  const evidence: Holder["evidence"] = isVoid
    ? { kind: "void", path, bootId, reason: "the path could not be opened" }
    : { kind: "seen", path, device: "4", inode: "101", bootId };
  return stage.lease(text, {
    holder: holder({
      node,
      pod: { namespace: "default", name, uid },
      attachment: attachment({ containerId: `container-${text}` }),
      evidence,
    }),
    ...changes,
  });
}

async function run(stage: ReconcileStage, options: RunStage): Promise<Ran> {
  const { own = "node-1", elected = true, isDry = false, transport, signal } = options;
  const api = options.api ?? createFakeApi(stage.server, apiOptions(transport));
  const { clock } = stage;
  const needs: ReconcileNeeds = {
    scene: createScene({ api, namespace: home, clock, random: { id: () => "id", below: () => 0n } }),
    namespaces: {
      look: async (path) => {
        const inode = stage.namespaces.get(path);
        return inode === undefined ? { kind: "absent" } : { kind: "namespace", device: "4", inode };
      },
      voidReason: async () => stage.propagation,
    },
    clock,
    log: quietLog,
    times: reconcileTimes,
    agentAnswers: async () => stage.agentAnswers,
    requests: () => 0,
    seen: stage.seen,
    ...options.needs,
  };
  const judged: JudgedLease[] = [];
  const failed: string[] = [];
  const unreadable: string[] = [];
  const summary = await clock.until(
    reconcile(
      needs,
      { own: "own" in options ? options.own : own, elected },
      {
        isDry,
        signal,
        told: (one) => void judged.push(one),
        unreadable: ({ name }) => void unreadable.push(name),
        failed: (what, reason) => void failed.push(`${what}: ${reason}`),
      },
    ),
  );
  return { summary, judged, failed, unreadable, told: judged.map(wordsOf) };
}

function apiOptions(transport: Transport | undefined): Partial<FakeApiOptions> {
  return transport === undefined ? {} : { transport };
}

function wordsOf({ lease, verdict }: JudgedLease): string {
  const detail = verdict.kind === "keep" || verdict.kind === "report" ? ` ${verdict.because}` : "";
  const rule = verdict.kind === "free" ? ` ${verdict.rule}` : "";
  return `${lease.name} ${verdict.kind}${detail}${rule}: ${verdict.why}`;
}
