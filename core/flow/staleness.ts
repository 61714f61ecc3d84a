/**
 * What its namespace, and its pod's other leases, say of a lease in a cluster (P17, P18 rule 1), before anybody is asked after its pod.
 *
 * @module
 */
import type { Pod } from "../ports/holder.ts";
import type { Row } from "../ports/journal.ts";
import { judge, type Verdict } from "./evidence.ts";
import { isFollowed } from "./followed.ts";
import type { FlowPorts } from "./ports.ts";

/** A pod that can be asked after: the name alone is nobody (P11). */
export type KnownPod = Pod & { readonly uid: string };

export type Staleness =
  | { readonly kind: "stands" }
  /** Nobody comes again for it. */
  | { readonly kind: "stale"; readonly why: string }
  /** Its sandbox has gone: kept for its pod while that lives, which gets it again. `pod` undefined: it names none that could come. */
  | { readonly kind: "gone"; readonly why: string; readonly pod: KnownPod | undefined }
  /** Its namespace never tells anything: by its pod alone. */
  | { readonly kind: "void"; readonly why: string; readonly pod: KnownPod | undefined }
  /** Nothing is proven just now. */
  | { readonly kind: "unproven"; readonly why: string };

export async function weigh(ports: FlowPorts, row: Row): Promise<Staleness> {
  const verdict = await judge(ports.namespaces, ports.clock, row.holder.evidence);
  if (verdict.kind === "stands") return verdict;
  // What Whereabouts gave has no evidence of its own; where there is some, void or not, it is not overruled.
  const hasGone = verdict.kind !== "unproven";
  const mayBeFollowed = hasGone || row.holder.attachment.definition === "";
  if (mayBeFollowed && (await isFollowed(ports, row, hasGone)))
    return { kind: "stale", why: "another sandbox of its pod" };
  return fromVerdict(verdict, knownPod(row));
}

function fromVerdict(verdict: Exclude<Verdict, { kind: "stands" }>, pod: KnownPod | undefined): Staleness {
  switch (verdict.kind) {
    case "gone":
      return { kind: "gone", why: verdict.why, pod };
    case "earlier boot":
      return { kind: "gone", why: verdict.kind, pod };
    case "unproven":
      return verdict.isVoid === true ? { kind: "void", why: verdict.why, pod } : { kind: "unproven", why: verdict.why };
    default:
      return verdict satisfies never;
  }
}

export function knownPod({ holder: { pod } }: Row): KnownPod | undefined {
  return pod?.uid === undefined ? undefined : { ...pod, uid: pod.uid };
}
