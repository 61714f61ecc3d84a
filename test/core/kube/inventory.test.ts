/**
 * The cluster's picture for people: what could not be read is a gap that is told, or no picture at all.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { type InventoryQuery, readInventory, withRecords } from "../../../core/kube/inventory.ts";
import { configMaps, definitions, nodeSlicePools, pools, reservations } from "../../../core/kube/resources.ts";
import type { LeaseRecord } from "../../../core/ports/inventory.ts";
import { attachment, claim, holder, place } from "../../support/samples.ts";
import { createStoreStage, home, serving, type StoreStage } from "../../support/store-stage.ts";

const everything: InventoryQuery = { detail: "all" };
const forbidden = { kind: "refused", status: 403, reason: "Forbidden", message: "not you" } as const;
const entry = { id: "wb-1", podref: "default/wb", ifname: "net1" };

async function read(stage: StoreStage, query: InventoryQuery = everything) {
  const answer = await stage.until(readInventory({ api: stage.needs.api, namespace: home }, query));
  if (answer.kind !== "inventory") throw new Error(answer.what);
  return answer;
}

function words({ place: { network, pool, address }, state, reason, proof }: LeaseRecord): string {
  return [network, pool, formatAddress(address), state, reason, JSON.stringify(proof?.entry)].join(" ");
}

async function leases(stage: StoreStage, query?: InventoryQuery): Promise<readonly string[]> {
  return [...(await read(stage, query)).inventory.leases({})].map(words);
}

function define({ server }: StoreStage, name: string, config: object): void {
  server.plant(definitions, { metadata: { name, namespace: "default" }, spec: { config: JSON.stringify(config) } });
}

function plantPool({ server }: StoreStage, name: string, spec: object, annotations: object = {}): void {
  const metadata = { name, namespace: home, uid: name, annotations: { ...annotations } };
  server.plant(pools, { metadata, spec: { allocations: {}, ...spec } });
}

describe("no picture is drawn when", () => {
  test.for([
    { name: "nobody is there", call: "configmaps", fate: "away", what: "mode (ConfigMap berth)" },
    { name: "pools do not answer", call: "ippools", fate: "away", what: "pools (ippools)" },
    { name: "reservations are forbidden", call: "overlapping", fate: { refused: forbidden }, what: "reservations" },
  ] as const)("$name", async ({ call, fate, what }) => {
    const stage = createStoreStage(false);
    stage.link.always(call, fate);
    const answer = await stage.until(readInventory({ api: stage.needs.api, namespace: home }, everything));
    expect(answer).toMatchObject({ kind: "unreadable", what });
  });

  test("the one reservation that was asked for cannot be read whole", async () => {
    const stage = createStoreStage(false);
    await stage.hold(claim("10.0.0.5"));
    stage.link.always("read overlapping", { refused: forbidden });
    const query = { api: stage.needs.api, namespace: home };
    expect(await stage.until(readInventory(query, { detail: "one" }))).toMatchObject({ kind: "unreadable" });
  });
});

describe("a gap is told when", () => {
  test("the mode is forbidden to this person", async () => {
    const stage = createStoreStage(false);
    stage.link.always("configmaps", { refused: forbidden });
    const { mode, gaps } = await read(stage);
    expect([mode, gaps]).toEqual([undefined, ["the mode (ConfigMap berth) could not be read: not you"]]);
  });

  test("definitions are forbidden; a cluster without their kind has none, and no gap", async () => {
    const stage = createStoreStage(false);
    const back = stage.link.always("network-attachment", { refused: forbidden });
    expect((await read(stage)).gaps).toEqual(["definitions could not be read: not you"]);
    back();
    stage.link.always("network-attachment", { refused: { ...forbidden, status: 404 } });
    expect((await read(stage)).gaps).toEqual([]);
  });

  test("a definition has faults: the first is told, with its place where it has one, and the others are counted", async () => {
    const stage = createStoreStage(false);
    define(stage, "blue", { cniVersion: "1.0.0", name: "blue", ipam: { type: "berth", range: "x", gateway: 7 } });
    const spec = { config: '{"ipam": {"type": "whereabouts"' };
    stage.server.plant(definitions, { metadata: { name: "red", namespace: "default" }, spec });
    const { gaps } = await read(stage);
    expect(gaps[0]).toMatch(/^definition default\/blue cannot be read: expected .+ at ipam\.\S+, and \d more$/);
    expect(gaps[1]).toMatch(/^definition default\/red cannot be read: expected (?!.* at ipam).+$/);
  });

  test("a pool or a reservation says nothing that can be understood", async () => {
    const stage = createStoreStage(false);
    plantPool(stage, "blue-x", { range: "x" });
    stage.server.plant(reservations, { metadata: { name: "nobody", namespace: home }, spec: { podref: "a/b" } });
    expect((await read(stage)).gaps).toEqual([
      `IPPool ${home}/blue-x: expected a range in spec.range, found "x": run: kubectl --namespace ${home} edit ippools blue-x`,
      `reservation ${home}/nobody is of no address that can be told`,
    ]);
  });
});

test("the mode is as it is set, and present where nobody set it", async () => {
  const stage = createStoreStage(false);
  expect((await read(stage)).mode).toBe("present");
  for (const whereabouts of ["absent", "present", "something"]) {
    stage.server.plant(configMaps, { metadata: { name: "berth", namespace: home }, data: { whereabouts } });
    expect((await read(stage)).mode).toBe(whereabouts === "absent" ? "absent" : "present");
  }
});

test("pools of other namespaces that may not be looked into are left out, those of this one are not", async () => {
  const stage = createStoreStage(false);
  plantPool(stage, "blue-10.0.0.0-24", { range: "10.0.0.0/24", allocations: { 5: entry } });
  stage.link.next("list ippools", { refused: forbidden });
  expect((await read(stage)).pools.map(({ name }) => name)).toEqual(["blue-10.0.0.0-24"]);
});

test("leases are in the order of networks, families, numbers and pools, whoever tells of them", async () => {
  const stage = createStoreStage(true);
  const off = (text: string, pool: string) =>
    claim(text, { attempt: pool, place: place(text, { pool, overlapping: false }) });
  const texts = [
    claim("10.0.0.9"),
    claim("fd00::1"),
    claim("10.0.0.10", { place: place("10.0.0.10", { network: "a" }) }),
  ];
  const alone = createStoreStage(false);
  for (const one of [...texts, off("10.0.0.9", "10.0.0.8/29"), off("10.0.0.9", "10.0.0.0/16")])
    await alone.until(alone.store.claim(one));
  expect(await leases(alone)).toEqual([
    'a 10.0.0.0/24 10.0.0.10 lease  "missing"',
    'blue 10.0.0.0/16 10.0.0.9 lease  "missing"',
    'blue 10.0.0.0/24 10.0.0.9 lease  "missing"',
    'blue 10.0.0.8/29 10.0.0.9 lease  "missing"',
    'blue 10.0.0.0/24 fd00::1 lease  "missing"',
  ]);
  expect(await leases(stage)).toEqual([]);
});

describe("the entry of a lease", () => {
  async function held(spec: object, changes: Parameters<typeof claim>[1] = {}) {
    const stage = createStoreStage(false);
    await stage.hold(claim("10.0.0.5", changes));
    plantPool(stage, "blue-10.0.0.0-24", { range: "10.0.0.0/24", ...spec });
    return stage;
  }

  test.for([
    { name: "says the same", allocations: { 5: { id: "c1", podref: "default/web-0" } }, is: '"same"' },
    { name: "is missing", allocations: {}, is: '"missing"' },
    { name: "is another's", allocations: { 5: entry }, is: '{"other":"pod default/wb, container wb-1"}' },
    { name: "is a key that cannot be read", allocations: { "05": entry }, is: '{"other":"a key that cannot be read"}' },
  ])("$name", async ({ allocations, is }) => {
    expect(await leases(await held({ allocations }))).toEqual([`blue 10.0.0.0/24 10.0.0.5 lease  ${is}`]);
  });

  test("is not missed when Berth is alone, nor when nobody asked for whole objects", async () => {
    const stage = await held({});
    expect(await leases(stage, { detail: "counts" })).toEqual(['blue 10.0.0.0/24 10.0.0.5 lease  "none"']);
    stage.server.plant(configMaps, { metadata: { name: "berth", namespace: home }, data: { whereabouts: "absent" } });
    expect(await leases(stage)).toEqual(['blue 10.0.0.0/24 10.0.0.5 lease  "none"']);
  });

  test("of Whereabouts agrees with its reservation, which new versions write without the container", async () => {
    const stage = createStoreStage(false);
    plantPool(stage, "blue-10.0.0.0-24", { range: "10.0.0.0/24", allocations: { 5: entry } });
    const spec = { podref: "default/wb", ifname: "net1" };
    stage.server.plant(reservations, { metadata: { name: "blue-10.0.0.5", namespace: home }, spec });
    expect(await leases(stage)).toEqual(['blue 10.0.0.0/24 10.0.0.5 whereabouts  "same"']);
  });
});

test("what only entries tell of is shown as well: of Whereabouts, withheld, and unreadable", async () => {
  const stage = createStoreStage(false);
  const allocations = { 4: entry, 5: { id: "w", podref: "/withheld" }, "06": entry, 7: { id: "x", podref: "nobody" } };
  plantPool(stage, "blue-10.0.0.0-24", { range: "10.0.0.0/24", allocations });
  expect(await leases(stage)).toEqual([
    'blue 10.0.0.0/24 10.0.0.4 whereabouts  "same"',
    'blue 10.0.0.0/24 10.0.0.5 withheld  "same"',
    `blue 10.0.0.0/24 10.0.0.6 whereabouts a key of IPPool ${home}/blue-10.0.0.0-24 that cannot be read "same"`,
    'blue 10.0.0.0/24 10.0.0.7 whereabouts  "same"',
  ]);
  const found = [...(await read(stage)).inventory.leases({})].map((one) => one.holder?.pod);
  expect(found).toEqual([{ namespace: "default", name: "wb", uid: undefined }, undefined, undefined, undefined]);
});

describe("a picture of a part", () => {
  async function filled() {
    const stage = createStoreStage(false);
    await stage.hold(claim("10.0.0.5"));
    await stage.hold(claim("10.0.0.6", { holder: holder({ node: "node-2" }) }));
    await stage.hold(claim("10.0.0.7", { place: place("10.0.0.7", { network: "red" }) }));
    return stage;
  }

  test.for<{ name: string; filter: Omit<InventoryQuery, "detail">; is: readonly string[] }>([
    { name: "of a node", filter: { node: "node-2" }, is: ["10.0.0.6"] },
    { name: "of a network", filter: { network: "red" }, is: ["10.0.0.7"] },
    {
      name: "of a span of addresses",
      filter: { within: { family: 4, first: place("10.0.0.6").address.value, last: place("10.0.0.7").address.value } },
      is: ["10.0.0.6", "10.0.0.7"],
    },
    { name: "of the other family", filter: { within: { family: 6, first: 0n, last: 2n ** 128n } }, is: [] },
  ])("$name has its leases, and no others", async ({ filter, is }) => {
    const { inventory } = await read(await filled(), { ...filter, detail: "all" });
    expect([...inventory.leases({})].map((one) => formatAddress(one.place.address))).toEqual(is);
    const whole = (await read(await filled())).inventory;
    expect([...whole.leases(filter)].map((one) => formatAddress(one.place.address))).toEqual(is);
  });

  test("two nodes whose long names share a label are told apart", async () => {
    const stage = await filled();
    stage.plant("blue-10.0.0.5", (object) => {
      const { labels, ...metadata } = object.metadata;
      return { ...object, metadata: { ...metadata, labels: { ...labels, "ipam.berth.io/node": "node-2" } } };
    });
    expect(await leases(stage, { detail: "all", node: "node-2" })).toEqual([
      'blue 10.0.0.0/24 10.0.0.6 lease  "missing"',
    ]);
  });

  test("of one address is read whole; what was freed meanwhile is gone from it, and networks stay known", async () => {
    const stage = await filled();
    const within = {
      family: 4,
      first: place("10.0.0.5").address.value,
      last: place("10.0.0.5").address.value,
    } as const;
    const uproot = () => stage.server.uproot({ resource: reservations, namespace: home, name: "blue-10.0.0.5" });
    stage.link.next("read overlapping", { before: uproot });
    const { inventory } = await read(stage, { detail: "one", within });
    expect([...inventory.leases({})]).toEqual([]);
    expect(new Set(inventory.networks?.())).toEqual(new Set(["blue", "red"]));
  });

  test("of one address that only an entry tells of needs no reservation to be read", async () => {
    const stage = createStoreStage(false);
    plantPool(stage, "blue-10.0.0.0-24", { range: "10.0.0.0/24", allocations: { 5: entry } });
    expect(await leases(stage, { detail: "one" })).toEqual(['blue 10.0.0.0/24 10.0.0.5 whereabouts  "same"']);
    expect(stage.link.calls.filter((call) => call.startsWith("read overlapping"))).toEqual([]);
  });

  test("with other records keeps its ranges and networks, and puts them in order", async () => {
    const { inventory } = await read(await filled());
    const records = [...inventory.leases({})].reverse();
    const changed = withRecords(inventory, records);
    expect([...changed.leases({})].map(words)).toEqual([...inventory.leases({})].map(words));
    expect([changed.ranges(), changed.networks?.()]).toEqual([inventory.ranges(), inventory.networks?.()]);
    const { networks: _none, ...nameless } = inventory;
    expect(withRecords(nameless, []).networks?.()).toEqual([]);
  });
});

test("a slice's entries belong to the range that a definition serves, or to the slice where none does", async () => {
  const stage = createStoreStage(true);
  stage.server.plant(nodeSlicePools, {
    metadata: { name: "blue", namespace: home },
    spec: { range: "10.0.0.0/24", sliceSize: "/28" },
    status: { allocations: [{ nodeName: "node-1", sliceRange: "10.0.0.0/28" }] },
  });
  stage.server.plant(nodeSlicePools, { metadata: { name: "odd", namespace: home }, spec: { range: "x" } });
  plantPool(stage, "blue-node-1-10.0.0.0-28", { range: "10.0.0.0/28", allocations: { 3: entry } });
  expect(await leases(stage)).toEqual(['blue 10.0.0.0/28 10.0.0.3 whereabouts  "same"']);
  define(stage, "blue", {
    cniVersion: "1.0.0",
    name: "blue",
    ipam: { type: "whereabouts", network_name: "blue", range: "10.0.0.0/24" },
  });
  expect(await leases(stage)).toEqual(['blue 10.0.0.0/24 10.0.0.3 whereabouts  "same"']);
});

test("what Whereabouts took over from a lease of Berth is shown as Whereabouts'", async () => {
  const stage = createStoreStage(false);
  await stage.hold(claim("10.0.0.5", { holder: holder({ node: "" }) }));
  expect(await leases(stage)).toEqual(['blue 10.0.0.0/24 10.0.0.5 whereabouts  "missing"']);
});

test("a lease that another has, too, says who", async () => {
  const stage = createStoreStage(false);
  const lease = claim("10.0.0.5", { holder: holder({ attachment: attachment({ ifName: "net1" }) }) });
  await stage.until(stage.store.open(serving()));
  await stage.hold(lease);
  stage.plant("blue-10.0.0.5", (object) => {
    const { annotations, ...metadata } = object.metadata;
    const other = { attempt: "o", kind: "dynamic", sinceMs: 1, definition: "d", containerId: "c9", ifName: "net2" };
    const where = { namespace: "default", name: "web-9", node: "node-9", bootId: "b", bootNs: "1", evidence: "{}" };
    const contested = JSON.stringify({ ...other, ...where });
    return {
      ...object,
      metadata: { ...metadata, annotations: { ...annotations, "ipam.berth.io/contested": contested } },
    };
  });
  expect(await leases(stage)).toEqual([
    'blue 10.0.0.0/24 10.0.0.5 conflict pod default/web-9, interface net2, on node node-9 has it, too "missing"',
  ]);
});
