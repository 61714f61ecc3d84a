/**
 * Whereabouts documents: what is taken as it is, warned about, and refused.
 *
 * @module
 */
import { describe, expect, it } from "vitest";
import { addressTexts, faultLines, faultsOf, loaded, rangeTexts } from "./load-input.ts";

const whereabouts = (more: object) => ({ type: "whereabouts", ...more });
const range = "10.0.0.0/24";

/** What is passed over, with how it reads. */
function warningsOf(...input: Parameters<typeof loaded>): readonly string[] {
  return faultLines(loaded(...input).warnings);
}

describe("a whereabouts document", () => {
  it("has its defaults", () => {
    expect(loaded(whereabouts({ range }))).toMatchObject({
      dialect: "whereabouts",
      network: "",
      overlapping: true,
      allowsStatic: false,
      unique: false,
      reuseAfterMs: 0,
      dhcp: false,
      warnings: [],
    });
  });

  it("withholds the gateway and gives it to its own subnet only", () => {
    const more = { range, gateway: "10.0.0.1", ipRanges: [{ range: "10.1.0.0/24" }, { range: "2001:db8::/64" }] };
    expect(rangeTexts(loaded(whereabouts(more)))).toEqual([
      "10.0.0.0/24 without 10.0.0.1-10.0.0.1 via 10.0.0.1",
      "10.1.0.0/24",
      "2001:db8::/64",
    ]);
  });

  it("withholds the gateways of static addresses, which keep their own", () => {
    const addresses = [
      { address: "10.0.0.9/24", gateway: "10.0.0.7" },
      { address: "10.0.0.8/24", gateway: "" },
    ];
    const definition = loaded(whereabouts({ range, addresses }));
    expect(rangeTexts(definition)).toEqual(["10.0.0.0/24 without 10.0.0.7-10.0.0.7 via 10.0.0.7"]);
    expect(addressTexts(definition)).toEqual(["10.0.0.9/24 via 10.0.0.7", "10.0.0.8/24"]);
    expect(definition.allowsStatic).toBe(true);
  });

  it("takes nothing from an empty text, null or an empty list", () => {
    const empty = {
      range,
      range_start: "",
      gateway: "",
      exclude: [],
      network_name: null,
      dns: null,
      ipRanges: [],
      node_slice_size: null,
    };
    expect(loaded(whereabouts(empty))).toEqual(loaded(whereabouts({ range })));
    expect(rangeTexts(loaded(whereabouts({ ipRanges: [{ range, range_start: "" }] })))).toEqual([range]);
  });

  it.each([
    { size: undefined, is: undefined },
    { size: "", is: undefined },
    { size: "/26", is: 26 },
    { size: "26", is: 26 },
    { size: "half", is: 0 },
  ])("reads node_slice_size $size as slices of $is bits", ({ size, is }) => {
    expect(loaded(whereabouts({ range, node_slice_size: size })).sliceLength).toBe(is);
  });

  it.each<[string, object, string[], string[]]>([
    [
      "a /31, and a /32",
      { ipRanges: [{ range: "10.0.0.0/31" }, { range: "10.0.0.9/32" }] },
      ["10.0.0.0/31", "10.0.0.9/32"],
      [],
    ],
    ["host bits", { range: "10.0.0.9/24" }, [range], ["ipam.range=10.0.0.9/24: 10.0.0.0/24, which it is read as"]],
    ["A-B in exclude", { range, exclude: ["10.0.0.1-10.0.0.9"] }, ["10.0.0.0/24 without 10.0.0.1-10.0.0.9"], []],
    [
      "a CIDR with host bits in exclude",
      { range, exclude: ["10.0.0.5/30"] },
      ["10.0.0.0/24 without 10.0.0.4-10.0.0.7"],
      [],
    ],
    [
      "an exclusion outside",
      { range, exclude: ["10.0.1.5"] },
      [range],
      ["ipam.exclude[0]=10.0.1.5: addresses inside 10.0.0.0/24: it is ignored"],
    ],
    [
      "an exclusion below",
      { range, exclude: ["9.0.0.5"] },
      [range],
      ["ipam.exclude[0]=9.0.0.5: addresses inside 10.0.0.0/24: it is ignored"],
    ],
    [
      "an exclusion of the other family",
      { range, exclude: ["::a00:5"] },
      [range],
      ["ipam.exclude[0]=::a00:5: addresses inside 10.0.0.0/24: it is ignored"],
    ],
    [
      "an exclusion half outside",
      { range, exclude: ["10.0.0.250-10.0.1.5"] },
      ["10.0.0.0/24 without 10.0.0.250-10.0.0.254"],
      [],
    ],
    [
      "exclusions without a range",
      { exclude: ["10.0.0.1"], ipRanges: [{ range }] },
      [range],
      ['ipam.exclude=[\\"10.0.0.1\\"]: a range beside it: it is ignored'],
    ],
    [
      "a start that is none, at the top",
      { range, range_start: "x" },
      [range],
      ["ipam.range_start=x: an address: it is ignored"],
    ],
    [
      "ends outside",
      { range, range_start: "9.0.0.1", range_end: "11.0.0.1" },
      [range],
      [
        "ipam.range_start=9.0.0.1: a first address inside 10.0.0.0/24, in order: it is ignored",
        "ipam.range_end=11.0.0.1: a last address inside 10.0.0.0/24, in order: it is ignored",
      ],
    ],
    [
      "A-B reversed",
      { range: "10.0.0.9-10.0.0.5/24" },
      ["10.0.0.0/24 10.0.0.9-10.0.0.254"],
      ["ipam.range=10.0.0.9-10.0.0.5/24: a last address inside 10.0.0.0/24, in order: it is ignored"],
    ],
    [
      "ends beside A-B",
      { range: "10.0.0.5-10.0.0.9/24", range_end: "10.0.0.7" },
      ["10.0.0.0/24 10.0.0.5-10.0.0.9"],
      ["ipam.range_end=10.0.0.7: no range_end beside A-B/length: it is ignored"],
    ],
    [
      "a gateway of no range",
      { range, gateway: "10.1.0.1" },
      [range],
      ["ipam.gateway=10.1.0.1: a gateway inside the subnet of a range: no address gets it"],
    ],
    ["nothing to give", {}, [], ["ipam.range: a range, ipRanges or addresses: nothing is given"]],
    [
      "what only Whereabouts needs",
      { range, kubernetes: { kubeconfig: "/k" }, leader_lease_duration: 0 },
      [range],
      [
        "ipam.leader_lease_duration: nothing here, because Berth has no use for it: it is ignored",
        "ipam.kubernetes: nothing here, because Berth has no use for it: it is ignored",
      ],
    ],
  ])("takes %s, and tells", (_name, more, ranges, warnings) => {
    expect(rangeTexts(loaded(whereabouts(more)))).toEqual(ranges);
    expect(warningsOf(whereabouts(more))).toEqual(warnings);
  });

  it.each<[string, object, string[]]>([
    [
      "a range that is none",
      { range: "x" },
      ["ipam.range=x: a CIDR such as 10.0.0.0/24, or A-B/length such as 10.0.0.5-10.0.0.9/24"],
    ],
    [
      "no range in ipRanges",
      { ipRanges: [{}] },
      ["ipam.ipRanges[0].range: a CIDR such as 10.0.0.0/24, or A-B/length such as 10.0.0.5-10.0.0.9/24"],
    ],
    [
      "a start that is none, in ipRanges",
      { ipRanges: [{ range, range_end: "010.0.0.1" }] },
      ["ipam.ipRanges[0].range_end=010.0.0.1: an address such as 10.0.0.1 or 2001:db8::1"],
    ],
    ["an exclusion that is none", { range, exclude: ["x"] }, ["ipam.exclude[0]=x: an address, a CIDR, or A-B"]],
    [
      "an exclusion with leading zeros",
      { range, exclude: ["10.0.0.01"] },
      ["ipam.exclude[0]=10.0.0.01: an address, a CIDR, or A-B"],
    ],
    [
      "a reversed exclusion",
      { range, exclude: ["10.0.0.9-10.0.0.5"] },
      ["ipam.exclude[0]=10.0.0.9-10.0.0.5: the lower address before the dash"],
    ],
    [
      "exclusions that cover all",
      { range, exclude: ["10.0.0.0/8"] },
      ['ipam.exclude=[\\"10.0.0.0/8\\"]: at least one address that is neither excluded nor a gateway'],
    ],
    ["a gateway that is none", { range, gateway: "x" }, ["ipam.gateway=x: an address such as 10.0.0.1 or 2001:db8::1"]],
    [
      "a static address without length",
      { addresses: [{ address: "10.0.0.5" }] },
      ["ipam.addresses[0].address=10.0.0.5: an address with its prefix length, such as 10.0.0.5/24"],
    ],
    ["a number for a text", { range: 5 }, ["ipam.range=5: a text in double quotes"]],
    [
      "a network_name that no object can have",
      { range, network_name: "A" },
      [expect.stringContaining("ipam.network_name=A: lower case")],
    ],
    [
      "pools that share addresses",
      { enable_overlapping_ranges: false, range, ipRanges: [{ range: "10.0.0.0/25" }] },
      ["ipam.enable_overlapping_ranges=false: true, or no address of 10.0.0.0/24 in 10.0.0.0/25"],
    ],
    [
      "too many ranges",
      { ipRanges: Array.from({ length: 1001 }, () => ({ range })) },
      [expect.stringContaining("at most 1000 entries")],
    ],
  ])("refuses %s", (_name, more, wanted) => {
    expect(faultsOf(whereabouts(more))).toEqual(wanted);
  });

  it("refuses a key that stands twice, in whatever case", () => {
    const text = '{"RANGE":"10.1.0.0/24","type":"whereabouts","range":"10.0.0.0/24"}';
    expect(faultsOf({}, { ipam: JSON.parse(text) })).toEqual(["ipam.range: this key once"]);
  });
});

describe("the flat file", () => {
  const flat = {
    range_end: "10.0.0.9",
    gateway: "10.0.0.1",
    enable_overlapping_ranges: false,
    dns: { domain: "a", search: ["b"] },
    datastore: "kubernetes",
    log_level: "debug",
    kubernetes: {},
  };

  it("fills up what the definition leaves out, field by field", () => {
    const definition = loaded(whereabouts({ range, dns: { domain: "c" }, configuration_path: "/flat" }), {}, flat);
    expect(rangeTexts(definition)).toEqual(["10.0.0.0/24 10.0.0.1-10.0.0.9 without 10.0.0.1-10.0.0.1 via 10.0.0.1"]);
    expect(definition).toMatchObject({ overlapping: true, dns: { domain: "c", search: ["b"] } });
    expect(faultLines(definition.warnings)).toEqual([
      "flat-file.range_end: no range_end in the flat file: every definition without one gets it",
      "flat-file.gateway: no gateway in the flat file: every definition without one gets it",
    ]);
  });

  it("may be a whole network configuration", () => {
    expect(
      loaded(whereabouts({ range }), {}, { cniVersion: "1.0.0", name: "x", type: "macvlan", ipam: { range: "x" } })
        .warnings,
    ).toEqual([]);
  });

  it.each<[string, object | string, string[]]>([
    ["no JSON", "root:x:0:0", ["flat-file: a JSON value at line 1, column 1 of /flat"]],
    ["no object", "[]", ["flat-file: an object in braces"]],
    ["a wrong type", { gateway: 5 }, ["flat-file.gateway: a text in double quotes"]],
    [
      "a wrong range",
      { ipRanges: [{ range: "x" }] },
      ["flat-file.ipRanges[0].range=x: a CIDR such as 10.0.0.0/24, or A-B/length such as 10.0.0.5-10.0.0.9/24"],
    ],
  ])("with %s is refused, and is not quoted", (_name, text, wanted) => {
    expect(faultsOf(whereabouts({ range }), {}, text)).toEqual(wanted);
  });
});
