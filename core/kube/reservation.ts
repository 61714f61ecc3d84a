/**
 * A claim as an object of the API server, and back (P1). What stands in an object was written by anybody: what cannot be
 * read counts as held by somebody unknown.
 *
 * @module
 */
import type { KubeMetadata, KubeObject, NewObject } from "../ports/kube-api.ts";
import type { Holder, Started } from "../ports/holder.ts";
import { podRef, readPodRef } from "../ports/holder.ts";
import type { Claim, LeaseKind, Place } from "../ports/store.ts";
import type { Reservation } from "../ports/cluster.ts";
import { readEvidence } from "./evidence-text.ts";
import { annotations, labels, labelValue } from "./labels.ts";
import { addressInName, isLegalName, poolName, reservationName } from "./names.ts";
import { readClaimText } from "./claim-text.ts";
import { reservations } from "./resources.ts";
import { formatVersion, revisionOf } from "./version.ts";

export type Writing = {
  /** Of the objects. */
  readonly namespace: string;
  readonly journal: string;
  /** The name of the first reservation, where this is a further one of the same address (P21). */
  readonly twinOf?: string;
};

/** @returns undefined when no object can bear the name (F37) */
export function formatReservation(claim: Claim, writing: Writing): NewObject | undefined {
  const name = reservationName(claim.place);
  if (!isLegalName(name)) return undefined;
  return {
    apiVersion: `${reservations.group}/${reservations.version}`,
    kind: reservations.kind,
    metadata: { name, namespace: writing.namespace, ...marksOf(claim, writing) },
    spec: specOf(claim),
  };
}

/** The three fields of the kind, as Whereabouts writes them. */
export function specOf({ holder }: Claim): { podref: string; containerid: string; ifname: string } {
  return holder === undefined
    ? { podref: withheldRef, containerid: "", ifname: "" }
    : { podref: podRef(holder), containerid: holder.attachment.containerId, ifname: holder.attachment.ifName };
}

/** No pod has such a name. */
export const withheldRef = "/withheld";

/** Labels and annotations. */
export function marksOf(
  claim: Claim,
  { journal, twinOf }: Writing,
): Required<Pick<KubeMetadata, "labels" | "annotations">> {
  const { place, holder } = claim;
  const pool = place.pool === "" ? "" : poolName(place.network, place.pool);
  return {
    labels: {
      [labels.node]: labelValue(holder?.node ?? ""),
      [labels.network]: labelValue(place.network),
      [labels.pool]: labelValue(pool),
      [labels.kind]: claim.kind,
    },
    annotations: {
      [annotations.network]: place.network,
      [annotations.pool]: place.pool,
      [annotations.attempt]: claim.attempt,
      [annotations.journal]: journal,
      [annotations.since]: String(claim.sinceMs),
      ...(claim.reason === "" ? {} : { [annotations.reason]: claim.reason }),
      ...(twinOf === undefined ? {} : { [annotations.twinOf]: twinOf }),
      ...(holder === undefined ? {} : holderMarks(holder)),
    },
  };
}

function holderMarks({ node, pod, attachment, started, evidence }: Holder): { [key: string]: string } {
  return {
    [annotations.node]: node,
    [annotations.definition]: attachment.definition,
    [annotations.started]: `${started.bootId} ${started.bootNs}`,
    [annotations.evidence]: JSON.stringify(evidence),
    ...(pod?.uid === undefined ? {} : { [annotations.podUid]: pod.uid }),
  };
}

/**
 * @param expected where it was looked for: what an object without our marks, written by Whereabouts, is taken for
 * @returns undefined when it says of no address that it is held
 */
export function readReservation(object: KubeObject, expected?: Place): Reservation | undefined {
  const { metadata } = object;
  const marks = metadata.annotations ?? {};
  const mark = (key: string) => marks[key] ?? "";
  const place = placeOf(metadata) ?? expected;
  if (place === undefined) return undefined;
  const spec = fieldsOf(object["spec"]);
  const kind = kindOf(metadata.labels?.[labels.kind]);
  const node = marks[annotations.node];
  return {
    place,
    kind,
    attempt: mark(annotations.attempt),
    holder: kind === "withheld" ? undefined : holderOf(spec, marks),
    sinceMs: msOf(marks[annotations.since]) ?? 0,
    reason: mark(annotations.reason),
    version: formatVersion(metadata),
    contested: readClaimText(marks[annotations.contested], place),
    name: metadata.name,
    uid: metadata.uid ?? "",
    revision: revisionOf(metadata.resourceVersion),
    journal: mark(annotations.journal),
    isLabelled: isLabelled(metadata.labels, node, place),
    twinOf: mark(annotations.twinOf),
  };
}

/** Whether its node finds it, and whoever lists its network. */
function isLabelled(found: KubeMetadata["labels"], node: string | undefined, { network }: Place): boolean {
  if (node === undefined) return false;
  return found?.[labels.node] === labelValue(node) && found[labels.network] === labelValue(network);
}

/** Believed only where the object bears the name that the place would give it. Metadata is enough. */
export function placeOf({ name, annotations: marks = {} }: KubeMetadata): Place | undefined {
  const network = marks[annotations.network];
  const pool = marks[annotations.pool];
  if (network === undefined || pool === undefined) return undefined;
  const starts = [
    { overlapping: true, start: network === "" ? "" : `${network}-` },
    { overlapping: false, start: `${poolName(network, pool)}.` },
  ];
  for (const { overlapping, start } of starts) {
    const address = name.startsWith(start) ? addressInName(name.slice(start.length)) : undefined;
    if (address === undefined) continue;
    const place = { network, pool, overlapping, address };
    if (reservationName(place) === name) return place;
  }
  return undefined;
}

function holderOf(spec: ReturnType<typeof fieldsOf>, marks: { readonly [key: string]: string }): Holder {
  const pod = readPodRef(spec.podref);
  const uid = marks[annotations.podUid];
  return {
    attachment: {
      definition: marks[annotations.definition] ?? "",
      containerId: spec.containerid,
      ifName: spec.ifname,
    },
    pod: pod.namespace === "" ? undefined : { ...pod, uid },
    node: marks[annotations.node] ?? "",
    started: startedOf(marks[annotations.started]),
    evidence: readEvidence(marks[annotations.evidence]),
  };
}

/** Unknown counts as earlier than anything (P13). */
function startedOf(text = ""): Started {
  const match = /^(?<boot>\S+) (?<ns>\d{1,19})$/.exec(text)?.groups;
  return { bootId: match?.["boot"] ?? "", bootNs: BigInt(match?.["ns"] ?? 0) };
}

function fieldsOf(spec: unknown): { readonly podref: string; readonly containerid: string; readonly ifname: string } {
  const text = (key: string) => {
    const value: unknown = typeof spec === "object" && spec !== null ? Reflect.get(spec, key) : undefined;
    return typeof value === "string" ? value : "";
  };
  return { podref: text("podref"), containerid: text("containerid"), ifname: text("ifname") };
}

function kindOf(label: string | undefined): LeaseKind {
  return label === "static" || label === "withheld" ? label : "dynamic";
}

function msOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
