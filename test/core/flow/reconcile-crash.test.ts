/**
 * A reconciler dies before and after each call it makes of the cluster, and before and after each request behind those: the next run
 * finishes, and nothing that lives is lost.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { createScene } from "../../../core/kube/reconcile/scene.ts";
import { configMaps } from "../../../core/kube/resources.ts";
import type { Scene } from "../../../core/ports/scene.ts";
import { home } from "../../support/cluster-stage.ts";
import { createFakeApi, type Transport } from "../../support/fake-api.ts";
import { createReconcileStage, type ReconcileStage } from "../../support/reconcile-stage.ts";

type Mode = "absent" | "present";

/** Pods that live, on this node and on one that has gone; stale ones by every rule; what Whereabouts left. */
function prepared(mode: Mode): ReconcileStage {
  const stage = createReconcileStage();
  stage.node("node-1", { isReady: false });
  stage.ready("node-1");
  stage.pod("lives", { node: "node-1" });
  stage.pod("elsewhere", { node: "node-gone" });
  stage.leaseOf("10.0.0.1", "lives");
  stage.leaseOf("10.0.0.2", "elsewhere", { node: "node-gone" });
  stage.leaseOf("10.0.0.3", "stale");
  stage.leaseOf("10.0.0.4", "far", { node: "node-gone" });
  if (mode === "absent") return stage;
  stage.put(configMaps, { metadata: { name: "berth", namespace: home }, data: { whereabouts: "present" } });
  stage.sawAll();
  for (const [octet, pod] of [
    ["1", "lives"],
    ["3", "stale"],
  ] as const)
    stage.entry("blue-10.0.0.0-24", `10.0.0.${octet}`, {
      id: `container-10.0.0.${octet}`,
      podref: `default/${pod}`,
      ifname: "net1",
    });
  stage.entry("blue-10.0.0.0-24", "10.0.0.9", { id: "wb", podref: "default/left", ifname: "net1" });
  return stage;
}

const living = ["blue-10.0.0.1", "blue-10.0.0.2"];

type Point = { readonly number: number; readonly what: string };

/** Dies at a point: that call, and every later one, never returns. */
async function runUntil(stage: ReconcileStage, number: number): Promise<readonly Point[]> {
  const points: Point[] = [];
  const at = (what: string): Promise<void> | undefined => {
    const point = { number: points.length + 1, what };
    if (point.number >= number) return new Promise<void>(() => undefined);
    points.push(point);
    return undefined;
  };
  const transport: Transport = async ({ verb, resource, name }, deed) => {
    await at(`before request ${verb} ${resource} ${name}`);
    const answer = deed();
    await at(`after request ${verb} ${resource} ${name}`);
    return answer;
  };
  const api = createFakeApi(stage.server, { transport });
  const random = { below: () => 0n, id: () => "an-id" };
  const scene = withPoints(createScene({ api, namespace: home, clock: stage.clock, random }), at);
  await stage.run({ needs: { scene } }).catch((error: unknown) => {
    // The clock finds nothing left that could go on.
    if (!String(error).includes("never comes")) throw error;
  });
  return points;
}

function withPoints(scene: Scene, at: (what: string) => Promise<void> | undefined): Scene {
  const calls = Object.entries(scene).map(([name, value]: [string, unknown]) => {
    const call = value as (...args: unknown[]) => Promise<unknown>;
    const wrapped = async (...args: unknown[]) => {
      await at(`before ${name}`);
      const answer = await call(...args);
      await at(`after ${name}`);
      return answer;
    };
    return [name, wrapped];
  });
  return Object.fromEntries(calls) as Scene;
}

describe.each([{ mode: "absent" as const }, { mode: "present" as const }])(
  "a reconciler that dies, Whereabouts $mode",
  ({ mode }) => {
    test("at any call or request: the next run finishes, and what lives stays", { timeout: 60_000 }, async () => {
      const points = await runUntil(prepared(mode), Number.POSITIVE_INFINITY);
      expect(points.length).toBeGreaterThan(40);
      for (const { number, what } of points) {
        const stage = prepared(mode);
        await runUntil(stage, number);
        const label = `${what} (${number} of ${points.length})`;
        expect(stage.standing(), label).toEqual(expect.arrayContaining(living));
        const { failed } = await stage.run();
        expect(failed, label).toEqual([]);
        expect(stage.standing(), label).toEqual(living);
        expect(stage.entries(), label).toEqual(mode === "present" ? ["1"] : []);
        const { summary } = await stage.run();
        expect(summary.suspects + summary.freed[1] + summary.freed[2] + summary.freed[3], label).toBe(0);
      }
    });

    test("every call of the scene is a crash point", async () => {
      const points = await runUntil(prepared(mode), Number.POSITIVE_INFINITY);
      const seen = new Set(points.map(({ what }) => what));
      for (const call of [
        "begin",
        "leasesOf",
        "survey",
        "nodes",
        "berthPods",
        "podsOf",
        "look",
        "pod",
        "free",
        "repair",
      ])
        expect(seen, call).toContain(`before ${call}`);
      expect([...seen].some((what) => what.startsWith("after request remove"))).toBe(true);
    });
  },
);
