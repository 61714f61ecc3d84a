/**
 * Why a change cannot be made yet: what stands in the way, and the command to run about it.
 *
 * @module
 */
import { shorten } from "../failure/failure.ts";
import { formatAddress } from "../ip/address-text.ts";
import { bindingWord, subjectWord, wholeBindingWord } from "./bindings.ts";
import { eachAlien, type EntrySight } from "./ledger.ts";
import type { NodeSight } from "./node-sight.ts";
import { editCommand, type PoolSight, poolWord } from "../kube/pool-sight.ts";
import type { Orphan } from "./orphans.ts";
import type { Sight } from "./sight.ts";
import type { LeaseTrace, Trace } from "./traces.ts";
import { accountWord, type Suspect } from "./trust-bindings.ts";

export type Reason = {
  /** What stands in the way. */
  readonly text: string;
  /** What to run, or to wait for. */
  readonly run: string;
};

/** So many of one kind are named; the others are counted. */
const namedMax = 10;

export function traceReason({ kind, namespace, name }: Trace): Reason {
  return {
    text: `${kind} ${namespace}/${name} of Whereabouts exists`,
    run: `kubectl --namespace ${namespace} delete ${kind.toLowerCase()} ${name}`,
  };
}

export function leaseReason({ namespace, name, renewedMs }: LeaseTrace, nowMs: number, leaseMs: number): Reason[] {
  // An hour ahead is a clock that cannot be believed: then it may as well be alive.
  const isAlive = renewedMs !== undefined && nowMs - renewedMs < leaseMs;
  if (!isAlive) return [];
  const minutes = Math.max(0, Math.floor((nowMs - renewedMs) / 60_000));
  return [
    {
      text: `Lease ${namespace}/${name} was renewed ${minutes} min ago: a node still gives addresses by Whereabouts`,
      run: `find it, then wait an hour: kubectl --namespace ${namespace} get lease ${name} --output yaml`,
    },
  ];
}

export type NodeOptions = { readonly acceptUnknownExecutables: boolean; readonly acceptUnseenAgents?: boolean };

export function nodeReasons(
  nodes: readonly NodeSight[],
  { acceptUnknownExecutables, acceptUnseenAgents = false }: NodeOptions,
): readonly Reason[] {
  const word = (list: readonly NodeSight[]) => some(list.map(({ name }) => name));
  const unseen = nodes.filter(({ agent }) => agent === "unseen");
  const podless = acceptUnseenAgents ? [] : nodes.filter(({ agent }) => agent === "none");
  const halted = nodes.filter(({ agent }) => agent === "not ready");
  const foreign = nodes.flatMap(({ name, foreignPlugin: path = "none" }) => (path === "none" ? [] : [{ name, path }]));
  const unknown = nodes.filter(
    (node) =>
      (node.agent === "ready" || node.agent === "unseen" || (acceptUnseenAgents && node.agent === "none")) &&
      node.foreignPlugin === undefined,
  );
  const reasons: Reason[] = [];
  if (unseen.length > 0 && !acceptUnseenAgents) {
    reasons.push({
      text: `no agent of Berth runs as a pod, and as services of ${count(unseen.length, "node")} they cannot be seen from here: ${word(unseen)}`,
      run: "look on each: systemctl is-active berth-agent; if each is active: --accept-unseen-agents",
    });
  }
  if (podless.length > 0) {
    reasons.push({
      text: `no agent of Berth runs as a pod on ${count(podless.length, "node")}, as on others: ${word(podless)}`,
      run: "start its pod there; or where it is a service, look: systemctl is-active berth-agent; if each is active: --accept-unseen-agents",
    });
  }
  if (halted.length > 0) {
    reasons.push({
      text: `no Ready agent of Berth on ${count(halted.length, "node")}: ${word(halted)}`,
      run: "kubectl get pods --all-namespaces --selector app.kubernetes.io/name=berth --output wide",
    });
  }
  for (const { name, path } of foreign.slice(0, namedMax)) {
    reasons.push({
      text: `node ${name} still has Whereabouts' executable: ${shorten(path)}`,
      run: `replace it on ${name} by Berth's launcher, and correct the annotation of its agent's pod`,
    });
  }
  if (foreign.length > namedMax) reasons.push(more(foreign.length - namedMax, "node with such an executable"));
  if (unknown.length > 0 && !acceptUnknownExecutables) {
    reasons.push({
      text: `nobody told whether Whereabouts' executable is still on ${count(unknown.length, "node")}: ${word(unknown)}`,
      run: "look there: ls -l /opt/cni/bin/whereabouts; if each is Berth's: --accept-unknown-executables",
    });
  }
  return reasons;
}

/** What cannot be read may be held: no entry goes while one of them stands. */
export function poolReasons({ ledger }: Sight): readonly Reason[] {
  const unreadable = ledger.pools.flatMap((pool) => {
    const { text } = pool;
    return text.kind === "unreadable" ? [unreadableReason(pool, text.fault)] : [];
  });
  const ambiguous = ledger.pools.filter(({ isAmbiguous }) => isAmbiguous).map(ambiguousReason);
  const aliens = [...eachAlien(ledger.pools)].map(({ pool, alien }) => ({
    text: `${poolWord(pool)} has an entry that cannot be read: "${shorten(alien.key)}" (${alienWords[alien.fault]})`,
    run: `correct or remove it by hand: ${editCommand(pool)}`,
  }));
  return [
    ...unreadable,
    ...sliceReasons(ledger.pools),
    ...ambiguous,
    ...firstOf(aliens, "entry that cannot be read"),
    ...elsewhereReasons(ledger.elsewhere),
  ];
}

/** With overlapping ranges off a reservation excludes in its own pool only: the whole pool's would not know of the slice's. */
function sliceReasons(sights: readonly PoolSight[]): readonly Reason[] {
  const apart = new Set(
    sights.filter(({ isApart, node }) => isApart && node === undefined).map(({ network }) => network),
  );
  return sights
    .filter(
      ({ node, network, text }) =>
        node !== undefined && apart.has(network) && text.kind === "entries" && text.entries.size > 0,
    )
    .map((pool) => ({
      text: `${poolWord(pool)} is a node's slice with entries, in a network with overlapping ranges off: alone, Berth could not see them`,
      run: "make the pods of its entries anew, so that they get addresses from Berth",
    }));
}

export const alienWords = {
  spelling: "its key is no plain decimal number",
  range: "its key lies behind the range's end",
  value: "it does not tell a holder",
} as const;

function unreadableReason(pool: PoolSight, fault: string): Reason {
  return { text: `${poolWord(pool)} cannot be read: expected ${fault}`, run: `correct it: ${editCommand(pool)}` };
}

function ambiguousReason(pool: PoolSight): Reason {
  return {
    text: `${poolWord(pool)} fits the names of several nodes' slices: nobody can tell whose it is`,
    run: `look at it: ${editCommand(pool)}`,
  };
}

function elsewhereReasons(elsewhere: readonly PoolSight[]): readonly Reason[] {
  const namespaces = [...new Set(elsewhere.map(({ namespace }) => namespace))];
  return namespaces.map((namespace) => ({
    text: `namespace ${namespace} has pools, too: two namespaces exclude nothing from each other`,
    run: `look who uses them: kubectl --namespace ${namespace} get ippools; if these are the ones in use: --namespace ${namespace}`,
  }));
}

export function orphanReasons(orphans: readonly Orphan[], removeDead: boolean): readonly Reason[] {
  const alive = orphans
    .filter(({ pod }) => pod !== "gone")
    .map((one) => ({
      text: `${entryWord(one)} is not taken over by Berth, and its pod ${one.pod === "there" ? "is there" : "could not be looked at"}`,
      run: "wait 10 minutes for the agent of its node, then: berthctl import --check",
    }));
  const dead = orphans
    .filter(({ pod }) => pod === "gone")
    .map((one) => ({
      text: `${entryWord(one)} is of a pod that is gone`,
      run: "berthctl import --check; to remove such entries at the end: --remove-dead-entries",
    }));
  return [
    ...firstOf(alive, "entry that is not taken over"),
    ...(removeDead ? [] : firstOf(dead, "entry of a pod that is gone")),
  ];
}

function entryWord({ pool, address, entry }: EntrySight): string {
  return `entry ${formatAddress(address)} of ${poolWord(pool)} (pod ${shorten(entry.podref)})`;
}

/**
 * When the mode was set, every entry was Berth's: what has no reservation since then is left of leases that Berth has given back.
 */
export function strayReasons(orphans: readonly Orphan[]): readonly Reason[] {
  const strays = orphans.filter(({ pod, isFollowed }) => pod !== "gone" && !isFollowed);
  return firstOf(
    strays.map((one) => ({
      text: `${entryWord(one)} was written although Whereabouts is unbound, or its lease is just being given back`,
      run: "wait a minute and run this again; if it stays: berthctl import --check",
    })),
    "such entry",
  );
}

export function boundAgainReasons({ bindings }: Sight): readonly Reason[] {
  return bindings.whereabouts.map((binding) => ({
    text: `${bindingWord(binding)} is there again: something makes it anew`,
    run: "stop what writes it (an operator, a Helm release, a GitOps tool), then run this again",
  }));
}

export function garbledReason(namespace: string): Reason {
  return {
    text: `the saved bindings in ConfigMap ${namespace}/berth (key unbound) cannot be read`,
    run: `correct them by hand, or remove the key: ${recordCommand(namespace)}`,
  };
}

/** A saved binding is text that somebody wrote: what is not Whereabouts' is not made with an administrator's rights. */
export function suspectReasons(
  suspects: readonly Suspect[],
  accepted: readonly string[],
  namespace: string,
): readonly Reason[] {
  const remove = `to leave it out, remove it from the key unbound: ${recordCommand(namespace)}`;
  return firstOf(
    suspects.flatMap((suspect): readonly Reason[] => {
      const saved = `the saved ${wholeBindingWord(suspect.binding)}`;
      if (suspect.fault !== "subject") return [{ text: `${saved} ${faultWords[suspect.fault]}`, run: remove }];
      const account = accountWord(suspect.subject);
      if (account !== undefined && accepted.includes(account)) return [];
      return [
        {
          text: `${saved} binds ${subjectWord(suspect.subject)}, which nothing shows to be Whereabouts`,
          run: account === undefined ? remove : `if it is: --accept-account ${account}; ${remove}`,
        },
      ];
    }),
    "such binding",
  );
}

const faultWords = {
  "role-missing": "is of a role that is not there",
  "role-writes-no-pools": "is of a role that may not write pools: it is not Whereabouts'",
  "role-may-more": "is of a role that may do more than Whereabouts has to",
  "no-subject": "binds nobody",
} as const;

function recordCommand(namespace: string): string {
  return `kubectl --namespace ${namespace} edit configmap berth`;
}

function firstOf(reasons: readonly Reason[], noun: string): readonly Reason[] {
  if (reasons.length <= namedMax) return reasons;
  return [...reasons.slice(0, namedMax), more(reasons.length - namedMax, noun)];
}

function more(left: number, noun: string): Reason {
  return { text: `and ${left} more: ${noun}`, run: "berthctl migrate status" };
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, namedMax).join(", ");
  return names.length > namedMax ? `${shown} and ${names.length - namedMax} more` : shown;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
