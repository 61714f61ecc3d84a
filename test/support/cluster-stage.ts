/**
 * A cluster in memory on its way from Whereabouts to Berth: what `berthctl migrate` and `import` look at.
 *
 * @module
 */
import { entryOf } from "../../core/kube/mixed.ts";
import { addSteps } from "../../core/kube/pool-entries-patch.ts";
import { entryKey, readEntries } from "../../core/kube/pool-entries.ts";
import { formatReservation } from "../../core/kube/reservation.ts";
import { configMaps, leases, nodeSlicePools, nodes, pods, pools, reservations } from "../../core/kube/resources.ts";
import { checkImport } from "../../core/migrate/check-import.ts";
import type { Difference } from "../../core/migrate/difference.ts";
import { clusterRoleBindings, clusterRoles, daemonSets } from "../../core/migrate/kinds.ts";
import { defaultMigrateLimits, type MigrateLimits } from "../../core/migrate/limits.ts";
import type { MigrateNeeds } from "../../core/migrate/needs.ts";
import type { Progress, Watch } from "../../core/migrate/progress.ts";
import type { KubeApi, KubeMetadata, KubeObject, Resource } from "../../core/ports/kube-api.ts";
import type { Claim } from "../../core/ports/store.ts";
import { createFakeApi, type FakeApiOptions } from "./fake-api.ts";
import { createFakeServer, type FakeServer } from "./fake-api-server.ts";
import { address, attachment, claim, holder } from "./samples.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

export const home = "kube-system";

export type Stage = {
  readonly server: FakeServer;
  readonly clock: VirtualClock;
  readonly api: KubeApi;
  readonly needs: (api?: KubeApi, limits?: Partial<MigrateLimits>) => MigrateNeeds;
  readonly put: (resource: Resource, object: Partial<KubeObject> & { readonly metadata: KubeMetadata }) => void;
  readonly remove: (resource: Resource, name: string, namespace?: string) => void;
  /** A node with a Ready agent that found no foreign executable; other than that by `changes`. */
  readonly node: (
    name: string,
    agent?: { readonly isReady?: boolean; readonly foreign?: string | undefined } | "none",
  ) => void;
  readonly pod: (
    name: string,
    options?: { readonly phase?: string; readonly node?: string; readonly uid?: string },
  ) => void;
  readonly pool: (range: string, options?: PoolOptions) => void;
  /** What an agent of Berth holds in pool 10.0.0.0/24 of network blue: the reservation alone. */
  readonly lease: (text: string, changes?: Partial<Claim>, twinOf?: string) => Claim;
  /** The entry of a lease, or of Whereabouts. */
  readonly entry: (pool: string, text: string, value: { id: string; podref: string; ifname?: string }) => void;
  /** Both halves. */
  readonly held: (text: string, changes?: Partial<Claim>) => Claim;
  readonly entries: (pool?: string) => readonly string[];
  readonly mode: () => { readonly [key: string]: string };
  readonly bindings: () => readonly string[];
};

export type PoolOptions = {
  readonly name?: string;
  readonly namespace?: string;
  readonly network?: string | undefined;
  readonly allocations?: unknown;
};

/** Nodes node-1 and node-2 with agents, pool 10.0.0.0/24 of network blue, Whereabouts bound and otherwise gone. */
export function createStage(): Stage {
  const clock = createVirtualClock();
  const server = createFakeServer({ nowMs: clock.nowMs });
  const api = createFakeApi(server);
  const put: Stage["put"] = (resource, object) => {
    const { name, namespace, uid = `uid-of-${object.metadata.name}` } = object.metadata;
    server.plant(resource, {
      ...object,
      metadata: { ...object.metadata, name, uid, ...(namespace === undefined ? {} : { namespace }) },
    });
  };
  const claimOf = (text: string, changes: Partial<Claim>) =>
    claim(text, {
      holder: holder({
        attachment: attachment({ containerId: `container-${text}` }),
        pod: { namespace: "default", name: `pod-${text}`, uid: `uid-of-pod-${text}` },
      }),
      ...changes,
    });
  const stage: Stage = {
    server,
    clock,
    api,
    needs: (given = api, limits = {}) => ({
      api: given,
      namespace: home,
      clock,
      limits: { ...defaultMigrateLimits, ...limits },
      formatTime: (ms) => new Date(ms).toISOString(),
      parseTime: (text) => (Number.isNaN(Date.parse(text)) ? undefined : Date.parse(text)),
    }),
    put,
    remove: (resource, name, namespace) => server.uproot({ resource, name, namespace }),
    node: (name, agent = {}) => {
      put(nodes, { metadata: { name } });
      if (agent === "none") return;
      const { isReady = true, foreign = "none" } =
        "foreign" in agent ? { ...agent, foreign: agent.foreign ?? "" } : agent;
      const annotations =
        "foreign" in agent && agent.foreign === undefined ? {} : { "ipam.berth.io/foreign-plugin": foreign };
      const labels = { "app.kubernetes.io/name": "berth", "app.kubernetes.io/component": "agent" };
      put(pods, {
        metadata: { name: `berth-agent-${name}`, namespace: "berth-system", labels, annotations },
        spec: { nodeName: name },
        status: { phase: "Running", conditions: [{ type: "Ready", status: isReady ? "True" : "False" }] },
      });
    },
    pod: (name, { phase = "Running", node = "node-1", uid = `uid-of-${name}` } = {}) =>
      put(pods, { metadata: { name, namespace: "default", uid }, spec: { nodeName: node }, status: { phase } }),
    pool: (range, { name, namespace = home, network = "blue", allocations = {} } = {}) => {
      const usual = `${network}-${range.replace(/[/:]/g, "-")}`;
      put(pools, { metadata: { name: name ?? usual, namespace }, spec: { range, allocations } });
    },
    lease: (text, changes = {}, twinOf) => {
      const made = claimOf(text, changes);
      const object = formatReservation(made, {
        namespace: home,
        journal: "journal-1",
        ...(twinOf === undefined ? {} : { twinOf }),
      });
      if (object === undefined) throw new Error(`no object can be named for ${text}`);
      const answer = server.create(reservations, object);
      if (answer.kind !== "object") throw new Error(JSON.stringify(answer));
      return made;
    },
    entry: (pool, text, value) => {
      const name = { resource: pools, namespace: home, name: pool };
      const found = server.read(name);
      const read = found.kind === "object" ? readEntries(found.object) : undefined;
      if (read?.kind !== "entries") throw new Error(`no pool ${pool}`);
      const key = entryKey(read.base, address(text));
      if (key === undefined) throw new Error(`no key for ${text}`);
      const answer = server.patch(name, addSteps(read, [{ ...value, key }]));
      if (answer.kind !== "object") throw new Error(JSON.stringify(answer));
    },
    held: (text, changes) => {
      const made = stage.lease(text, changes);
      stage.entry("blue-10.0.0.0-24", text, entryOf(made));
      return made;
    },
    entries: (pool = "blue-10.0.0.0-24") => {
      const found = server.read({ resource: pools, namespace: home, name: pool });
      const spec = found.kind === "object" ? found.object["spec"] : undefined;
      return Object.keys((spec as { allocations: object }).allocations);
    },
    mode: () => {
      const found = server.read({ resource: configMaps, namespace: home, name: "berth" });
      return found.kind === "object" ? (found.object["data"] as { [key: string]: string }) : {};
    },
    bindings: () => server.all(clusterRoleBindings).map(({ metadata }) => metadata.name),
  };
  stage.node("node-1");
  stage.node("node-2");
  stage.pool("10.0.0.0/24");
  bindWhereabouts(stage);
  return stage;
}

const rbac = "rbac.authorization.k8s.io";
export const subjects = [{ kind: "ServiceAccount", name: "whereabouts", namespace: home }];
export const roleRef = { apiGroup: rbac, kind: "ClusterRole", name: "whereabouts-cni" };

/** As its manifests do; and others who are no Whereabouts. */
export function bindWhereabouts({ put }: Stage): void {
  const rules = [{ apiGroups: ["whereabouts.cni.cncf.io"], resources: ["ippools"], verbs: ["get", "patch", "delete"] }];
  put(clusterRoles, { metadata: { name: "whereabouts-cni" }, rules });
  put(clusterRoles, { metadata: { name: "berth-agent" }, rules });
  put(clusterRoles, {
    metadata: { name: "cluster-admin" },
    rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
  });
  put(clusterRoleBindings, { metadata: { name: "whereabouts", labels: { tier: "node" } }, roleRef, subjects });
  put(clusterRoleBindings, {
    metadata: { name: "berth-agent" },
    roleRef: { ...roleRef, name: "berth-agent" },
    subjects: [{ kind: "ServiceAccount", name: "berth-agent", namespace: "berth-system" }],
  });
  put(clusterRoleBindings, {
    metadata: { name: "admins" },
    roleRef: { ...roleRef, name: "cluster-admin" },
    subjects: [{ kind: "Group", name: "system:masters", apiGroup: rbac }],
  });
}

/** Whereabouts' own list of slices says that each of these nodes has this one. */
export function sliceFor(
  { put }: Stage,
  nodeNames: readonly string[],
  { network = "blue", range = "10.0.0.0/24", sliceRange = "10.0.0.0/28" } = {},
): void {
  put(nodeSlicePools, {
    metadata: { name: network, namespace: home },
    spec: { range, sliceSize: "/28" },
    status: { allocations: nodeNames.map((nodeName) => ({ nodeName, sliceRange })) },
  });
}

/** What `import --check` tells. */
export async function differencesOf({ clock, needs }: Stage): Promise<readonly Difference[]> {
  const checked = await clock.until(checkImport(needs()));
  if (checked.kind !== "checked") throw new Error(checked.what);
  return checked.differences;
}

export function daemonSet(stage: Stage): void {
  stage.put(daemonSets, {
    metadata: { name: "whereabouts", namespace: home },
    spec: { template: { spec: { containers: [{ name: "whereabouts", image: "ghcr.io/x/whereabouts:v0.9.4" }] } } },
  });
}

export function renewedLease({ put, clock }: Stage, minutesAgo: number): void {
  const renewTime = new Date(clock.nowMs() - minutesAgo * 60_000).toISOString().replace("Z", "000Z");
  put(leases, { metadata: { name: "whereabouts", namespace: home }, spec: { renewTime } });
}

export type Watched = Watch & { readonly told: Progress[]; readonly stop: () => void };

/** @param onSay runs at each step that is told */
export function watched(onSay: (progress: Progress) => void = () => undefined): Watched {
  const controller = new AbortController();
  const told: Progress[] = [];
  return {
    told,
    stop: () => controller.abort(),
    signal: controller.signal,
    say: async (progress) => {
      told.push(progress);
      onSay(progress);
    },
  };
}

/** A client whose program dies before or after one of its calls: from then on nothing comes back. */
export function dyingApi(server: FakeServer, at: number) {
  const calls: string[] = [];
  let die: () => void = () => undefined;
  const died = new Promise<"died">((resolve) => {
    die = () => resolve("died");
  });
  const never = new Promise<never>(() => undefined);
  const transport: FakeApiOptions["transport"] = async (call, deed) => {
    calls.push(`before ${call.verb} ${call.resource} ${call.name}`);
    if (calls.length > at) return (die(), never);
    const answer = deed();
    calls.push(`after ${call.verb} ${call.resource} ${call.name}`);
    if (calls.length > at) return (die(), never);
    return answer;
  };
  return { api: createFakeApi(server, { transport }), died, calls };
}
