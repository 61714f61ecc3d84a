/**
 * `berthctl release --node`: what a node held that is gone comes back by a person's word, and what may still be in use does not.
 *
 * @module
 */
import { afterEach, expect, test } from "vitest";
import { annotations } from "../../../core/kube/labels.ts";
import { entryOf } from "../../../core/kube/mixed.ts";
import { readEntries } from "../../../core/kube/pool-entries.ts";
import { nodes, pods, pools, reservations } from "../../../core/kube/resources.ts";
import type { Claim } from "../../../core/ports/store.ts";
import { claim } from "../../support/samples.ts";
import { type ClusterDesk, createClusterDesk, forbidden, home, podOf, type StageOptions } from "../cluster-desk.ts";

let desk: ClusterDesk;
afterEach(() => desk.close());

const pool = "blue-10.0.0.0-24";
const gone = "node-9";

/** One lease of node-1, two of a node that is gone; beside Whereabouts, with their entries. */
function stage(options: StageOptions = {}): void {
  desk = createClusterDesk(options);
  desk.nad("blue", { range: "10.0.0.0/24" });
  desk.pool("10.0.0.0/24");
  for (const [text, node] of [
    ["10.0.0.3", "node-1"],
    ["10.0.0.4", gone],
    ["10.0.0.5", gone],
  ] as const)
    held(text, node);
}

function held(text: string, node: string, contested?: Claim): void {
  const made = desk.lease(text, { holder: podOf(text, node) }, contested);
  desk.entry(pool, text, entryOf(made));
}

const names = () => desk.server.all(reservations).map(({ metadata }) => metadata.name);

function entryCount(): number {
  const found = desk.server.read({ resource: pools, namespace: home, name: pool });
  const read = found.kind === "object" ? readEntries(found.object) : undefined;
  return read?.kind === "entries" ? read.entries.size : -1;
}

function podThere(text: string, uid = `uid-${text}`, nodeName = gone): void {
  const spec = { nodeName };
  desk.plant(pods, `pod-${text}`, { metadata: { uid }, spec, status: { phase: "Running" } }, "default");
}

test("gives back all leases of a node that is gone, both halves, and none of another", async () => {
  stage();
  expect(await desk.berthctl("release", "--node", gone, "--yes")).toMatchObject({
    code: 0,
    out: "Released 2 of 2 leases of node node-9\n",
  });
  expect(names()).toEqual(["blue-10.0.0.3"]);
  expect(entryCount()).toBe(1);
});

test("asks first, and prints with --dry-run what it would release", async () => {
  stage();
  const before = desk.server.revision();
  expect(await desk.berthctl("release", "--node", gone, "--dry-run")).toMatchObject({
    code: 0,
    out: "Would release 10.0.0.4 of pod default/pod-10.0.0.4 (network blue)\nWould release 10.0.0.5 of pod default/pod-10.0.0.5 (network blue)\n",
  });
  expect(await desk.with({ answer: "n" }).berthctl("release", "--node", gone)).toMatchObject({ code: 1, out: "" });
  expect(await desk.berthctl("release", "--node", gone)).toMatchObject({ code: 2, out: "" });
  expect(desk.asked).toEqual(["Release 2 leases of node node-9? [y/N] "]);
  expect(desk.server.revision()).toBe(before);
});

test("refuses a node that exists; one that is out of service is gone", async () => {
  stage();
  desk.plant(nodes, gone, { spec: { taints: [{ key: "dedicated" }] } });
  const refused = await desk.berthctl("release", "--node", gone, "--yes");
  expect(refused).toMatchObject({ code: 1, out: "" });
  expect(refused.err).toContain('Cannot release node "node-9": expected one that no longer exists');
  expect(names()).toHaveLength(3);
  desk.plant(nodes, gone, { spec: { taints: [{ key: "node.kubernetes.io/out-of-service" }] } });
  expect(await desk.berthctl("release", "--node", gone, "--yes")).toMatchObject({ code: 0 });
  expect(names()).toEqual(["blue-10.0.0.3"]);
});

test("keeps what a pod has that is still there, and takes it by force; another pod of that name keeps nothing", async () => {
  stage();
  podThere("10.0.0.4");
  podThere("10.0.0.5", "uid-of-another");
  const kept = await desk.berthctl("release", "--node", gone, "--yes");
  expect(kept).toMatchObject({ code: 1, out: "Released 1 of 1 lease of node node-9\n" });
  expect(kept.err).toContain("Kept 10.0.0.4 of pod default/pod-10.0.0.4 (network blue): its pod is there\n");
  expect(names()).toEqual(["blue-10.0.0.3", "blue-10.0.0.4"]);
  desk.plant(nodes, gone, {});
  expect(await desk.berthctl("release", "--node", gone, "--yes", "--force")).toMatchObject({ code: 0 });
  expect(names()).toEqual(["blue-10.0.0.3"]);
});

test("keeps what pods have that live on a node of another name: the agent only called itself otherwise", async () => {
  stage();
  podThere("10.0.0.4", undefined, "node-1");
  const { code, out, err } = await desk.berthctl("release", "--node", gone, "--yes");
  expect({ code, out }).toEqual({ code: 1, out: "Released 1 of 1 lease of node node-9\n" });
  expect(err).toContain("Kept 10.0.0.4 of pod default/pod-10.0.0.4 (network blue): its pod is there\n");
  expect(names()).toEqual(["blue-10.0.0.3", "blue-10.0.0.4"]);
});

test.each([
  { name: "whose pod cannot be read", holder: podOf("10.0.0.4", gone), why: "its pod cannot be read: a test" },
  {
    name: "that names no pod",
    holder: { ...podOf("10.0.0.4", gone), pod: undefined },
    why: "it names no pod that could be looked for",
  },
])("keeps a lease $name, and takes it by force", async ({ holder, why }) => {
  desk = createClusterDesk({
    transport: async (call, deed) =>
      call.verb === "read" && call.resource === "pods" ? { kind: "unknown", reason: "a test", mayLand: false } : deed(),
  });
  desk.mode("absent");
  desk.lease("10.0.0.4", { holder });
  const kept = await desk.berthctl("release", "--node", gone, "--yes");
  expect(kept).toMatchObject({ code: 1, out: "Nothing to release of node node-9\n" });
  expect(kept.err).toContain(why);
  expect(names()).toHaveLength(1);
  expect(await desk.berthctl("release", "--node", gone, "--yes", "--force")).toMatchObject({ code: 0 });
  expect(names()).toHaveLength(0);
});

test("releases nothing for somebody who may not read pods", async () => {
  desk = createClusterDesk(forbidden("pods"));
  desk.lease("10.0.0.4", { holder: podOf("10.0.0.4", gone) });
  const { code, err } = await desk.berthctl("release", "--node", gone, "--yes");
  expect(code).toBe(4);
  expect(err).toContain('Cannot read "pods"');
  expect(names()).toHaveLength(1);
});

test("leaves a lease that was renewed at that moment, and tells it", async () => {
  let isLate = false;
  stage({
    transport: async (call, deed) => {
      if (call.verb === "remove" && call.name === "blue-10.0.0.4" && !isLate) {
        isLate = true;
        const name = { resource: reservations, namespace: home, name: "blue-10.0.0.4" };
        const path = `/metadata/annotations/${annotations.attempt.replace("/", "~1")}`;
        desk.server.patch(name, [{ op: "replace", path, value: "attempt-of-now" }]);
      }
      return deed();
    },
  });
  const { code, out, err } = await desk.berthctl("release", "--node", gone, "--yes");
  expect({ code, out }).toEqual({ code: 1, out: "Released 1 of 2 leases of node node-9\n" });
  expect(err).toContain("Kept 10.0.0.4 of pod default/pod-10.0.0.4 (network blue): somebody else holds it by now");
  expect(names()).toEqual(["blue-10.0.0.3", "blue-10.0.0.4"]);
});

test("hands a contested address over to the lease that lives", async () => {
  stage();
  desk.mode("absent");
  const living = claim("10.0.0.7", { holder: podOf("10.0.0.7", "node-2"), attempt: "attempt-that-lives" });
  held("10.0.0.7", gone, living);
  expect(await desk.berthctl("release", "--node", gone, "--yes")).toMatchObject({ code: 0 });
  const found = desk.server.read({ resource: reservations, namespace: home, name: "blue-10.0.0.7" });
  expect(found).toMatchObject({
    object: {
      metadata: { annotations: { [annotations.attempt]: "attempt-that-lives", [annotations.node]: "node-2" } },
    },
  });
});

test("says so when there is nothing, when it is no cluster, and when an address stands beside", async () => {
  stage();
  expect(await desk.berthctl("release", "--node", "node-8", "--yes")).toMatchObject({
    code: 0,
    out: "Nothing to release of node node-8\n",
  });
  expect(await desk.desk.berthctl("release", "--node", gone)).toMatchObject({
    code: 2,
    err: expect.stringContaining("expected a cluster, found the leases of this machine"),
  });
  for (const args of [
    ["10.0.0.4", "--node", gone],
    ["--node", gone, "--network", "blue"],
    ["10.0.0.4", "--dry-run"],
    [],
  ])
    expect(await desk.berthctl("release", ...args)).toMatchObject({
      code: 2,
      err: expect.stringContaining("Cannot release: expected an address, or --node alone"),
    });
});
