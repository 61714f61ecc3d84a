/**
 * The whole identity of a lease in one annotation: what a contested reservation is handed over to (P15).
 *
 * @module
 */
import * as z from "zod";
import type { Claim, Place } from "../ports/store.ts";
import { readEvidence } from "./evidence-text.ts";

const text = z.string().max(1024);
const shape = z.object({
  attempt: text,
  kind: z.enum(["dynamic", "static"]),
  sinceMs: z.number(),
  definition: text,
  containerId: text,
  ifName: text,
  namespace: text,
  name: text,
  uid: text.optional(),
  node: text,
  bootId: text,
  bootNs: z.string().regex(/^\d{1,19}$/),
  evidence: z.string().max(8192),
});

export function formatClaimText({ attempt, kind, sinceMs, holder }: Claim): string {
  const { attachment, pod, node, started, evidence } = holder ?? {};
  return JSON.stringify({
    attempt,
    kind,
    sinceMs,
    ...attachment,
    namespace: pod?.namespace,
    name: pod?.name,
    uid: pod?.uid,
    node,
    bootId: started?.bootId,
    bootNs: String(started?.bootNs),
    evidence: JSON.stringify(evidence),
  });
}

/** @returns undefined when it is missing or cannot be read */
export function readClaimText(json: string | undefined, place: Place): Claim | undefined {
  if (json === undefined) return undefined;
  try {
    const read = shape.safeParse(JSON.parse(json));
    return read.success ? claimOf(read.data, place) : undefined;
  } catch {
    return undefined;
  }
}

function claimOf(data: z.output<typeof shape>, place: Place): Claim {
  const { attempt, kind, sinceMs, definition, containerId, ifName, namespace, name, uid, node } = data;
  return {
    place,
    kind,
    attempt,
    sinceMs,
    reason: "",
    holder: {
      attachment: { definition, containerId, ifName },
      pod: { namespace, name, uid },
      node,
      started: { bootId: data.bootId, bootNs: BigInt(data.bootNs) },
      evidence: readEvidence(data.evidence),
    },
  };
}
