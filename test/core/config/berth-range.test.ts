/**
 * The ranges of a berth document.
 *
 * @module
 */
import { describe, expect, it } from "vitest";
import { faultsOf } from "./load-input.ts";

const range = "10.0.0.0/24";

describe("ranges and gateways of a berth document", () => {
  it.each<[string, object, string[]]>([
    ["nothing to give", {}, ["ipam: a range, ranges, addresses or dhcp: where addresses come from"]],
    [
      "an empty list of ranges",
      { ranges: [] },
      ["ipam: a range, ranges, addresses or dhcp: where addresses come from"],
    ],
    [
      "no range beside its start",
      { range_start: "10.0.0.5", addresses: [] },
      ["ipam.range: a CIDR such as 10.0.0.0/24, or A-B/length such as 10.0.0.5-10.0.0.9/24"],
    ],
    [
      "a range that is none",
      { range: "10.0.0.0/33" },
      ["ipam.range=10.0.0.0/33: a CIDR such as 10.0.0.0/24, or A-B/length such as 10.0.0.5-10.0.0.9/24"],
    ],
    [
      "a range with leading zeros",
      { range: "010.0.0.0/24" },
      ["ipam.range=010.0.0.0/24: a CIDR such as 10.0.0.0/24, or A-B/length such as 10.0.0.5-10.0.0.9/24"],
    ],
    [
      "host bits",
      { range: "10.0.0.1/24" },
      ["ipam.range=10.0.0.1/24: 10.0.0.0/24: a network, without bits behind its length"],
    ],
    [
      "A outside of B's network",
      { range: "10.0.1.5-10.0.0.9/24" },
      ["ipam.range=10.0.1.5-10.0.0.9/24: a first address inside 10.0.0.0/24"],
    ],
    [
      "A-B reversed",
      { range: "10.0.0.9-10.0.0.5/24" },
      ["ipam.range=10.0.0.9-10.0.0.5/24: an address not below 10.0.0.9"],
    ],
    [
      "A-B beside start and end",
      { range: "10.0.0.5-10.0.0.9/24", range_start: "10.0.0.6" },
      ["ipam.range_start=10.0.0.6: no range_start beside a range that is written A-B/length"],
    ],
    [
      "a start that is none",
      { range, range_start: "x" },
      ["ipam.range_start=x: an address such as 10.0.0.1 or 2001:db8::1"],
    ],
    [
      "a start of the other family",
      { range, range_start: "2001:db8::5" },
      ["ipam.range_start=2001:db8::5: an IPv4 address, as the range is"],
    ],
    [
      "a start outside",
      { range, range_start: "10.0.1.5" },
      ["ipam.range_start=10.0.1.5: an address from 10.0.0.1 to 10.0.0.254"],
    ],
    [
      "an end that is the broadcast address",
      { range, range_end: "10.0.0.255" },
      ["ipam.range_end=10.0.0.255: an address from 10.0.0.1 to 10.0.0.254"],
    ],
    [
      "an end below the start",
      { range, range_start: "10.0.0.9", range_end: "10.0.0.5" },
      ["ipam.range_end=10.0.0.5: an address not below 10.0.0.9"],
    ],
    [
      "an exclusion that is none",
      { range, exclude: ["10.0.0.5", "x"] },
      ["ipam.exclude[1]=x: an address, a CIDR, or A-B"],
    ],
    [
      "an exclusion of the other family",
      { range, exclude: ["2001:db8::/64"] },
      ["ipam.exclude[0]=2001:db8::/64: addresses inside 10.0.0.0/24"],
    ],
    [
      "an exclusion of the other family with a number of the range",
      { range, exclude: ["::a00:5"] },
      ["ipam.exclude[0]=::a00:5: addresses inside 10.0.0.0/24"],
    ],
    [
      "an exclusion outside",
      { range, exclude: ["10.0.1.0/30"] },
      ["ipam.exclude[0]=10.0.1.0/30: addresses inside 10.0.0.0/24"],
    ],
    [
      "an exclusion half outside",
      { range, exclude: ["10.0.0.250-10.0.1.5"] },
      ["ipam.exclude[0]=10.0.0.250-10.0.1.5: addresses inside 10.0.0.0/24"],
    ],
    [
      "an exclusion with host bits",
      { range, exclude: ["10.0.0.5/30"] },
      ["ipam.exclude[0]=10.0.0.5/30: 10.0.0.4/30: without bits behind its length"],
    ],
    [
      "an exclusion that is reversed",
      { range, exclude: ["10.0.0.9-10.0.0.5"] },
      ["ipam.exclude[0]=10.0.0.9-10.0.0.5: the lower address before the dash"],
    ],
    [
      "exclusions that cover all",
      { range, exclude: ["10.0.0.0/25", "10.0.0.128/25"] },
      [
        'ipam.exclude=[\\"10.0.0.0/25\\",\\"10.0.0.128/25\\"]: at least one address that is neither excluded nor a gateway',
      ],
    ],
    [
      "a gateway that is all of it",
      { range: "10.0.0.5/32", gateway: "10.0.0.5" },
      ["ipam.exclude=10.0.0.5/32: at least one address that is neither excluded nor a gateway"],
    ],
    ["a gateway that is none", { range, gateway: "x" }, ["ipam.gateway=x: an address such as 10.0.0.1 or 2001:db8::1"]],
    [
      "a gateway outside",
      { range, gateway: ["10.0.1.1"] },
      ["ipam.gateway=10.0.1.1: a gateway inside the subnet of a range or of a static address"],
    ],
    [
      "two gateways of a family",
      { range, gateway: ["10.0.0.1", "10.0.0.2"] },
      ['ipam.gateway=[\\"10.0.0.1\\",\\"10.0.0.2\\"]: at most one gateway of each family'],
    ],
    [
      "a gateway in a list that is none",
      { range, gateway: ["10.0.0.1", "y"] },
      ["ipam.gateway[1]=y: an address such as 10.0.0.1 or 2001:db8::1"],
    ],
    [
      "a range's gateway outside",
      { ranges: [{ range, gateway: "10.0.1.1" }] },
      ["ipam.ranges[0].gateway=10.0.1.1: a gateway inside 10.0.0.0/24"],
    ],
    [
      "a range's gateway of the other family",
      { ranges: [{ range, gateway: "2001:db8::1" }] },
      ["ipam.ranges[0].gateway=2001:db8::1: a gateway inside 10.0.0.0/24"],
    ],
    [
      "ranges and ipRanges",
      { ranges: [{ range }], ipRanges: [] },
      ["ipam.ipRanges=[]: ranges or ipRanges, which mean the same, not both"],
    ],
    [
      "dhcp beside a range",
      { range, dhcp: {} },
      ["ipam.dhcp={}: dhcp alone: the network's own server gives the addresses"],
    ],
  ])("refuses %s", (_name, more, wanted) => {
    expect(faultsOf({ type: "berth", ...more })).toEqual(wanted);
  });
});
