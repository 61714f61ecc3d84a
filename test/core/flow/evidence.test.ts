/**
 * What is proven of a network namespace, and what is not (P18).
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { judge, takeEvidence } from "../../../core/flow/evidence.ts";
import type { NamespaceEvidence, Namespaces, NamespaceSight } from "../../../core/ports/namespaces.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

const path = "/run/netns/a";
const clock = createVirtualClock("boot-1");
const seen: NamespaceEvidence = { kind: "seen", path, device: "4", inode: "101", bootId: "boot-1" };

function seeing(sight: NamespaceSight, voidReason?: string): Namespaces {
  return { look: async () => sight, voidReason: async () => voidReason };
}

const same: NamespaceSight = { kind: "namespace", device: "4", inode: "101" };

describe("at ADD", () => {
  test.for<{ name: string; sight: NamespaceSight; is: object }>([
    { name: "a namespace is seen", sight: same, is: { kind: "evidence", evidence: seen } },
    {
      name: "nothing is absent: there is nobody to give an address to",
      sight: { kind: "absent" },
      is: { kind: "absent" },
    },
    {
      name: "a path that is no namespace proves nothing later",
      sight: { kind: "other" },
      is: {
        kind: "evidence",
        evidence: { kind: "void", path, bootId: "boot-1", reason: "the path is no network namespace" },
      },
    },
    {
      name: "a path that cannot be looked at proves nothing later, and says why",
      sight: { kind: "unreadable", reason: "permission denied" },
      is: { kind: "evidence", evidence: { kind: "void", path, bootId: "boot-1", reason: "permission denied" } },
    },
  ])("$name", async ({ sight, is }) => {
    expect(await takeEvidence(seeing(sight), clock, path)).toEqual(is);
  });
});

describe("later", () => {
  test.for<{ name: string; evidence?: NamespaceEvidence; sight?: NamespaceSight; void?: string; is: object }>([
    { name: "the same namespace stands", is: { kind: "stands" } },
    {
      name: "another inode is another namespace",
      sight: { ...same, inode: "102" },
      is: { kind: "gone", why: "another namespace" },
    },
    {
      name: "another device is another namespace",
      sight: { ...same, device: "5" },
      is: { kind: "gone", why: "another namespace" },
    },
    { name: "nothing at the path is gone", sight: { kind: "absent" }, is: { kind: "gone", why: "namespace gone" } },
    {
      name: "something else at the path proves nothing",
      sight: { kind: "other" },
      is: { kind: "unproven", why: "the path is no network namespace" },
    },
    {
      name: "a path that cannot be looked at proves nothing",
      sight: { kind: "unreadable", reason: "permission denied" },
      is: { kind: "unproven", why: "permission denied" },
    },
    {
      name: "nothing at the path proves nothing while mounts do not come through",
      sight: { kind: "absent" },
      void: "mounts do not propagate",
      is: { kind: "unproven", why: "mounts do not propagate", isVoid: true },
    },
    { name: "another boot needs no look", evidence: { ...seen, bootId: "boot-0" }, is: { kind: "earlier boot" } },
    {
      name: "what was never seen proves nothing, and says why",
      evidence: { kind: "void", path, bootId: "boot-1", reason: "Whereabouts gave it" },
      is: { kind: "unproven", why: "Whereabouts gave it", isVoid: true },
    },
    {
      name: "what was never seen in an earlier boot has gone with it",
      evidence: { kind: "void", path, bootId: "boot-0", reason: "Whereabouts gave it" },
      is: { kind: "earlier boot" },
    },
    {
      name: "what was never seen in no known boot has not gone with any",
      evidence: { kind: "void", path, bootId: "", reason: "Whereabouts gave it" },
      is: { kind: "unproven", why: "Whereabouts gave it", isVoid: true },
    },
    {
      name: "what was seen in no known boot has not gone with any",
      evidence: { ...seen, bootId: "" },
      sight: { kind: "absent" },
      is: { kind: "unproven", why: "no boot is known", isVoid: true },
    },
  ])("$name", async ({ evidence = seen, sight = same, void: voidReason, is }) => {
    expect(await judge(seeing(sight, voidReason), clock, evidence)).toEqual(is);
  });
});
