/**
 * `berthctl networks` over a cluster, written out by hand.
 *
 * @module
 */
import { afterEach, describe, expect, test } from "vitest";
import { annotations } from "../../../core/kube/labels.ts";
import { nodeSlicePools, reservations } from "../../../core/kube/resources.ts";
import { place } from "../../support/samples.ts";
import { type ClusterDesk, createClusterDesk, forbidden } from "../cluster-desk.ts";

let desk: ClusterDesk;
afterEach(() => desk.close());

const wb = (text: string) => ({ id: `wb-${text}`, podref: `default/wb-${text}`, ifname: "net1" });

describe("berthctl networks, of a cluster", () => {
  test("joins the definitions of all namespaces with pools, entries and reservations, and needs no agent", async () => {
    desk = createClusterDesk();
    desk.nad("blue", { range: "10.0.0.0/24", exclude: ["10.0.0.16/28"], gateway: "10.0.0.1" });
    desk.nad("six", { network_name: "red", range: "2001:db8::/64" }, "apps");
    desk.pool("10.0.0.0/24");
    desk.pool("10.9.0.0/30", { network: "old" });
    desk.lease("10.0.0.2");
    desk.entry("blue-10.0.0.0-24", "10.0.0.2", {
      id: "container-10.0.0.2",
      podref: "default/pod-10.0.0.2",
      ifname: "net1",
    });
    desk.entry("blue-10.0.0.0-24", "10.0.0.3", wb("3"));
    desk.lease("10.0.0.40", {
      kind: "withheld",
      holder: undefined,
      reason: "printer",
      place: place("10.0.0.40", { pool: "" }),
    });
    const { code, out, err } = await desk.berthctl("networks");
    expect(out).toBe(
      [
        "NETWORK  DEFINITION    RANGE          USED        FREE  EXCLUDED  WITHHELD       TOTAL  FILL",
        "blue     default/blue  10.0.0.0/24       3         234        17         1         254    1%",
        "old      -             10.9.0.0/30       0           2         0         0           2    0%",
        "red      apps/six      2001:db8::/64     0  ≈1.8×10^19         0         0  ≈1.8×10^19    0%",
        "",
      ].join("\n"),
    );
    expect({ code, err }).toEqual({ code: 0, err: "(cluster, namespace kube-system, beside Whereabouts)\n" });
  });

  test("counts a pool with overlapping ranges off for itself, and a withheld address in each", async () => {
    desk = createClusterDesk();
    desk.mode("absent");
    const off = { enable_overlapping_ranges: false };
    desk.nad("a", { range: "10.0.0.0/24", ...off });
    desk.nad("b", { range: "10.0.0.0/25", ...off });
    desk.lease("10.0.0.5", { place: place("10.0.0.5", { overlapping: false }) });
    desk.lease("10.0.0.6", { place: place("10.0.0.6", { overlapping: false, pool: "10.0.0.0/25" }) });
    desk.lease("10.0.0.7", { place: place("10.0.0.7", { overlapping: false, pool: "10.0.0.0/25" }) });
    desk.lease("10.0.0.8", { kind: "withheld", holder: undefined, place: place("10.0.0.8", { pool: "" }) });
    const { out, err } = await desk.berthctl("networks", "--json");
    const { ranges } = JSON.parse(out) as { ranges: { definition: string; used: number; withheld: number }[] };
    expect(ranges.map(({ definition, used, withheld }) => [definition, used, withheld])).toEqual([
      ["default/b", 3, 1],
      ["default/a", 2, 1],
    ]);
    expect(err).toBe("(cluster, namespace kube-system, without Whereabouts)\n");
  });

  test("keeps a pool apart that is marked so, also without a definition", async () => {
    desk = createClusterDesk();
    desk.mode("absent");
    const marks = { [annotations.network]: "old", [annotations.overlapping]: "false" };
    desk.pool("10.5.0.0/24", { network: "old", marks });
    desk.lease("10.5.0.7", { place: place("10.5.0.7", { network: "old", pool: "10.5.0.0/25" }) });
    expect((await desk.berthctl("networks")).out).toMatch(/^old +- +10\.5\.0\.0\/24 +0 +254 /m);
  });

  test("counts what node slices hold in the range of their definition", async () => {
    desk = createClusterDesk();
    desk.nad("blue", { range: "10.0.0.0/24", node_slice_size: "/26" });
    const allocations = [{ nodeName: "node-1", sliceRange: "10.0.0.64/26" }];
    desk.plant(nodeSlicePools, "blue", { spec: { range: "10.0.0.0/24" }, status: { allocations } });
    desk.pool("10.0.0.64/26", { name: "blue-node-1-10.0.0.64-26", allocations: { "3": wb("67") } });
    const { out } = await desk.berthctl("networks");
    expect(out.trimEnd().split("\n")).toHaveLength(2);
    expect(out).toMatch(/^blue +default\/blue +10\.0\.0\.0\/24 +1 +253 /m);
  });

  test("tells a definition and a pool that cannot be read, and a reservation of no address, instead of hiding them", async () => {
    desk = createClusterDesk();
    desk.nad("good", { range: "10.0.0.0/24" });
    desk.nad("bad", { range: "10.0.0.0/99" });
    desk.nadText("torn", '{"type":"macvlan","ipam":{"type":"whereabouts",');
    desk.nadText("other", '{"type":"macvlan","ipam":{"type":"host-local"}}');
    desk.plant(reservations, "no-address-at-all", { spec: { podref: "a/b" } });
    desk.pool("nonsense", { name: "blue-nonsense" });
    const { code, out, err } = await desk.berthctl("networks");
    expect(code).toBe(0);
    expect(out.trimEnd().split("\n")).toHaveLength(2);
    expect(
      err
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((line) => line.replace(/: expected.*|expected.*/, "…")),
    ).toEqual([
      "(definition default/bad cannot be read…",
      "(definition default/torn cannot be read…",
      "(IPPool kube-system/blue-nonsense…",
      "(reservation kube-system/no-address-at-all is of no address that can be told)",
    ]);
  });

  test("takes the names of Whereabouts' reservations apart by the networks that are known", async () => {
    desk = createClusterDesk();
    desk.nad("a", { range: "10.0.0.0/24", network_name: "team-1" });
    desk.nad("b", { range: "2001:db8::/120", network_name: "" });
    for (const name of ["team-1-10.0.0.9", "2001-db8--9"])
      desk.plant(reservations, name, { spec: { podref: "default/wb", ifname: "net1" } });
    const { out } = await desk.berthctl("networks");
    expect(out).toMatch(/^\(unnamed\) +default\/b +2001:db8::\/120 +1 /m);
    expect(out).toMatch(/^team-1 +default\/a +10\.0\.0\.0\/24 +1 /m);
  });

  test("goes on without what may not be read, and says what it lacks", async () => {
    desk = createClusterDesk(forbidden("network-attachment-definitions"));
    desk.pool("10.0.0.0/30", { marks: { [annotations.network]: "blue", [annotations.pool]: "10.0.0.0/30" } });
    const { code, out, err } = await desk.berthctl("networks");
    expect({ code, rows: out.trimEnd().split("\n").length }).toEqual({ code: 0, rows: 2 });
    expect(err).toContain('definitions could not be read: network-attachment-definitions is forbidden: User "eve"');
  });

  test("ends with the permission that is missing when reservations may not be read", async () => {
    desk = createClusterDesk(forbidden("overlappingrangeipreservations"));
    const { code, out, err } = await desk.berthctl("networks");
    expect({ code, out }).toEqual({ code: 4, out: "" });
    expect(err).toContain('Cannot read "reservations": expected the permission to, found: overlappingrange');
  });

  test("asks no further when nobody answers", async () => {
    let calls = 0;
    desk = createClusterDesk({
      transport: async () => {
        calls += 1;
        return { kind: "unknown", reason: "connection refused", mayLand: false };
      },
    });
    const { code, err } = await desk.berthctl("networks");
    expect({ code, calls }).toEqual({ code: 3, calls: 1 });
    expect(err).toContain("expected an answer of the API server, found: connection refused\n  run: kubectl version");
  });

  test("says so when there is nothing", async () => {
    desk = createClusterDesk();
    expect((await desk.berthctl("networks")).err).toContain("No NetworkAttachmentDefinition with a range");
  });
});
