/**
 * Between the columns that both tables share and the types of core. What comes out of the file was written by us, and
 * is still checked: a column of the wrong type is damage, not a lease.
 *
 * @module
 */
import type { SQLInputValue, SQLOutputValue } from "node:sqlite";
import { addressOf, bitsOf, type Address, type Family } from "../../core/ip/address.ts";
import { formatAddress } from "../../core/ip/address-text.ts";
import type { Holder } from "../../core/ports/holder.ts";
import type { NamespaceEvidence } from "../../core/ports/namespaces.ts";
import type { Claim, LeaseKind, Place } from "../../core/ports/store.ts";

export type Columns = Record<string, SQLOutputValue>;
export type Parameters = Record<string, SQLInputValue>;

/** Where an address can have one holder: the network, or with overlapping ranges off the pool (P2). */
export function scopeOf(place: Pick<Place, "network" | "pool" | "overlapping">): string {
  return place.overlapping ? `n/${place.network}` : `p/${place.network}/${place.pool}`;
}

/** Hex of fixed width: sorts as the numbers do, 128 bits whole. */
export function hexOf(address: Address): string {
  return address.value.toString(16).padStart(bitsOf(address.family) / 4, "0");
}

export function placeKey(place: Place): Parameters {
  return { scope: scopeOf(place), family: place.address.family, value: hexOf(place.address) };
}

/** What both tables say of a lease: who holds what, and since when. */
export type Identity = Pick<Claim, "place" | "kind" | "sinceMs" | "reason" | "holder">;

export function identityParameters({ place, kind, sinceMs, reason, holder }: Identity): Parameters {
  return {
    ...placeKey(place),
    network: place.network,
    pool: place.pool,
    overlapping: place.overlapping ? 1 : 0,
    address: formatAddress(place.address),
    kind,
    since_ms: sinceMs,
    reason,
    ...holderParameters(holder),
  };
}

const nobody: Parameters = {
  definition: null,
  container_id: null,
  if_name: null,
  pod_namespace: null,
  pod_name: null,
  pod_uid: null,
  node: null,
  boot_id: null,
  boot_ns: null,
  evidence: null,
};

export function holderParameters(holder: Holder | undefined): Parameters {
  if (holder === undefined) return nobody;
  const { attachment, pod, node, started, evidence } = holder;
  return {
    definition: attachment.definition,
    container_id: attachment.containerId,
    if_name: attachment.ifName,
    pod_namespace: pod?.namespace ?? null,
    pod_name: pod?.name ?? null,
    pod_uid: pod?.uid ?? null,
    node,
    boot_id: started.bootId,
    boot_ns: bootNsText(started.bootNs),
    evidence: JSON.stringify(evidence),
  };
}

/** 20 digits: 2^53 ns is 104 days of uptime, so no number of JavaScript; as text of fixed width it compares rightly. */
export function bootNsText(bootNs: bigint): string {
  return bootNs.toString().padStart(20, "0");
}

export function placeOf(columns: Columns): Place {
  const family = familyOf(columns);
  const address = addressOf(family, BigInt(`0x${text(columns, "value")}`));
  if (address === undefined) throw damaged("value", columns["value"]);
  return {
    network: text(columns, "network"),
    pool: text(columns, "pool"),
    overlapping: columns["overlapping"] === 1,
    address,
  };
}

export function familyOf(columns: Columns): Family {
  const family = columns["family"];
  if (family !== 4 && family !== 6) throw damaged("family", family);
  return family;
}

export function holderOf(columns: Columns): Holder | undefined {
  if (columns["container_id"] === null) return undefined;
  const podName = columns["pod_name"];
  const uid = columns["pod_uid"];
  return {
    attachment: {
      definition: text(columns, "definition"),
      containerId: text(columns, "container_id"),
      ifName: text(columns, "if_name"),
    },
    pod:
      typeof podName === "string"
        ? { namespace: text(columns, "pod_namespace"), name: podName, uid: typeof uid === "string" ? uid : undefined }
        : undefined,
    node: text(columns, "node"),
    started: { bootId: text(columns, "boot_id"), bootNs: BigInt(text(columns, "boot_ns")) },
    evidence: evidenceOf(text(columns, "evidence")),
  };
}

function evidenceOf(json: string): NamespaceEvidence {
  const found: unknown = JSON.parse(json);
  if (!isEvidence(found)) throw damaged("evidence", json);
  return found;
}

function isEvidence(found: unknown): found is NamespaceEvidence {
  if (typeof found !== "object" || found === null || !("kind" in found)) return false;
  const names = found.kind === "seen" ? ["path", "device", "inode", "bootId"] : ["path", "reason", "bootId"];
  return (
    (found.kind === "seen" || found.kind === "void") &&
    names.every((name) => typeof Reflect.get(found, name) === "string")
  );
}

export function kindOf(columns: Columns): LeaseKind {
  const kind = columns["kind"];
  if (kind !== "dynamic" && kind !== "static" && kind !== "withheld") throw damaged("kind", kind);
  return kind;
}

export function text(columns: Columns, name: string): string {
  const value = columns[name];
  if (typeof value !== "string") throw damaged(name, value);
  return value;
}

export function number(columns: Columns, name: string): number {
  const value = columns[name];
  if (typeof value !== "number") throw damaged(name, value);
  return value;
}

export function damaged(name: string, value: unknown): Error {
  return new Error(`Cannot read column "${name}": expected what Berth writes there, found ${String(value)}`);
}
