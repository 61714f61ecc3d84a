/**
 * What is known of one address that somebody holds, fact by fact.
 *
 * @module
 */
import type { Verdict } from "../core/flow/evidence.ts";
import type { Holder } from "../core/ports/holder.ts";
import type { LeaseRecord, Proof } from "../core/ports/inventory.ts";
import { formatAge, formatInstant } from "./format/instant.ts";
import type { Fact } from "./terminal/facts.ts";

/** What a lease's namespace is now; `elsewhere`: only its own node can look. Undefined for nobody's. */
export type Sight = Verdict | { readonly kind: "elsewhere" } | undefined;

/** @param nowMs wall clock */
export function recordFacts(record: LeaseRecord, sight: Sight, nowMs: number): readonly Fact[] {
  const { holder, state, reason, proof } = record;
  const since = sinceText(record, nowMs);
  if (holder === undefined || sight === undefined) {
    const nobody = state === "withheld" ? "nobody: withheld by an operator" : "somebody that cannot be told";
    return [["held by", nobody], ["reason", reason], ["since", since], ...proofFacts(proof)];
  }
  const { attachment } = holder;
  return [
    ["held by", holderText(holder)],
    ["state", reason === "" ? state : `${state} (${reason})`],
    ["since", since],
    ["answered", answeredText(record, sight)],
    ["container", attachment.containerId],
    ["interface", attachment.ifName],
    ["definition", attachment.definition],
    ["node", holder.node],
    ["namespace", namespaceText(holder, sight, proof !== undefined)],
    ["attempt", record.attempt],
    ...proofFacts(proof),
  ].filter((fact): fact is Fact => fact[1] !== "");
}

function sinceText({ sinceMs }: LeaseRecord, nowMs: number): string {
  if (sinceMs === 0) return "unknown: whoever took it wrote no time down";
  return `${formatInstant(sinceMs)} (${formatAge(nowMs - sinceMs)} ago)`;
}

/** When it was answered stands in its own node's journal. */
function answeredText({ answeredMs, isJournaled }: LeaseRecord, sight: Exclude<Sight, undefined>): string {
  if (answeredMs !== undefined) return formatInstant(answeredMs);
  return isJournaled || sight.kind !== "elsewhere" ? "no answer is on record" : "";
}

/** @param isShared in a cluster, where a lease is kept for its pod */
function namespaceText({ evidence, node }: Holder, sight: Exclude<Sight, undefined>, isShared: boolean): string {
  if (sight.kind !== "elsewhere") return `${evidence.path}: ${verdictText(sight, isShared)}`;
  if (evidence.path === "") return "";
  return `${evidence.path}: only node ${node} can look`;
}

function proofFacts(proof: Proof | undefined): readonly Fact[] {
  if (proof === undefined) return [];
  const { reservation, entry } = proof;
  const facts: Fact[] = [["reservation", reservation === "" ? "none: only an entry of the pool says so" : reservation]];
  if (entry !== "none") facts.push(["entry", typeof entry === "string" ? entryWords[entry] : `says ${entry.other}`]);
  return facts;
}

const entryWords = {
  same: "there, in the pool",
  missing: "missing in the pool: Whereabouts could give the address; its agent writes it within a minute",
} as const;

function holderText({ pod }: Holder): string {
  if (pod === undefined) return "a container that names no pod";
  return `pod ${pod.namespace}/${pod.name}${pod.uid === undefined ? "" : ` (uid ${pod.uid})`}`;
}

function verdictText(verdict: Verdict, isShared: boolean): string {
  switch (verdict.kind) {
    case "stands":
      return "stands";
    case "gone":
      return isShared
        ? `has gone (${verdict.why}): the agent frees the address unless its pod lives`
        : `has gone (${verdict.why}): the next sweep frees the address`;
    case "earlier boot":
      return "ended with an earlier boot: kept for its pod, then swept";
    case "unproven":
      return `not known (${verdict.why}): the address is kept`;
    default:
      return verdict satisfies never;
  }
}
