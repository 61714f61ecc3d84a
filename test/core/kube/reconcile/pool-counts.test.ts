/**
 * Counts on pools: as `berthctl networks` counts, written only when they changed, and in nobody's way.
 *
 * @module
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { annotations } from "../../../../core/kube/labels.ts";
import { pools, reservations } from "../../../../core/kube/resources.ts";
import { countPools } from "../../../../core/kube/reconcile/pool-counts.ts";
import type { Mode } from "../../../../core/ports/cluster.ts";
import { createFakeApi, type FakeApiOptions } from "../../../support/fake-api.ts";
import { claim, place } from "../../../support/samples.ts";
import { type ClusterDesk, createClusterDesk, forbidden, home, podOf } from "../../../cli/cluster-desk.ts";

let desk: ClusterDesk;
let nowMs: number;
const going = new AbortController().signal;

beforeEach(() => {
  desk = createClusterDesk();
  nowMs = Date.parse("2026-03-01T10:00:00Z");
});
afterEach(() => desk.close());

function count(mode: Mode = "absent", options: Partial<FakeApiOptions> = {}, signal: AbortSignal = going) {
  return countPools(
    {
      api: createFakeApi(desk.server, options),
      namespace: home,
      nowMs: () => nowMs,
      timestamp: (ms) => new Date(ms).toISOString(),
      readTimestamp: (text) => (Number.isNaN(Date.parse(text)) ? undefined : Date.parse(text)),
    },
    mode,
    signal,
  );
}

function shown(name: string) {
  const found = desk.server.read({ resource: pools, namespace: home, name });
  if (found.kind !== "object") return undefined;
  const marks = found.object.metadata.annotations;
  return `${marks?.[annotations.used]} ${marks?.[annotations.free]} ${marks?.[annotations.counted]}`;
}

const blue = "blue-10.0.0.0-24";
const at10 = "2026-03-01T10:00:00.000Z";
const entry = (podref: string) => ({ id: `c-${podref}`, podref, ifname: "net1" });

/** What `berthctl networks` says of each range: used and free. */
async function networks(mode: Mode): Promise<ReadonlyMap<string, string>> {
  desk.mode(mode);
  const { out } = await desk.berthctl("networks", "--json");
  const exact = (_key: string, value: unknown, context?: { readonly source: string }) =>
    typeof value === "number" ? context?.source : value;
  const { ranges } = JSON.parse(out, exact) as {
    ranges: { network: string; range: string; used: string; free: string }[];
  };
  return new Map(
    ranges.map((one) => [`${one.network}-${one.range.replaceAll(/[:/]/g, "-")}`, `${one.used} ${one.free} ${at10}`]),
  );
}

function stage(): void {
  desk.nad("blue", { range: "10.0.0.0/24", exclude: ["10.0.0.128/25"], gateway: "10.0.0.1" });
  desk.nad("narrow", { range: "10.0.0.64-10.0.0.95/26", network_name: "blue" });
  desk.nad("red", { range: "2001:db8::/64", network_name: "red" });
  desk.pool("10.0.0.0/24");
  desk.pool("10.0.0.64/26", { marks: { [annotations.network]: "blue", [annotations.pool]: "10.0.0.64/26" } });
  desk.pool("2001:db8::/64", { network: "red" });
  desk.pool("10.9.0.0/30", { network: "old" });
  for (const text of ["10.0.0.5", "10.0.0.70"]) desk.lease(text);
  desk.lease("10.0.0.71", { place: place("10.0.0.71", { pool: "10.0.0.64/26" }) });
  // Excluded by now.
  desk.lease("10.0.0.200");
  desk.lease("10.0.0.80", { kind: "static", place: place("10.0.0.80", { pool: "" }) });
  const withheld = { kind: "withheld", holder: undefined, reason: "printer" } as const;
  desk.lease("10.0.0.81", { ...withheld, place: place("10.0.0.81", { pool: "" }) });
  desk.lease("2001:db8::7", { place: place("2001:db8::7", { network: "red", pool: "2001:db8::/64" }) });
}

/** The entries that agents write for these beside Whereabouts, and what Whereabouts gave. */
function entries(): void {
  for (const text of ["10.0.0.5", "10.0.0.70", "10.0.0.200"]) desk.entry(blue, text, entry(`default/pod-${text}`));
  desk.entry("blue-10.0.0.64-26", "10.0.0.71", entry("default/pod-10.0.0.71"));
  for (const pool of [blue, "blue-10.0.0.64-26"]) desk.entry(pool, "10.0.0.81", { id: "", podref: "/withheld" });
  desk.entry("red-2001-db8---64", "2001:db8::7", entry("default/pod-2001:db8::7"));
  desk.entry(blue, "10.0.0.9", entry("apps/wb-9"));
  desk.plant(reservations, "blue-10.0.0.9", { spec: { podref: "apps/wb-9", ifname: "net1" } });
}

describe("counts on pools", () => {
  test.for<{ mode: Mode }>([{ mode: "absent" }, { mode: "present" }])(
    "are those of berthctl networks, mode $mode",
    async ({ mode }) => {
      stage();
      if (mode === "present") entries();
      const expected = await networks(mode);
      expect(await count(mode)).toEqual({ kind: "counted", pools: 4, written: 4, failures: [] });
      const found = desk.server.all(pools).map(({ metadata }) => [metadata.name, shown(metadata.name)] as const);
      expect(new Map(found)).toEqual(expected);
      expect(shown("red-2001-db8---64")).toBe(`1 18446744073709551613 ${at10}`);
    },
  );

  test("with overlapping ranges off are the pool's own, and what is of no pool", async () => {
    const apart = { overlapping: false } as const;
    desk.nad("apart", { range: "10.1.0.0/24", enable_overlapping_ranges: false });
    desk.nad("wide", { range: "10.1.0.0/16" });
    desk.pool("10.1.0.0/24", {
      marks: { [annotations.overlapping]: "false", [annotations.network]: "blue", [annotations.pool]: "10.1.0.0/24" },
    });
    desk.pool("10.1.0.0/16");
    desk.lease("10.1.0.5", { place: place("10.1.0.5", { ...apart, pool: "10.1.0.0/24" }) });
    desk.lease("10.1.0.6", { place: place("10.1.0.6", { pool: "10.1.0.0/16" }) });
    desk.lease("10.1.0.7", { kind: "static", place: place("10.1.0.7", { pool: "" }) });
    await count();
    expect([shown("blue-10.1.0.0-24"), shown("blue-10.1.0.0-16")]).toEqual([`2 252 ${at10}`, `2 65532 ${at10}`]);
  });

  test("of a definition with two bounds of one pool are of both together", async () => {
    desk.nad("low", { range: "10.0.0.0/24", range_end: "10.0.0.99" });
    desk.nad("high", { range: "10.0.0.0/24", range_start: "10.0.0.90", range_end: "10.0.0.109" });
    desk.pool("10.0.0.0/24");
    for (const text of ["10.0.0.95", "10.0.0.105", "10.0.0.205"]) desk.lease(text);
    await count();
    expect(shown(blue)).toBe(`2 107 ${at10}`);
  });

  test("are written when they change, or are a day old, and not otherwise", async () => {
    desk.pool("10.0.0.0/24");
    desk.lease("10.0.0.5");
    expect(await count()).toMatchObject({ written: 1 });
    nowMs += 3_600_000;
    expect(await count()).toMatchObject({ written: 0 });
    expect(shown(blue)).toBe(`1 253 ${at10}`);
    desk.lease("10.0.0.6");
    expect(await count()).toMatchObject({ written: 1 });
    expect(shown(blue)).toBe("2 252 2026-03-01T11:00:00.000Z");
    nowMs += 86_400_000;
    expect(await count()).toMatchObject({ written: 1 });
    expect(shown(blue)).toBe("2 252 2026-03-02T11:00:00.000Z");
  });

  test("that somebody edited are put right", async () => {
    const marks = { [annotations.used]: "many", [annotations.free]: "253", [annotations.counted]: "yesterday" };
    desk.pool("10.0.0.0/24", { marks });
    expect(await count()).toMatchObject({ written: 1 });
    expect(shown(blue)).toBe(`0 254 ${at10}`);
  });

  test("go beside an entry that is written at the same moment, and leave the pool as it is", async () => {
    desk.pool("10.0.0.0/24");
    const transport: FakeApiOptions["transport"] = async (call, deed) => {
      if (call.verb === "patch") desk.entry(blue, "10.0.0.9", entry("apps/wb-9"));
      return deed();
    };
    expect(await count("present", { transport })).toMatchObject({ written: 1 });
    const found = desk.server.read({ resource: pools, namespace: home, name: blue });
    expect(found).toMatchObject({
      object: { spec: { range: "10.0.0.0/24", allocations: { 9: entry("apps/wb-9") } } },
    });
  });

  test.for<{ name: string; meanwhile: () => void }>([
    {
      name: "counted by another member",
      meanwhile: () => desk.pool("10.0.0.0/24", { marks: { [annotations.used]: "9" } }),
    },
    { name: "made anew", meanwhile: () => desk.pool("10.0.0.0/24") },
    {
      name: "deleted",
      meanwhile: () => desk.server.uproot({ resource: pools, namespace: home, name: blue }),
    },
  ])("of a pool that was $name meanwhile are left to the next count", async ({ meanwhile }) => {
    desk.pool("10.0.0.0/24");
    const transport: FakeApiOptions["transport"] = async (call, deed) => {
      if (call.verb === "patch") meanwhile();
      return deed();
    };
    const answer = await count("absent", { transport });
    expect(answer).toMatchObject({ kind: "counted", written: 0 });
  });

  test("pass over a pool that cannot be read, and count the others", async () => {
    desk.pool("10.0.0.0/24");
    desk.plant(pools, "odd", { spec: { range: "blue", allocations: {} } });
    for (const mode of ["absent", "present"] as const) expect(await count(mode)).toMatchObject({ pools: 1 });
    expect([shown(blue), shown("odd")]).toEqual([`0 254 ${at10}`, "undefined undefined undefined"]);
  });

  test.for(["network-attachment-definitions", "ippools", "overlappingrangeipreservations"])(
    "are not written when %s cannot be read: nothing that failed is taken for empty",
    async (kind) => {
      stage();
      for (const mode of ["absent", "present"] as const) {
        expect(await count(mode, forbidden(kind))).toMatchObject({
          kind: "unknown",
          reason: expect.stringContaining("forbidden"),
        });
      }
      expect(shown(blue)).toBe("undefined undefined undefined");
    },
  );

  test("of node slices count in the slice and in the whole range", async () => {
    desk.nad("sliced", { range: "10.3.0.0/16", node_slice_size: "/24" });
    desk.plant({ ...pools, plural: "nodeslicepools", kind: "NodeSlicePool" }, "sliced", {
      spec: { range: "10.3.0.0/16", sliceSize: "/24" },
      status: { allocations: [{ nodeName: "node-1", sliceRange: "10.3.1.0/24" }] },
    });
    desk.pool("10.3.0.0/16");
    desk.pool("10.3.1.0/24", { name: "blue-node-1-10.3.1.0-24" });
    desk.entry("blue-node-1-10.3.1.0-24", "10.3.1.7", entry("apps/wb-7"));
    await count("present");
    expect([shown("blue-node-1-10.3.1.0-24"), shown("blue-10.3.0.0-16")]).toEqual([`1 253 ${at10}`, `1 65533 ${at10}`]);
  });

  test("end where the member is no longer the elected one", async () => {
    stage();
    expect(await count("absent", {}, AbortSignal.abort())).toMatchObject({ written: 0 });
  });

  test("of a list that expired while it was read are counted once", async () => {
    desk.pool("10.0.0.0/16", { network: "blue" });
    for (let at = 0; at < 700; at += 1) {
      const text = `10.0.${at >> 8}.${at & 255 || 1}`;
      if (at % 256 !== 0)
        desk.lease(text, { ...claim(text), holder: podOf(text), place: place(text, { pool: "10.0.0.0/16" }) });
    }
    let lists = 0;
    const transport: FakeApiOptions["transport"] = async (call, deed) => {
      if (call.resource === reservations.plural) {
        lists += 1;
        if (lists === 2) {
          desk.server.advance(1);
          desk.server.expireLists();
        }
      }
      return deed();
    };
    await count("absent", { transport });
    expect(lists).toBe(4);
    expect(shown("blue-10.0.0.0-16")).toBe(`697 64837 ${at10}`);
  });
});
