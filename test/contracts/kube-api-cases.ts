/**
 * What every client of an API server must do, as cases that hold on a real one too: each makes its own namespace.
 *
 * @module
 */
import { beforeEach, describe, expect, test } from "vitest";
import { configMaps, pools, reservations } from "../../core/kube/resources.ts";
import type { KubeApi } from "../../core/ports/kube-api.ts";
import { kubeApiListCases } from "./kube-api-list-cases.ts";
import { kubeApiWatchCases } from "./kube-api-watch-cases.ts";
import { entry, judged, type KubeApiUnderTest, objectOf, revision, Sample } from "./kube-api-sample.ts";

/** @param create a client, and a namespace that exists and that no other case uses. */
export function kubeApiCases(name: string, create: () => Promise<KubeApiUnderTest>): void {
  kubeApiListCases(name, create);
  kubeApiWatchCases(name, create);

  describe(`an API server: ${name}`, () => {
    let api: KubeApi;
    let of: Sample;

    beforeEach(async () => {
      const under = await create();
      api = under.api;
      of = new Sample(under);
    });

    test("creates an object with an id of its own and a number that rises, and reads it as it is", async () => {
      const first = await of.made(
        reservations,
        of.reservation("10.0.0.1", { labels: { a: "b" }, annotations: { c: "d" } }),
      );
      const second = await of.made(reservations, of.reservation("10.0.0.2"));
      expect(first.metadata).toMatchObject({
        name: "10.0.0.1",
        namespace: of.namespace,
        labels: { a: "b" },
        annotations: { c: "d" },
      });
      expect(first.metadata.uid).not.toBe(second.metadata.uid);
      expect(revision(second)).toBeGreaterThan(revision(first));
      const read = objectOf(await api.read(of.named(reservations, "10.0.0.1")));
      expect(read.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
      expect(read["spec"]).toEqual({ podref: "default/web-0", ifname: "net1", containerid: "c1" });
    });

    test("answers a read of what is not there as absent", async () => {
      expect(await api.read(of.named(reservations, "10.0.0.1"))).toEqual({ kind: "absent" });
    });

    test("refuses to create a name twice, and leaves what is there", async () => {
      const first = await of.made(reservations, of.reservation("10.0.0.1"));
      const second = await api.create(reservations, of.reservation("10.0.0.1", { labels: { other: "yes" } }));
      expect(second).toMatchObject({ kind: "refused", status: 409, reason: "AlreadyExists" });
      expect(objectOf(await api.read(of.named(reservations, "10.0.0.1"))).metadata.uid).toBe(first.metadata.uid);
    });

    test("holds one name once in each namespace and kind", async () => {
      await of.made(reservations, of.reservation("10.0.0.1"));
      const map = {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "10.0.0.1", namespace: of.namespace },
        data: { a: "b" },
      };
      expect(objectOf(await api.create(configMaps, map))["data"]).toEqual({ a: "b" });
    });

    const badNames = [
      { name: "a name that begins with a dash", bad: () => of.reservation("--1") },
      { name: "upper case", bad: () => of.reservation("Blue-10.0.0.1") },
      { name: "a name of 254 characters", bad: () => of.reservation("a".repeat(254)) },
      { name: "a label of 64 characters", bad: () => of.reservation("10.0.0.1", { labels: { node: "n".repeat(64) } }) },
      { name: "a label with a slash", bad: () => of.reservation("10.0.0.1", { labels: { node: "10.0.0.0/24" } }) },
      {
        name: "a reservation without podref",
        bad: () => ({ ...of.reservation("10.0.0.1"), spec: { ifname: "net1" } }),
      },
    ];
    test.each(badNames)("refuses $name as invalid", async ({ bad }) => {
      expect(await api.create(reservations, bad())).toMatchObject({ kind: "refused", status: 422, reason: "Invalid" });
    });

    test("takes names of 253 and labels of 63 characters", async () => {
      const label = "n".repeat(63);
      await of.made(reservations, of.reservation("a".repeat(253), { labels: { node: label } }));
      expect(await of.listed({ labels: `node=${label}` })).toEqual(["a".repeat(253)]);
    });

    test("drops fields that the schema does not know", async () => {
      const spec = { podref: "default/web-0", ifname: "net1", secret: "x" };
      const object = await of.made(reservations, { ...of.reservation("10.0.0.1"), spec });
      expect(object["spec"]).toEqual({ podref: "default/web-0", ifname: "net1" });
    });

    test("patches an object where its id and number still stand", async () => {
      const first = await of.made(reservations, of.reservation("10.0.0.1"));
      const name = of.named(reservations, "10.0.0.1");
      const spec = { podref: "default/web-1", ifname: "net1" };
      const change = { op: "replace", path: "/spec", value: spec } as const;
      const second = objectOf(await api.patch(name, [...judged(first), change]));
      expect(second["spec"]).toEqual(spec);
      expect(second.metadata.uid).toBe(first.metadata.uid);
      expect(revision(second)).toBeGreaterThan(revision(first));
      expect(await api.patch(name, [...judged(first), change])).toMatchObject({ kind: "refused", status: 422 });
      const foreign = { ...second, metadata: { ...second.metadata, uid: "00000000-0000-4000-8000-000000000000" } };
      expect(await api.patch(name, [...judged(foreign), change])).toMatchObject({ kind: "refused", status: 422 });
    });

    test("patches nothing that has gone, nor what came after it", async () => {
      const first = await of.made(reservations, of.reservation("10.0.0.1"));
      const name = of.named(reservations, "10.0.0.1");
      await api.remove(name, { uid: first.metadata.uid ?? "" });
      const change = { op: "replace", path: "/spec/podref", value: "default/web-1" } as const;
      expect(await api.patch(name, [...judged(first), change])).toEqual({ kind: "absent" });
      await of.made(reservations, of.reservation("10.0.0.1"));
      expect(await api.patch(name, [...judged(first), change])).toMatchObject({ kind: "refused", status: 422 });
    });

    test("adds one key where it is absent, and refuses it where it is not", async () => {
      await of.made(pools, of.pool());
      const path = "/spec/allocations/5";
      const claim = (id: string) =>
        api.patch(of.named(pools, "10.0.0.0-24"), [
          { op: "test", path, value: null },
          { op: "add", path, value: entry(id) },
        ]);
      expect(objectOf(await claim("c1"))["spec"]).toEqual({ range: "10.0.0.0/24", allocations: { "5": entry("c1") } });
      expect(await claim("c2")).toMatchObject({ kind: "refused", status: 422 });
      const read = objectOf(await api.read(of.named(pools, "10.0.0.0-24")));
      expect(read["spec"]).toEqual({ range: "10.0.0.0/24", allocations: { "5": entry("c1") } });
    });

    test("removes a key where its whole value stands, in any order of its members", async () => {
      await of.made(pools, of.pool({ "5": entry("c1"), "6": entry("c2") }));
      const take = (id: string) =>
        api.patch(of.named(pools, "10.0.0.0-24"), [
          { op: "test", path: "/spec/allocations/5", value: { podref: "default/web-0", ifname: "net1", id } },
          { op: "remove", path: "/spec/allocations/5" },
        ]);
      expect(await take("c2")).toMatchObject({ kind: "refused", status: 422 });
      expect(objectOf(await take("c1"))["spec"]).toEqual({ range: "10.0.0.0/24", allocations: { "6": entry("c2") } });
      expect(await take("c1")).toMatchObject({ kind: "refused", status: 422 });
    });

    const failing: { name: string; steps: Parameters<KubeApi["patch"]>[1] }[] = [
      { name: "a number that has passed", steps: [{ op: "test", path: "/metadata/resourceVersion", value: "1" }] },
      { name: "the removal of a key that is not there", steps: [{ op: "remove", path: "/spec/allocations/9" }] },
      {
        name: "a path through a key that is not there",
        steps: [{ op: "test", path: "/spec/allocations/9/id", value: "c" }],
      },
      {
        name: "one failing test among others",
        steps: [
          { op: "add", path: "/spec/allocations/7", value: entry("c3") },
          { op: "test", path: "/spec/range", value: "10.0.0.0/8" },
        ],
      },
      { name: "an entry without an id", steps: [{ op: "add", path: "/spec/allocations/7", value: { podref: "a/b" } }] },
    ];
    test.each(failing)("refuses a patch whole for $name", async ({ steps }) => {
      const before = await of.made(pools, of.pool({ "5": entry("c1") }));
      expect(await api.patch(of.named(pools, "10.0.0.0-24"), steps)).toMatchObject({ kind: "refused", status: 422 });
      const after = objectOf(await api.read(of.named(pools, "10.0.0.0-24")));
      expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    });

    test("patches annotations, whose names hold slashes, and forgets who managed which field", async () => {
      const steps: Parameters<KubeApi["patch"]>[1] = [
        { op: "add", path: "/metadata/annotations/ipam.berth.io~1used", value: "5" },
        { op: "replace", path: "/metadata/managedFields", value: [{}] },
      ];
      const before = of.pool();
      await of.made(pools, { ...before, metadata: { ...before.metadata, annotations: { a: "b" } } });
      const after = objectOf(await api.patch(of.named(pools, "10.0.0.0-24"), steps));
      expect(after.metadata.annotations).toEqual({ a: "b", "ipam.berth.io/used": "5" });
    });

    test("writes nothing, and keeps the number, when a patch changes nothing", async () => {
      const before = await of.made(pools, of.pool({ "5": entry("c1") }));
      const steps = [{ op: "test", path: "/spec/range", value: "10.0.0.0/24" } as const];
      const after = objectOf(await api.patch(of.named(pools, "10.0.0.0-24"), steps));
      expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    });

    test("patches nothing that is not there", async () => {
      const steps = [{ op: "test", path: "/spec/range", value: "10.0.0.0/24" } as const];
      expect(await api.patch(of.named(pools, "10.0.0.0-24"), steps)).toEqual({ kind: "absent" });
    });

    test("removes only the very state that was judged", async () => {
      const first = await of.made(reservations, of.reservation("10.0.0.1"));
      const uid = first.metadata.uid ?? "";
      const resourceVersion = first.metadata.resourceVersion;
      const changed = objectOf(
        await api.patch(of.named(reservations, "10.0.0.1"), [
          { op: "replace", path: "/spec/containerid", value: "c2" },
        ]),
      );
      const remove = (preconditions: Parameters<KubeApi["remove"]>[1]) =>
        api.remove(of.named(reservations, "10.0.0.1"), preconditions);
      expect(await remove({ uid: "00000000-0000-4000-8000-000000000000" })).toMatchObject({ status: 409 });
      // The id alone would do: a change in place keeps it (hazards M5).
      expect(await remove({ uid, resourceVersion })).toMatchObject({
        kind: "refused",
        status: 409,
        reason: "Conflict",
      });
      expect(await remove({ uid, resourceVersion: changed.metadata.resourceVersion })).toEqual({ kind: "removed" });
      expect(await remove({ uid })).toEqual({ kind: "absent" });
      expect(await api.read(of.named(reservations, "10.0.0.1"))).toEqual({ kind: "absent" });
    });

    test("keeps what a finalizer holds: leaving, its name still taken, gone with the finalizer", async () => {
      const finalizers = ["test.berth.io/hold"];
      const first = await of.made(reservations, of.reservation("10.0.0.1", { finalizers }));
      const uid = first.metadata.uid ?? "";
      const name = of.named(reservations, "10.0.0.1");
      expect(await api.remove(name, { uid })).toMatchObject({ kind: "leaving", object: { metadata: { uid } } });
      expect(await api.remove(name, { uid })).toMatchObject({ kind: "leaving" });
      expect(await api.create(reservations, of.reservation("10.0.0.1"))).toMatchObject({
        status: 409,
        reason: "AlreadyExists",
      });
      expect(objectOf(await api.read(name)).metadata.deletionTimestamp).toBeDefined();
      await api.patch(name, [{ op: "remove", path: "/metadata/finalizers" }]);
      expect(await api.read(name)).toEqual({ kind: "absent" });
    });

    test("has no room for 10,300 entries in one pool, and says so with a 500", async () => {
      const full = { id: "c".repeat(64), podref: `default/${"p".repeat(37)}`, ifname: "net1" };
      const entries = Array.from({ length: 10_300 }, (_, at) => [String(at), full] as const);
      expect(await api.create(pools, of.pool(Object.fromEntries(entries)))).toMatchObject({
        kind: "refused",
        status: 500,
      });
      expect(await api.read(of.named(pools, "10.0.0.0-24"))).toEqual({ kind: "absent" });
    });

    test("tells its version and its time, and counts its connections", async () => {
      const probe = await api.probe();
      expect(probe).toMatchObject({ kind: "up", version: expect.stringMatching(/^v\d+\.\d+/) });
      expect(api.connections()).toBeGreaterThanOrEqual(1);
    });
  });
}
