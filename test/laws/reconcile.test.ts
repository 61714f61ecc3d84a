/**
 * Laws of reclaiming: a live lease is never freed, whatever is missing, late or wrong in the evidence; what was done once leaves
 * nothing to do; two members never undo each other.
 *
 * @module
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judge } from "../../core/reconcile/judge.ts";
import {
  type LeaseSight,
  type NamespaceState,
  type NodeSight,
  type PodSight,
  reconcileTimes,
} from "../../core/reconcile/sight.ts";
import { readReservation } from "../../core/kube/reservation.ts";
import { reservations } from "../../core/kube/resources.ts";
import { createReconcileStage, type ReconcileStage } from "../support/reconcile-stage.ts";

const podSights: readonly PodSight[] = [
  { kind: "lives" },
  { kind: "pending" },
  { kind: "lives", isByName: true },
  { kind: "pending", isByName: true },
  { kind: "gone", why: "absent" },
  { kind: "gone", why: "another uid" },
  { kind: "gone", why: "ended" },
  { kind: "unnamed" },
  { kind: "unknown", reason: "no answer" },
];
const namespaces: readonly NamespaceState[] = [
  { kind: "stands" },
  { kind: "gone", why: "gone" },
  { kind: "unproven", why: "void" },
];
const agents = ["ready", "none", { unknown: "no answer" }] as const;
const nodeSights: readonly NodeSight[] = [
  ...namespaces.flatMap((namespace) => agents.map((agent): NodeSight => ({ kind: "own", namespace, agent }))),
  { kind: "lost", why: "absent" },
  { kind: "lost", why: "out of service" },
  { kind: "silent" },
  { kind: "served" },
  { kind: "unserved" },
  { kind: "unknown", reason: "no answer" },
  ...[true, false].flatMap((isSteady) =>
    [true, false].flatMap((isMarked) =>
      [true, false].flatMap((wasSeen) =>
        [[], ["node-9"]].map((silent): NodeSight => ({ kind: "none", silent, isSteady, isMarked, wasSeen })),
      ),
    ),
  ),
];
const pod = fc.constantFrom(...podSights);
const node = fc.constantFrom(...nodeSights);

const watched = fc.record({
  ms: fc.oneof(fc.constantFrom(0, 1, 299_999, 300_000), fc.nat(10_000_000)),
  isUncached: fc.boolean(),
});

function sampleLease(): LeaseSight["lease"] {
  const stage = createReconcileStage();
  stage.leaseOf("10.0.0.1", "a");
  const [object] = stage.server.all(reservations);
  const lease = object === undefined ? undefined : readReservation(object);
  if (lease === undefined) throw new Error("no lease");
  return lease;
}

describe("judge", () => {
  const lease = sampleLease();

  test("frees only what has no pod, was watched for the grace, was read without a cache, and is proven gone where it was", () => {
    fc.assert(
      fc.property(pod, node, watched, (podSight, nodeSight, watch) => {
        const verdict = judge({ lease, pod: podSight, node: nodeSight }, watch, reconcileTimes);
        if (verdict.kind !== "free") return;
        const isOwn = nodeSight.kind === "own";
        const isNoProof = isOwn && "isByName" in podSight;
        expect(podSight.kind === "gone" || podSight.kind === "unnamed" || isNoProof).toBe(true);
        expect(watch.isUncached && watch.ms >= reconcileTimes.graceMs).toBe(true);
        const isProven =
          (nodeSight.kind === "own" && nodeSight.namespace.kind === "gone" && nodeSight.agent === "none") ||
          (nodeSight.kind === "lost" && podSight.kind === "gone") ||
          (nodeSight.kind === "none" &&
            nodeSight.silent.length === 0 &&
            nodeSight.isSteady &&
            nodeSight.wasSeen &&
            !nodeSight.isMarked &&
            podSight.kind === "gone");
        expect(isProven).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  test("says the same of one sight whenever it is asked, and later never less than a suspect of what it would free", () => {
    fc.assert(
      fc.property(pod, node, (podSight, nodeSight) => {
        const at = (ms: number, isUncached: boolean) =>
          judge({ lease, pod: podSight, node: nodeSight }, { ms, isUncached }, reconcileTimes);
        if (at(300_000, true).kind !== "free") return;
        expect(at(0, false).kind).toBe("suspect");
        expect(at(9_999_999, true).kind).toBe("free");
        expect(at(9_999_999, false).kind).toBe("suspect");
      }),
    );
  });
});

/** One lease of a random cluster, and whether its pod may still use it. */
const lot = fc.record({
  node: fc.constantFrom("node-1", "node-2", "node-3", "node-9"),
  pod: fc.constantFrom("running", "pending", "ended", "replaced", "absent"),
  isStanding: fc.boolean(),
});
type Lot = typeof lot extends fc.Arbitrary<infer Value> ? Value : never;

/** node-1: no agent; node-2: an agent; node-3: not Ready; node-9: there is none. */
function clusterOf(lots: readonly Lot[]): ReconcileStage {
  const stage = createReconcileStage();
  stage.node("node-1", { isReady: false });
  stage.ready("node-1");
  stage.ready("node-3", false);
  for (const [at, { node: name, pod: state, isStanding }] of lots.entries()) {
    stage.leaseOf(`10.0.0.${at + 1}`, `pod-${at}`, { node: name });
    if (isStanding) stage.namespaces.set(`/run/netns/pod-${at}`, "101");
    if (state === "absent") continue;
    const phase = { running: "Running", replaced: "Running", pending: "Pending", ended: "Failed" }[state];
    stage.pod(`pod-${at}`, { node: name, phase, ...(state === "replaced" ? { uid: "later" } : {}) });
  }
  return stage;
}

function isStale({ node: name, pod: state, isStanding }: Lot): boolean {
  const isGone = state === "absent" || state === "replaced" || state === "ended";
  return isGone && (name === "node-9" || (name === "node-1" && !isStanding));
}

const lots = fc.array(lot, { maxLength: 12 });

describe("a run", () => {
  test("frees exactly what is stale, and leaves the next run nothing to free", async () => {
    await fc.assert(
      fc.asyncProperty(lots, async (all) => {
        const stage = clusterOf(all);
        const first = await stage.run();
        const left = all.flatMap((one, at) => (isStale(one) ? [] : [`blue-10.0.0.${at + 1}`]));
        expect([...stage.standing()].sort()).toEqual(left.sort());
        expect(first.failed).toEqual([]);
        const second = await stage.run();
        expect(second.summary.freed).toEqual({ 1: 0, 2: 0, 3: 0 });
        expect(second.summary.suspects).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test("frees nothing that lives while any read fails, comes late or is lost", async () => {
    const faults = fc.array(fc.constantFrom("ok", "ok", "lost", "refused", "empty"), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(lots, faults, async (all, plan) => {
        const stage = clusterOf(all);
        let at = 0;
        await stage.run({
          transport: async (call, deed) => {
            const fault = plan[at % plan.length];
            at += 1;
            if (fault === "lost") return { kind: "unknown", reason: "lost", mayLand: true };
            if (fault === "refused") return { kind: "refused", status: 403, reason: "Forbidden", message: "no" };
            const answer = deed();
            const isList = fault === "empty" && call.verb === "list";
            return isList ? { ...answer, items: [], next: undefined } : answer;
          },
        });
        const standing = new Set(stage.standing());
        for (const [index, one] of all.entries())
          if (!isStale(one)) expect(standing.has(`blue-10.0.0.${index + 1}`), JSON.stringify(one)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test("two members, both elected, free what one would, and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(lots, async (all) => {
        const [alone, together] = [clusterOf(all), clusterOf(all)];
        await alone.run();
        const both = [together.run(), together.run({ own: "node-2" })];
        for (const ran of await Promise.all(both)) expect(ran.failed).toEqual([]);
        expect(together.standing()).toEqual(alone.standing());
      }),
      { numRuns: 30 },
    );
  });
});
