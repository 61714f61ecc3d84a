/**
 * Who holds what in the cluster: reservations, and the entries of pools that no reservation stands for.
 *
 * @module
 */
import type { Address } from "../ip/address.ts";
import type { Holder } from "../ports/holder.ts";
import { podRef, readPodRef } from "../ports/holder.ts";
import type { LeaseFilter, LeaseRecord, Proof } from "../ports/inventory.ts";
import type { KubeObject } from "../ports/kube-api.ts";
import type { Reservation } from "../ports/cluster.ts";
import type { Claim, Place } from "../ports/store.ts";
import { addressNamed } from "./network-in-name.ts";
import type { PoolEntry } from "./pool-entries.ts";
import { readReservation, specOf, withheldRef } from "./reservation.ts";

/** An entry of a pool, and what it keeps from being given. `entry` is undefined for a key that cannot be read. */
export type PlacedEntry = { readonly place: Place; readonly entry: PoolEntry | undefined; readonly pool: string };

export type LeaseReading = {
  readonly filter: LeaseFilter;
  /** Networks that are known: they tell what the names of Whereabouts' reservations mean. */
  readonly networks: readonly string[];
  readonly entries: readonly PlacedEntry[];
  /** Whether a lease has to have an entry, too (P6); undefined when only names and marks were read. */
  readonly isMixed: boolean | undefined;
};

/**
 * Takes reservations one by one, and keeps of each what people are shown: about 1 KiB. What no address can be told of is
 * counted.
 */
export class LeaseCollector {
  readonly #reading: LeaseReading;
  readonly #entries: Map<string, PlacedEntry>;
  readonly #texts = new Map<string, string>();
  #records: LeaseRecord[] = [];
  #networks = new Set<string>();
  #unreadable: string[] = [];

  constructor(reading: LeaseReading) {
    this.#reading = reading;
    this.#entries = new Map();
    this.begin();
  }

  /** Forgets what was taken: the list began anew. */
  begin(): void {
    this.#records = [];
    this.#networks = new Set();
    this.#unreadable = [];
    this.#entries.clear();
    for (const one of this.#reading.entries) this.#entries.set(placeKey(one.place), one);
  }

  take(object: KubeObject): void {
    const reservation = readReservation(object) ?? this.#foreign(object);
    if (reservation === undefined) {
      this.#unreadable.push(object.metadata.name);
      return;
    }
    this.#networks.add(reservation.place.network);
    const entry = this.#entryOf(reservation);
    // A further one of an address that the first one tells of (P21).
    if (reservation.twinOf !== "" || !matches(this.#reading.filter, reservation)) return;
    this.#records.push(this.#recordOf(reservation, entry));
  }

  /** Networks that were seen before: known, although nothing of them is kept. */
  know(networks: readonly string[]): void {
    for (const network of networks) this.#networks.add(network);
  }

  /** All that was taken, and what only entries tell of, in the order of networks and addresses. */
  end(): {
    readonly records: readonly LeaseRecord[];
    readonly networks: readonly string[];
    readonly unreadable: readonly string[];
  } {
    const { filter } = this.#reading;
    const left = filter.node === undefined ? [...this.#entries.values()] : [];
    const alone = left.filter(({ place }) => matches(filter, { place })).map(entryRecord);
    const records = [...this.#records, ...alone].sort(byPlace);
    return { records, networks: [...this.#networks], unreadable: this.#unreadable };
  }

  /** Written by Whereabouts: its name is all that tells the address. */
  #foreign(object: KubeObject): Reservation | undefined {
    const { name } = object.metadata;
    const found = addressNamed(name, this.#reading.networks);
    if (found === undefined) return undefined;
    return readReservation(object, { ...found, pool: "", overlapping: true });
  }

  /** Taken out: what is left in the end is held by its entry alone. */
  #entryOf({ place }: Reservation): PlacedEntry | undefined {
    const found = this.#entries.get(placeKey(place));
    if (found !== undefined) this.#entries.delete(placeKey(place));
    return found;
  }

  #recordOf(reservation: Reservation, placed: PlacedEntry | undefined): LeaseRecord {
    const { place, kind, holder, attempt, sinceMs, contested, name } = reservation;
    const state = stateOf(reservation);
    return {
      // The pool of a reservation that Whereabouts made stands with the entry.
      place: this.#placeOf(state === "whereabouts" && placed !== undefined ? placed.place : place),
      kind,
      state,
      holder: holder === undefined ? undefined : this.#holderOf(holder),
      sinceMs,
      answeredMs: undefined,
      reason: contested === undefined ? reservation.reason : contestedWords(contested),
      attempt,
      isHeld: true,
      isJournaled: false,
      proof: { reservation: name, entry: this.#proofOf(reservation, placed) },
    };
  }

  #proofOf(reservation: Reservation, placed: PlacedEntry | undefined): Proof["entry"] {
    const { isMixed } = this.#reading;
    if (isMixed === undefined) return "none";
    if (placed === undefined)
      return isMixed && reservation.kind === "dynamic" && reservation.place.pool !== "" ? "missing" : "none";
    return entryAgrees(reservation, placed.entry) ? "same" : { other: entryWords(placed.entry) };
  }

  /** One text for all that say the same: 60,000 leases have few networks, pools, definitions and nodes. */
  #same(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#texts.set(text, text);
    return text;
  }

  #placeOf({ network, pool, overlapping, address }: Place): Place {
    return { network: this.#same(network), pool: this.#same(pool), overlapping, address };
  }

  #holderOf({ attachment, pod, node, evidence }: Holder): Holder {
    const { containerId } = attachment;
    return {
      attachment: {
        definition: this.#same(attachment.definition),
        containerId,
        ifName: this.#same(attachment.ifName),
      },
      pod: pod === undefined ? undefined : { ...pod, namespace: this.#same(pod.namespace) },
      node: this.#same(node),
      started: neverStarted,
      evidence: { ...evidence, bootId: this.#same(evidence.bootId) },
    };
  }
}

/** When a launcher was started is shown to nobody. */
const neverStarted = { bootId: "", bootNs: 0n };

/** What Berth did not write, or found written by Whereabouts when it gave the address back. */
export function isWhereabouts({ attempt, holder }: Pick<Reservation, "attempt" | "holder">): boolean {
  return attempt === "" || holder?.node === "";
}

function stateOf(reservation: Reservation): LeaseRecord["state"] {
  if (reservation.contested !== undefined) return "conflict";
  if (isWhereabouts(reservation)) return "whereabouts";
  return reservation.kind === "dynamic" ? "lease" : reservation.kind;
}

function contestedWords({ holder }: Pick<Claim, "holder">): string {
  if (holder === undefined) return "somebody else has it, too";
  return `pod ${podRef(holder)}, interface ${holder.attachment.ifName}, on node ${holder.node} has it, too`;
}

function entryAgrees(reservation: Reservation, entry: PoolEntry | undefined): boolean {
  if (entry === undefined) return false;
  const { podref, containerid } = specOf(reservation);
  // New versions of Whereabouts leave the container out of the reservation.
  return entry.podref === podref && (entry.id === containerid || containerid === "");
}

function entryWords(entry: PoolEntry | undefined): string {
  return entry === undefined ? "a key that cannot be read" : `pod ${entry.podref}, container ${entry.id.slice(0, 13)}`;
}

/** What an entry alone tells of its holder. */
function entryRecord({ place, entry, pool }: PlacedEntry): LeaseRecord {
  const isWithheld = entry?.podref === withheldRef;
  return {
    place,
    kind: isWithheld ? "withheld" : "dynamic",
    state: isWithheld ? "withheld" : "whereabouts",
    holder: entry === undefined || isWithheld ? undefined : holderOf(entry),
    sinceMs: 0,
    answeredMs: undefined,
    reason: entry === undefined ? `a key of IPPool ${pool} that cannot be read` : "",
    attempt: "",
    isHeld: true,
    isJournaled: false,
    proof: { reservation: "", entry: "same" },
  };
}

function holderOf({ podref, id, ifname }: PoolEntry): Holder {
  const pod = readPodRef(podref);
  return {
    attachment: { definition: "", containerId: id, ifName: ifname ?? "" },
    pod: pod.namespace === "" ? undefined : pod,
    node: "",
    started: neverStarted,
    evidence: { kind: "void", path: "", bootId: "", reason: "Whereabouts gave it" },
  };
}

function matches(
  { network, within, node }: LeaseFilter,
  { place, holder }: { readonly place: Place; readonly holder?: Holder | undefined },
): boolean {
  if (network !== undefined && place.network !== network) return false;
  if (node !== undefined && holder?.node !== node) return false;
  return within === undefined || isWithin(within, place.address);
}

function isWithin({ family, first, last }: NonNullable<LeaseFilter["within"]>, { value, ...address }: Address) {
  return address.family === family && value >= first && value <= last;
}

export function byPlace({ place: a }: LeaseRecord, { place: b }: LeaseRecord): number {
  if (a.network !== b.network) return a.network < b.network ? -1 : 1;
  if (a.address.family !== b.address.family) return a.address.family - b.address.family;
  if (a.address.value !== b.address.value) return a.address.value < b.address.value ? -1 : 1;
  return a.pool < b.pool ? -1 : a.pool === b.pool ? 0 : 1;
}

/** Where an address can have one holder: its network, or with overlapping ranges off its pool (P2). */
export function placeKey({ network, pool, overlapping, address }: Place): string {
  const scope = overlapping ? `n/${network}` : `p/${network}/${pool}`;
  return `${scope}/${address.family}/${address.value.toString(36)}`;
}
