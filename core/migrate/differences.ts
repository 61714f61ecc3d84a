/**
 * Compares pools, reservations and pods (`berthctl import --check`): decided from what was read, changing nothing.
 *
 * @module
 */
import type { Address } from "../ip/address.ts";
import { formatAddress } from "../ip/address-text.ts";
import { entryOf } from "../kube/mixed.ts";
import { memberOf } from "../kube/member-of.ts";
import { addressName, reservationName } from "../kube/names.ts";
import type { Reservation } from "../ports/cluster.ts";
import { podRef } from "../ports/holder.ts";
import type { KubeObject } from "../ports/kube-api.ts";
import type { Compared, Difference } from "./difference.ts";
import { eachEntry, type EntrySight, missingEntries } from "./ledger.ts";
import { agentOn, lookCommand, releaseCommand } from "./node-sight.ts";
import { isMisfit, objectDifferences } from "./object-differences.ts";
import { podState } from "./pod-sight.ts";
import { editCommand, poolWord } from "../kube/pool-sight.ts";

/** In the order of: objects, entries, reservations. Cost: one pass over each. */
export function differences(compared: Compared): readonly Difference[] {
  const index = indexOf(compared);
  return [
    ...objectDifferences(compared),
    ...[...eachEntry(compared.ledger.pools)].flatMap((sight) => entryDifferences(compared, index, sight)),
    ...heldTwice(compared),
    ...compared.ledger.reservations.flatMap((row) => reservationDifferences(compared, row)),
    ...missing(compared),
    ...unmatched(compared, index),
  ];
}

type Index = {
  /** By network and address. */
  readonly ours: ReadonlyMap<string, readonly Reservation[]>;
  readonly byName: ReadonlyMap<string, Reservation>;
  readonly foreign: ReadonlyMap<string, KubeObject>;
  /** Names of foreign reservations that an entry stands for. */
  readonly matched: Set<string>;
};

function indexOf({ ledger }: Compared): Index {
  return {
    ours: Map.groupBy(ledger.reservations, ({ place }) => placeKey(place.network, place.address)),
    byName: new Map(ledger.reservations.map((row) => [row.name, row])),
    foreign: new Map(ledger.foreign.map((object) => [object.metadata.name, object])),
    matched: new Set(),
  };
}

function entryDifferences(compared: Compared, index: Index, sight: EntrySight): readonly Difference[] {
  const plain: readonly Difference[] =
    sight.entry.ifname === undefined
      ? [
          difference(sight, "no-ifname", {
            text: "the entry names no interface: an old version of Whereabouts wrote it",
            berth: "matches it by its container alone",
          }),
        ]
      : [];
  return [...plain, ...holderDifferences(compared, index, sight)];
}

function holderDifferences(compared: Compared, index: Index, sight: EntrySight): readonly Difference[] {
  const row = index.ours.get(placeKey(sight.pool.network, sight.address))?.find((one) => isOf(sight, one));
  if (row !== undefined) return againstOurs(compared, sight, row);
  const names = namesOf(sight);
  const other = names.map((name) => index.byName.get(name)).find((one) => one !== undefined);
  if (other !== undefined) return [collision(sight, other)];
  const object = names.map((name) => index.foreign.get(name)).find((one) => one !== undefined);
  if (object === undefined) return [entryOnly(compared, sight)];
  index.matched.add(object.metadata.name);
  const written = memberOf(object["spec"], "podref");
  if (written === sight.entry.podref) return [notTakenOver(compared, sight)];
  return [
    difference(sight, "podref-differs", {
      text: `the entry says pod ${sight.entry.podref}, the reservation ${String(written)}`,
      berth: "gives the address to nobody",
      run: `look whose it is, then correct one: kubectl --namespace ${sight.pool.namespace} edit overlappingrangeipreservations ${object.metadata.name}`,
    }),
  ];
}

/** Where overlapping ranges are off, each pool has its own. */
function isOf({ range }: EntrySight, { place }: Reservation): boolean {
  return place.overlapping || range === place.pool;
}

/** With overlapping ranges on, and off. */
function namesOf({ pool, address }: EntrySight): readonly string[] {
  const place = { network: pool.network, pool: "", overlapping: true, address };
  return [reservationName(place), `${pool.name}.${addressName(address)}`];
}

function againstOurs(compared: Compared, sight: EntrySight, row: Reservation): readonly Difference[] {
  const wanted = entryOf(row);
  const { entry } = sight;
  if (wanted.podref !== entry.podref) {
    return [
      difference(sight, "podref-differs", {
        text: `the entry says pod ${entry.podref}, Berth's reservation ${wanted.podref}`,
        berth: "gives the address to nobody; the reservation's lease is kept",
        run: `berthctl show ${formatAddress(sight.address)}`,
      }),
    ];
  }
  if (wanted.id === entry.id) return [];
  return [
    difference(sight, "container-differs", {
      text: `the entry says container ${entry.id}, Berth's reservation ${wanted.id}`,
      ...(row.holder === undefined
        ? { berth: "keeps the address withheld" }
        : byAgent(compared, row.holder.node, {
            deed: "judges which one lives, and rewrites the other",
            otherwise: "gives the address to nobody",
          })),
    }),
  ];
}

function collision(sight: EntrySight, row: Reservation): Difference {
  return difference(sight, "collision", {
    text: `reservation ${row.name} is of network "${row.place.network}", and has the name of this address`,
    berth: "gives the address in neither network",
    run: "give one of the networks another network_name",
  });
}

function notTakenOver(compared: Compared, sight: EntrySight): Difference {
  return difference(sight, "not-taken-over", {
    text: `Whereabouts gave it to pod ${sight.entry.podref}`,
    ...adoption(compared, sight),
  });
}

function entryOnly(compared: Compared, sight: EntrySight): Difference {
  return difference(sight, "entry-only", {
    text: `the entry of pod ${sight.entry.podref} has no reservation`,
    ...adoption(compared, sight),
  });
}

/** Whereabouts' addresses are taken over from pods that live, by the agent of their node, beside Whereabouts (P14). */
function adoption(compared: Compared, { pool, entry }: EntrySight): Pick<Difference, "berth" | "run"> {
  const pod = compared.pods.get(entry.podref);
  if (pod === undefined || pod.hasEnded) {
    return {
      berth: "keeps the address taken: the pod is gone, and nobody can prove that its container is",
      run: `berthctl migrate finish --remove-dead-entries, or: ${editCommand(pool)}`,
    };
  }
  const { node } = pod;
  if (compared.mode === "absent") {
    return { berth: "keeps the address taken: Whereabouts should not write any more", run: "berthctl migrate status" };
  }
  if (node === "")
    return {
      berth: "keeps the address taken: its pod waits for a node",
      run: "wait until it has one, then look again",
    };
  const told = byAgent(compared, node, {
    deed: "takes it over within 10 minutes",
    otherwise: "keeps the address taken",
  });
  // A person would release leases of Berth only.
  return agentOn(compared.nodes, node) === "gone"
    ? { ...told, run: `wait until Kubernetes has removed pod ${entry.podref}, then look again` }
    : told;
}

/** What only the agent of that node does, and what is left for a person where it cannot. */
function byAgent(
  { nodes }: Compared,
  node: string,
  { deed, otherwise }: { readonly deed: string; readonly otherwise: string },
): Pick<Difference, "berth" | "run"> {
  const state = agentOn(nodes, node);
  switch (state) {
    case "ready":
      return { berth: `the agent of node ${node} ${deed}`, run: undefined };
    case "unseen":
      return {
        berth: `the agent of node ${node} ${deed}, if it runs: no agent is a pod here, so none can be seen`,
        run: `if it stays so, ${lookCommand(node)}`,
      };
    case "missing":
      return { berth: `${otherwise}: no Ready agent on node ${node}`, run: `start Berth's agent on node ${node}` };
    case "gone":
      return { berth: `${otherwise}: node ${node} no longer exists`, run: releaseCommand(node) };
    default:
      return state satisfies never;
  }
}

/** One address of one network in two pools: a slice and the whole, or two slices. */
function heldTwice({ ledger }: Compared): readonly Difference[] {
  const seen = new Map<string, EntrySight>();
  const found: Difference[] = [];
  for (const sight of eachEntry(ledger.pools)) {
    const key = placeKey(sight.pool.network, sight.address);
    const other = seen.get(key);
    seen.set(key, other ?? sight);
    if (other === undefined || isFine(sight, other)) continue;
    found.push(
      difference(sight, "held-twice", {
        text: `pod ${sight.entry.podref} has it here, pod ${other.entry.podref} in ${poolWord(other.pool)}`,
        berth: "gives the address to nobody",
        run: "look which pod uses it, and end the other",
      }),
    );
  }
  return found;
}

function isFine(one: EntrySight, other: EntrySight): boolean {
  if (one.pool.isApart && other.pool.isApart) return true;
  return one.entry.id === other.entry.id && one.entry.podref === other.entry.podref;
}

function placeKey(network: string, address: Address): string {
  return JSON.stringify([network, formatAddress(address)]);
}

const podKinds = { gone: "pod-gone", ended: "pod-ended", "other-uid": "pod-other-uid" } as const;
const podTexts = { gone: "is gone", ended: "has ended", "other-uid": "is there under another uid" } as const;

function reservationDifferences(compared: Compared, row: Reservation): readonly Difference[] {
  const { holder } = row;
  if (holder?.pod === undefined || row.twinOf !== "") return [];
  const state = podState(compared.pods, podRef(holder), holder.pod.uid);
  if (state === "there") return [];
  const { node } = holder;
  return [
    {
      ...aboutRow(row),
      kind: podKinds[state],
      text: `pod ${podRef(holder)} ${podTexts[state]}`,
      ...byAgent(compared, node, { deed: "frees it when its network namespace is gone", otherwise: "keeps it" }),
    },
  ];
}

function missing(compared: Compared): readonly Difference[] {
  if (compared.mode === "absent") return [];
  return missingEntries(compared.ledger).map((row) => ({
    ...aboutRow(row),
    kind: "reservation-only" as const,
    text: "Berth's reservation has no entry: Whereabouts sees it only where overlapping ranges are on",
    ...byAgent(compared, row.holder.node, { deed: "writes it within a minute", otherwise: "nothing" }),
  }));
}

function unmatched({ ledger }: Compared, { matched }: Index): readonly Difference[] {
  return ledger.foreign
    .filter((object) => !matched.has(object.metadata.name) && !isMisfit(object))
    .map((object) => ({
      kind: "reservation-only" as const,
      network: "",
      address: undefined,
      object: reservationWord(object),
      text: `Whereabouts' reservation for pod ${String(memberOf(object["spec"], "podref"))} has no entry`,
      berth: "keeps the address taken",
      run: `if that pod is gone: kubectl --namespace ${object.metadata.namespace} delete overlappingrangeipreservations ${object.metadata.name}`,
    }));
}

function aboutRow({ place, name }: Reservation): Pick<Difference, "network" | "address" | "object"> {
  return { network: place.network, address: place.address, object: `OverlappingRangeIPReservation ${name}` };
}

function reservationWord({ metadata: { namespace = "", name } }: KubeObject): string {
  return `OverlappingRangeIPReservation ${namespace}/${name}`;
}

type Told = { readonly text: string; readonly berth: string; readonly run?: string | undefined };

function difference({ pool, address }: EntrySight, kind: Difference["kind"], told: Told): Difference {
  return { kind, network: pool.network, address, object: poolWord(pool), run: undefined, ...told };
}
