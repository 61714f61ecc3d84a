/**
 * A lease as a program wants to read it: every key is always there.
 *
 * @module
 */
import { formatAddress } from "../core/ip/address-text.ts";
import type { Holder } from "../core/ports/holder.ts";
import type { LeaseRecord, Proof } from "../core/ports/inventory.ts";
import { formatInstant } from "./format/instant.ts";

export function leaseJson(record: LeaseRecord) {
  const { place, holder, state, answeredMs } = record;
  return {
    address: formatAddress(place.address),
    network: place.network,
    range: place.pool === "" ? null : place.pool,
    state,
    kind: record.kind,
    ...holderJson(holder),
    since: record.sinceMs === 0 ? null : formatInstant(record.sinceMs),
    answered: answeredMs === undefined ? null : formatInstant(answeredMs),
    attempt: record.attempt,
    reason: record.reason === "" ? null : record.reason,
    ...(record.proof === undefined ? {} : proofJson(record.proof)),
  };
}

/** Only in a cluster. */
function proofJson({ reservation, entry }: Proof) {
  return {
    reservation: reservation === "" ? null : reservation,
    entry: typeof entry === "string" ? entry : "other",
    entrySays: typeof entry === "string" ? null : entry.other,
  };
}

const noHolder = { pod: null, container: null, interface: null, definition: null, node: null, namespace: null };

function holderJson(holder: Holder | undefined) {
  if (holder === undefined) return noHolder;
  const { attachment, pod, node, evidence } = holder;
  return {
    pod: pod === undefined ? null : { ...pod, uid: pod.uid ?? null },
    container: attachment.containerId,
    interface: attachment.ifName,
    definition: known(attachment.definition),
    node: known(node),
    namespace: known(evidence.path),
  };
}

/** Whereabouts says nothing of some. */
function known(text: string): string | null {
  return text === "" ? null : text;
}
