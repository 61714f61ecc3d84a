/**
 * What a berth document becomes.
 *
 * @module
 */
import { describe, expect, it } from "vitest";
import { addressTexts, faultsOf, load, loaded, rangeTexts } from "./load-input.ts";

const berth = (more: object) => ({ type: "berth", ...more });

describe("a berth document", () => {
  it("has its defaults", () => {
    expect(loaded(berth({ range: "10.0.0.0/24" }))).toMatchObject({
      name: "net",
      cniVersion: "1.0.0",
      dialect: "berth",
      network: "",
      overlapping: true,
      addresses: [],
      allowsStatic: false,
      unique: true,
      routes: [],
      dns: undefined,
      reuseAfterMs: 0,
      dhcp: false,
      warnings: [],
    });
  });

  it.each([
    ["a CIDR", { range: "10.0.0.0/24" }, ["10.0.0.0/24"]],
    ["A-B/length", { range: "10.0.0.5-10.0.0.9/24" }, ["10.0.0.0/24 10.0.0.5-10.0.0.9"]],
    [
      "start and end",
      { range: "10.0.0.0/24", range_start: "10.0.0.5", range_end: "10.0.0.9" },
      ["10.0.0.0/24 10.0.0.5-10.0.0.9"],
    ],
    ["a /31", { range: "10.0.0.0/31" }, ["10.0.0.0/31"]],
    [
      "IPv6",
      { range: "2001:db8::/64", gateway: "2001:db8::1" },
      ["2001:db8::/64 without 2001:db8::1-2001:db8::1 via 2001:db8::1"],
    ],
    [
      "exclusions of three kinds",
      { range: "10.0.0.0/24", exclude: ["10.0.0.4/30", "10.0.0.1", "10.0.0.250-10.0.0.255"] },
      ["10.0.0.0/24 without 10.0.0.1-10.0.0.1 without 10.0.0.4-10.0.0.7 without 10.0.0.250-10.0.0.254"],
    ],
    [
      "one of each family, each with its gateway",
      { ranges: [{ range: "10.0.0.0/24" }, { range: "2001:db8::/64" }], gateway: ["2001:db8::1", "10.0.0.1"] },
      [
        "10.0.0.0/24 without 10.0.0.1-10.0.0.1 via 10.0.0.1",
        "2001:db8::/64 without 2001:db8::1-2001:db8::1 via 2001:db8::1",
      ],
    ],
    [
      "the top one first, and a gateway of its own",
      { range: "10.1.0.0/24", gateway: "10.1.0.1", ipRanges: [{ range: "10.0.0.0/24", gateway: "10.0.0.9" }] },
      ["10.1.0.0/24 without 10.1.0.1-10.1.0.1 via 10.1.0.1", "10.0.0.0/24 without 10.0.0.9-10.0.0.9 via 10.0.0.9"],
    ],
    [
      "two of one CIDR, which keep back each other's gateways",
      {
        ranges: [
          { range: "10.0.0.0/24", gateway: "10.0.0.1" },
          { range: "10.0.0.0/24", gateway: "10.0.0.2" },
        ],
      },
      ["10.0.0.0/24 without 10.0.0.1-10.0.0.2 via 10.0.0.1", "10.0.0.0/24 without 10.0.0.1-10.0.0.2 via 10.0.0.2"],
    ],
    [
      "the gateway of a static address kept back",
      { range: "10.0.0.0/24", addresses: [{ address: "10.0.0.5/24", gateway: "10.0.0.1" }] },
      ["10.0.0.0/24 without 10.0.0.1-10.0.0.1 via 10.0.0.1"],
    ],
  ])("reads ranges: %s", (_name, more, wanted) => {
    expect(rangeTexts(loaded(berth(more)))).toEqual(wanted);
  });

  it("reads static addresses, which get the gateway of their subnet", () => {
    const addresses = [
      { address: "10.0.0.5/24" },
      { address: "10.1.0.5/24", gateway: "10.1.0.2" },
      { address: "2001:db8::ffff/112" },
    ];
    const definition = loaded(berth({ addresses, gateway: "10.0.0.1", unique: false }));
    expect(addressTexts(definition)).toEqual([
      "10.0.0.5/24 via 10.0.0.1",
      "10.1.0.5/24 via 10.1.0.2",
      "2001:db8::ffff/112",
    ]);
    expect(definition).toMatchObject({ allowsStatic: true, unique: false });
  });

  it("allows static addresses by request where the list is empty", () => {
    expect(loaded(berth({ addresses: [] }))).toMatchObject({ allowsStatic: true, addresses: [] });
  });

  it("reads routes and dns", () => {
    const routes = [
      { dst: "0.0.0.0/0", gw: "10.0.0.1" },
      { dst: "2001:DB8::/32", mtu: 1400, scope: 253 },
    ];
    const dns = { nameservers: ["10.0.0.53"], domain: "example.org", search: ["a"], options: ["ndots:2"] };
    const definition = loaded(berth({ range: "10.0.0.0/24", routes, dns }), { cniVersion: "1.1.0" });
    expect(definition.routes).toEqual([routes[0], { ...routes[1], dst: "2001:db8::/32" }]);
    expect(definition.dns).toEqual(dns);
    expect(loaded(berth({ range: "10.0.0.0/24", dns: {} })).dns).toEqual({});
  });

  it.each([
    ["30s", 30_000],
    ["5m", 300_000],
    ["1h30m", 5_400_000],
    ["7d", 604_800_000],
    ["0s", 0],
    [45, 45_000],
  ])("reads reuse_after %s", (reuse_after, ms) => {
    expect(loaded(berth({ range: "10.0.0.0/24", reuse_after })).reuseAfterMs).toBe(ms);
  });

  it("recognises dhcp", () => {
    expect(loaded(berth({ dhcp: {} }))).toMatchObject({ dhcp: true, ranges: [] });
  });

  it("reads network_name and enable_overlapping_ranges", () => {
    const more = { range: "10.0.0.0/24", network_name: "blue.net-1", enable_overlapping_ranges: false };
    expect(loaded(berth(more))).toMatchObject({ network: "blue.net-1", overlapping: false });
    expect(loaded(berth({ ...more, network_name: `a${"b".repeat(149)}` })).network).toHaveLength(150);
  });

  const range = "10.0.0.0/24";

  it("takes pools that share none, or are one", () => {
    const pools = (...ranges: object[]) => faultsOf(berth({ enable_overlapping_ranges: false, ranges }));
    expect(pools({ range }, { range })).toEqual([]);
    expect(pools({ range: "10.0.0.5-10.0.0.9/16" }, { range: "10.0.1.0/24" }, { range: "2001:db8::/64" })).toEqual([]);
    expect(pools({ range: "10.0.0.0/23", exclude: ["10.0.1.0/24"] }, { range: "10.0.1.0/24" })).toEqual([]);
  });

  it.each(["Blue", "a_b", "-a", "a-", "a..b", "a/b", `a${"b".repeat(150)}`])(
    "refuses network_name %s",
    (network_name) => {
      expect(faultsOf(berth({ range, network_name }))).toEqual([expect.stringContaining("ipam.network_name=")]);
    },
  );

  it("tells faults of all parts at once", () => {
    const more = {
      range: "x",
      unique: 1,
      colour: 2,
      exclude: [5],
      ranges: [{ range, range_start: "y", z: 1 }],
      routes: [{}],
      addresses: [{ address: "10.0.0.5" }],
      network_name: "A",
    };
    expect(faultsOf(berth(more), { cniVersion: "7" }).map((line) => line.split(/[=:]/)[0])).toEqual([
      "cniVersion",
      "ipam.exclude[0]",
      "ipam.ranges[0].z",
      "ipam.routes[0].dst",
      "ipam.unique",
      "ipam.colour",
      "ipam.network_name",
      "ipam.range",
      "ipam.ranges[0].range_start",
      "ipam.addresses[0].address",
    ]);
  });

  it("names the limits", () => {
    const ranges = Array.from({ length: 10_000 }, (_, i) => ({ range: `10.${i >> 8}.${i & 255}.0/24` }));
    expect(faultsOf(berth({ ranges }))).toEqual([expect.stringMatching(/^ipam\.ranges=.*: at most 1000 entries$/)]);
    expect(loaded(berth({ ranges: ranges.slice(0, 1000) })).ranges).toHaveLength(1000);
    const exclude = Array.from({ length: 100_001 }, () => "::1");
    expect(faultsOf(berth({ range: "::/64", exclude }))).toEqual([expect.stringMatching(/: at most 100000 entries$/)]);
    expect(load(berth({ range: "::/64", exclude: exclude.slice(1) })).kind).toBe("definition");
  });

  it("bounds what it tells", () => {
    const faults = faultsOf(berth({ range, exclude: Array.from({ length: 50_000 }, () => "x".repeat(10)) }));
    expect(faults).toHaveLength(1000);
  });
});
