/**
 * The pods of a node, when they can be listed, and when they cannot.
 *
 * @module
 */
import { expect, test } from "vitest";
import { PodList } from "../../../../core/flow/reconcile/pod-list.ts";
import type { PodState, Scene } from "../../../../core/ports/scene.ts";

const away = { kind: "unknown", reason: "connection refused" } as const;

/** A scene whose single reads are counted. */
function stage(list: Awaited<ReturnType<Scene["podsOf"]>>, read: (name: string) => PodState | "absent" | typeof away) {
  const reads: string[] = [];
  const scene: Pick<Scene, "podsOf" | "pod"> = {
    podsOf: async () => list,
    pod: async ({ name }) => (reads.push(name), read(name)),
  };
  const sights = async (count: number) => {
    const pods = await PodList.read(scene, "node-1", false);
    const seen: string[] = [];
    for (let at = 0; at < count; at += 1)
      seen.push((await pods.sight({ namespace: "default", name: `pod-${at}`, uid: "a-uid" })).kind);
    return seen;
  };
  return { reads, sights, scene };
}

test("where the list fails, twenty pods are read one by one, and nothing is known of the others", async () => {
  const { reads, sights } = stage(away, () => "absent");
  const seen = await sights(250);
  expect(reads).toHaveLength(20);
  expect(seen.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => "gone"));
  expect(new Set(seen.slice(20))).toEqual(new Set(["unknown"]));
});

test("an empty list of a node that is there is not believed either", async () => {
  const { reads, sights } = stage({ kind: "pods", pods: [] }, () => "absent");
  expect((await sights(21)).at(-1)).toBe("unknown");
  expect(reads).toHaveLength(20);
});

test("a server that has not answered three times in a row is left alone", async () => {
  const { reads, sights } = stage(away, () => away);
  expect(new Set(await sights(250))).toEqual(new Set(["unknown"]));
  expect(reads).toEqual(["pod-0", "pod-1", "pod-2"]);
});

test("one that answers in between is asked on", async () => {
  const { reads, sights } = stage(away, (name) => (/[13579]$/.test(name) ? away : "absent"));
  const seen = await sights(10);
  expect(seen.filter((kind) => kind === "gone")).toHaveLength(5);
  expect(reads).toHaveLength(10);
});

test("the interfaces of a pod share one read", async () => {
  const { reads, scene } = stage(away, () => "absent");
  const pods = await PodList.read(scene, "node-1", false);
  const pod = { namespace: "default", name: "web-0", uid: "a-uid" };
  expect([await pods.sight(pod), await pods.sight(pod)].map(({ kind }) => kind)).toEqual(["gone", "gone"]);
  expect(reads).toEqual(["web-0"]);
});
