/**
 * The table of verdicts (P17, P18): what is proven stale is freed; whatever is missing, late or unreadable keeps a lease.
 *
 * @module
 */
import { formatAddress } from "../ip/address-text.ts";
import type { LeaseSight, NodeSight, PodSight, ReconcileTimes, Watched } from "./sight.ts";
import type { FreeRule, KeepReason, Verdict } from "./verdict.ts";

/** Pure. Whoever carries a `free` out does it as a compare-and-set on `sight.lease.version` (P12). */
export function judge(sight: LeaseSight, watched: Watched, times: ReconcileTimes): Verdict {
  const { lease } = sight;
  if (lease.kind === "withheld") return keep("withheld", "an operator keeps it back");
  const weighed = weighPod(sight);
  const verdict = weighed.kind === "gone" ? judgeSuspect(sight, weighed, { watched, times }) : weighed;
  const isStale = verdict.kind === "free" || verdict.kind === "suspect";
  // A stale one is handed over to the other lease; one that is kept is told (P15).
  return lease.contested === undefined || isStale
    ? verdict
    : { kind: "conflict", why: `another living lease has it, too: that of ${podWord(lease.contested.holder?.pod)}` };
}

/** What is left to decide where the pod does not: `word` says why it does not. */
type Gone = { readonly kind: "gone"; readonly word: string; readonly isUnnamed: boolean };

function weighPod({ pod, node }: LeaseSight): Verdict | Gone {
  switch (pod.kind) {
    case "lives":
    case "pending":
      return weighLiving(pod, node);
    case "unknown":
      return unread(`its pod cannot be read: ${pod.reason}`);
    case "gone":
      return { kind: "gone", word: goneWords[pod.why], isUnnamed: false };
    case "unnamed":
      return { kind: "gone", word: "it names no pod", isUnnamed: true };
    default:
      return pod satisfies never;
  }
}

/**
 * P11 shares nothing by name: a pod that only bears the name does not get the address again, so where the sandbox is proven gone nobody
 * uses it (rule 1). No other rule looks at the sandbox: there the pod may be the lease's own.
 */
function weighLiving(
  { kind, isByName }: Extract<PodSight, { kind: "lives" | "pending" }>,
  node: NodeSight,
): Verdict | Gone {
  if (isByName === true && node.kind === "own" && node.namespace.kind === "gone")
    return { kind: "gone", word: "it names its pod without a uid", isUnnamed: false };
  return kind === "pending" ? keep("pending", "its pod exists and has not run yet") : keep("live", "its pod exists");
}

function judgeSuspect({ lease, node }: LeaseSight, { word: gone, isUnnamed }: Gone, clocked: Clocked): Verdict {
  const name = lease.holder?.node ?? "";
  switch (node.kind) {
    case "own":
      return judgeOwn(node, gone, clocked);
    case "lost":
      return judgeLost({ lease, gone, isUnnamed }, node, clocked);
    case "silent":
      return report(
        "node-silent",
        `${gone}; node ${name} is not Ready, so it may still run there`,
        `when its machine is off: kubectl taint nodes ${name} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute`,
      );
    case "served":
      return keep("its-node", `${gone}; the member on node ${name} judges it`);
    case "unserved":
      return judgeUnserved(`${gone}; no pod of Berth runs on node ${name}`, name, clocked);
    case "none":
      return judgeNodeless({ lease, gone, isUnnamed }, node, clocked);
    case "unknown":
      return unread(`${gone}; node ${name} cannot be read: ${node.reason}`);
    default:
      return node satisfies never;
  }
}

type Subject = { readonly lease: LeaseSight["lease"]; readonly gone: string; readonly isUnnamed: boolean };

type Clocked = { readonly watched: Watched; readonly times: ReconcileTimes };

/** Rule 1, by the member while no agent is Ready. */
function judgeOwn(
  { namespace, agent }: Extract<NodeSight, { kind: "own" }>,
  gone: string,
  { watched, times }: Clocked,
): Verdict {
  if (namespace.kind === "stands") return keep("live", `${gone}, but its network namespace stands`);
  if (namespace.kind === "unproven") return keep("evidence-missing", `${gone}; ${namespace.why}`);
  const why = `${gone}; ${namespace.why}`;
  if (agent === "ready") return keep("its-agent", `${why}: the agent of this node gives it back`);
  if (agent !== "none") return unread(`${why}; ${agent.unknown}`);
  return stale(1, why, { watched, waitMs: times.graceMs });
}

/** Rule 2. Without a pod's name nobody can tell whether Kubernetes has taken it away. */
function judgeLost(
  { lease, gone, isUnnamed }: Subject,
  { why }: Extract<NodeSight, { kind: "lost" }>,
  { watched, times }: Clocked,
): Verdict {
  const node = `node ${lease.holder?.node ?? ""} is ${why === "absent" ? "gone" : why}`;
  if (isUnnamed) return report("nameless", `${gone}, and ${node}`, releaseCommand(lease));
  const waitMs = why === "absent" ? Math.max(times.waitingMs, times.graceMs) : times.graceMs;
  return stale(2, `${gone}; ${node}`, { watched, waitMs });
}

function judgeUnserved(why: string, node: string, { watched, times }: Clocked): Verdict {
  if (watched.ms < times.waitingMs) return suspect(undefined, why);
  return report("no-berth", why, `berthctl release --node ${node}`);
}

/**
 * Whereabouts writes no node. While every node answers all the time, a kubelet has ended what Kubernetes does not know: a pod that was
 * seen and is still missing after the waiting time runs nowhere.
 */
function judgeNodeless(
  { lease, gone, isUnnamed }: Subject,
  { silent, isSteady, isMarked, wasSeen }: Extract<NodeSight, { kind: "none" }>,
  { watched, times }: Clocked,
): Verdict {
  if (isMarked || isUnnamed)
    return report("nameless", `${gone}, and it names no node that could be asked`, releaseCommand(lease));
  if (!wasSeen)
    return report(
      "nameless",
      `${gone}, and nobody here saw it live: it may be no pod that Kubernetes knows`,
      releaseCommand(lease),
    );
  const [first, ...others] = silent;
  if (first === undefined && !isSteady) return keep("in-grace", `${gone}; a node was away meanwhile`);
  if (first === undefined)
    return stale(3, `${gone}; Whereabouts gave it, and every node answers`, {
      watched,
      waitMs: Math.max(times.graceMs, times.waitingMs),
    });
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return report(
    "node-silent",
    `${gone}; it names no node, and node ${first}${more} does not answer`,
    releaseCommand(lease),
  );
}

/** Seen at least twice, so far apart, the last time without a cache (P17). */
function stale(
  rule: FreeRule,
  why: string,
  { watched, waitMs }: { readonly watched: Watched; readonly waitMs: number },
): Verdict {
  if (watched.ms > 0 && watched.ms < waitMs) return keep("in-grace", why);
  return watched.ms >= waitMs && watched.isUncached ? { kind: "free", rule, why } : suspect(rule, why);
}

const goneWords: { readonly [why in Extract<PodSight, { kind: "gone" }>["why"]]: string } = {
  absent: "its pod does not exist",
  "another uid": "its pod was replaced by one of the same name",
  ended: "its pod has ended",
};

function podWord(pod: { readonly namespace: string; readonly name: string } | undefined): string {
  return pod === undefined ? "a container without a pod" : `pod ${pod.namespace}/${pod.name}`;
}

function releaseCommand({ place }: LeaseSight["lease"]): string {
  const network = place.network === "" ? "" : ` --network ${place.network}`;
  return `berthctl release ${formatAddress(place.address)}${network}`;
}

function keep(because: KeepReason, why: string): Verdict {
  return { kind: "keep", because, why };
}

function unread(why: string): Verdict {
  return { kind: "keep", because: "evidence-missing", why, isUnread: true };
}

function suspect(rule: FreeRule | undefined, why: string): Verdict {
  return { kind: "suspect", rule, why };
}

function report(because: KeepReason, why: string, command: string): Verdict {
  return { kind: "report", because, why, command };
}
