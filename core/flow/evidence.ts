/**
 * Taking evidence of a namespace at ADD, and judging it later (P18 rule 1).
 *
 * @module
 */
import type { Clock } from "../ports/clock.ts";
import type { NamespaceEvidence, Namespaces, NamespaceSight } from "../ports/namespaces.ts";

export type Taken = { readonly kind: "evidence"; readonly evidence: NamespaceEvidence } | { readonly kind: "absent" };

/** Looks at the namespace of an ADD. `absent`: there is nothing at the path, so there is nothing to give an address to. */
export async function takeEvidence(namespaces: Namespaces, clock: Clock, path: string): Promise<Taken> {
  const sight = await namespaces.look(path);
  if (sight.kind === "absent") return { kind: "absent" };
  const bootId = clock.bootId;
  if (sight.kind !== "namespace") {
    const reason = sight.kind === "other" ? "the path is no network namespace" : sight.reason;
    return { kind: "evidence", evidence: { kind: "void", path, bootId, reason } };
  }
  const { device, inode } = sight;
  return { kind: "evidence", evidence: { kind: "seen", path, device, inode, bootId } };
}

/** What the evidence of a lease says now. */
export type Verdict =
  /** Proven gone in this boot. */
  | { readonly kind: "gone"; readonly why: "namespace gone" | "another namespace" | "another sandbox of its pod" }
  /** Proven gone by a reboot: its pod may come again under its old uid (P18). */
  | { readonly kind: "earlier boot" }
  | { readonly kind: "stands" }
  /** Nothing is proven: kept, and `why` is told. `isVoid`: nor can it be later, by the namespace (P18). */
  | { readonly kind: "unproven"; readonly why: string; readonly isVoid?: boolean };

/** Asks the world as little as possible: an earlier boot needs no look. */
export async function judge(namespaces: Namespaces, clock: Clock, evidence: NamespaceEvidence): Promise<Verdict> {
  if (evidence.bootId === "")
    return { kind: "unproven", why: evidence.kind === "void" ? evidence.reason : "no boot is known", isVoid: true };
  if (evidence.bootId !== clock.bootId) return { kind: "earlier boot" };
  if (evidence.kind === "void") return { kind: "unproven", why: evidence.reason, isVoid: true };
  const voidReason = await namespaces.voidReason(evidence.path);
  if (voidReason !== undefined) return { kind: "unproven", why: voidReason, isVoid: true };
  return weigh(evidence, await namespaces.look(evidence.path));
}

function weigh(evidence: Extract<NamespaceEvidence, { kind: "seen" }>, sight: NamespaceSight): Verdict {
  switch (sight.kind) {
    case "absent":
      return { kind: "gone", why: "namespace gone" };
    case "namespace":
      return sight.device === evidence.device && sight.inode === evidence.inode
        ? { kind: "stands" }
        : { kind: "gone", why: "another namespace" };
    case "other":
      return { kind: "unproven", why: "the path is no network namespace" };
    case "unreadable":
      return { kind: "unproven", why: sight.reason };
    default:
      return sight satisfies never;
  }
}
