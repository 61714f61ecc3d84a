/**
 * What an agent watches of the cluster, over the API server (P4, P14 to P16).
 *
 * @module
 */
import type { KubeApi } from "../ports/kube-api.ts";
import type { Cluster, Happening, OwnAnswer, Reservation, SettingAnswer } from "../ports/cluster.ts";
import type { Pod } from "../ports/holder.ts";
import { formatClaimText } from "./claim-text.ts";
import { entrySights, writeEntry } from "./entry-sights.ts";
import { eventOf } from "./event.ts";
import { annotations, labels, selector } from "./labels.ts";
import { look } from "./look.ts";
import { mark, relabel } from "./mark.ts";
import { readMode } from "./mode.ts";
import { isMixed } from "./needs.ts";
import { removeOrphanedTwins } from "./orphaned-twins.ts";
import { readNodeHealth } from "./node-health.ts";
import { readLivingPods, readPodState } from "./pod-state.ts";
import { reasonOf } from "./reason.ts";
import { readReservation } from "./reservation.ts";
import { events, pools, reservations } from "./resources.ts";
import { adopt, type StrayNeeds, strays } from "./strays.ts";
import { revisionOf } from "./version.ts";

export type KubeClusterNeeds = StrayNeeds & {
  /** RFC 3339 text of such a time. */
  readonly timestamp: (ms: number) => string;
};

const pageSize = 500;

export function createKubeCluster(needs: KubeClusterNeeds): Cluster {
  const { api, tide } = needs;
  return {
    own: () => own(needs),
    look: (place) => look(needs, place),
    pulse: async () => {
      const sentAt = tide.high;
      const answer = await api.list({ ...query(needs), limit: 1, metadataOnly: true });
      if (answer.kind !== "page") return { kind: "unknown", reason: reasonOf(answer) };
      tide.saw(sentAt, answer.resourceVersion);
      return { kind: "revision", revision: revisionOf(answer.resourceVersion) };
    },
    mode: async () => {
      const answer = await readMode(needs);
      if (answer.kind === "mode" && needs.mixed !== undefined) needs.mixed.mode = answer.mode;
      return answer;
    },
    setting: () => setting(needs),
    contest: (standing, lease) =>
      mark(needs, standing, { annotations: { [annotations.contested]: formatClaimText(lease) } }),
    relabel: (standing) => relabel(needs, standing),
    removeOrphans: () => removeOrphans(needs),
    entries: (leases) => entrySights(needs, leases),
    writeEntry: (lease, was) => writeEntry(needs, lease, was),
    strays: (containers, look) => strays(needs, containers, look),
    adopt: (stray) => adopt(needs, stray),
    podLives: (pod) => podLives(api, pod),
    livingPods: () => readLivingPods(api, needs.node),
    nodeHealth: () => readNodeHealth(api, needs.node),
    tell: (happening) => tell(needs, happening),
    seen: () => tide.high,
    resume: (seen) => tide.resume(seen),
    falls: () => tide.falls,
    answers: () => tide.answers,
    connections: () => api.connections(),
  };
}

/** What landed late, and nobody's journal tells of. */
async function removeOrphans(needs: KubeClusterNeeds): ReturnType<Cluster["removeOrphans"]> {
  const twins = await removeOrphanedTwins(needs);
  const entries = isMixed(needs) ? await needs.mixed.entries.removeLate() : 0;
  if (twins.kind === "unknown") return twins;
  return typeof entries === "string"
    ? { kind: "unknown", reason: entries }
    : { kind: "done", removed: twins.removed + entries };
}

function query({ namespace }: KubeClusterNeeds) {
  return { resource: reservations, namespace, cached: false } as const;
}

async function own(needs: KubeClusterNeeds): Promise<OwnAnswer> {
  const found: Reservation[] = [];
  let next: string | undefined;
  let revision = -1n;
  do {
    const sentAt = needs.tide.high;
    const isFirst = next === undefined;
    const answer = await needs.api.list({
      ...query(needs),
      labels: selector({ [labels.node]: needs.node }),
      limit: pageSize,
      next,
      metadataOnly: false,
    });
    if (answer.kind !== "page") return { kind: "unknown", reason: reasonOf(answer) };
    if (isFirst) {
      needs.tide.saw(sentAt, answer.resourceVersion);
      revision = revisionOf(answer.resourceVersion);
    }
    for (const item of answer.items) {
      const reservation = readReservation(item);
      // Two long names may share a label: the annotation has the whole.
      if (reservation?.holder?.node === needs.node) found.push(reservation);
    }
    next = answer.next;
  } while (next !== undefined);
  return { kind: "own", reservations: found, revision };
}

/** Whether the kinds are there, may be read, and are used in this namespace (P2, F13). */
async function setting({ api, namespace }: KubeClusterNeeds): Promise<SettingAnswer> {
  const ask = { resource: pools, cached: true, metadataOnly: true, limit: 1 } as const;
  const here = await api.list({ ...ask, namespace });
  if (here.kind === "unknown") return { kind: "unknown", reason: here.reason };
  if (here.kind === "refused") {
    if (here.status === 401) return { kind: "unknown", reason: here.message };
    return {
      kind: "unfit",
      reason:
        here.status === 404
          ? `the kind IPPool (whereabouts.cni.cncf.io/v1alpha1), which this cluster lacks: kubectl apply -f crds/`
          : here.message,
    };
  }
  if (here.items.length > 0) return { kind: "fine" };
  const all = await api.list({ ...ask, namespace: undefined });
  // Who may not look into other namespaces is not kept from working in this one; what was not answered may be there.
  if (all.kind === "refused" && all.status === 403) return { kind: "fine" };
  if (all.kind !== "page") return { kind: "unknown", reason: reasonOf(all) };
  const other = all.items[0]?.metadata.namespace;
  return other === undefined || other === namespace ? { kind: "fine" } : { kind: "elsewhere", namespace, other };
}

async function podLives(api: KubeApi, pod: Pod): Promise<boolean | undefined> {
  const state = await readPodState(api, pod);
  return state.kind === "pod" ? state.lives : undefined;
}

function tell(needs: KubeClusterNeeds, happening: Happening): void {
  void needs.api.create(events, eventOf(happening, needs));
}
