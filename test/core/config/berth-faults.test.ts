/**
 * What is wrong with a berth document: all of it, at once, with its place.
 *
 * @module
 */
import { describe, expect, it } from "vitest";
import { faultsOf } from "./load-input.ts";

const range = "10.0.0.0/24";

describe("addresses, routes and switches of a berth document", () => {
  it.each<[string, object, string[]]>([
    [
      "a static address without length",
      { addresses: [{ address: "10.0.0.5" }] },
      ["ipam.addresses[0].address=10.0.0.5: an address with its prefix length, such as 10.0.0.5/24"],
    ],
    [
      "a static network address",
      { addresses: [{ address: "10.0.0.0/24" }] },
      ["ipam.addresses[0].address=10.0.0.0/24: an address of a host in 10.0.0.0/24"],
    ],
    [
      "a static broadcast address",
      { addresses: [{ address: "10.0.0.255/24" }] },
      ["ipam.addresses[0].address=10.0.0.255/24: an address of a host in 10.0.0.0/24"],
    ],
    [
      "a static anycast address",
      { addresses: [{ address: "2001:db8::/64" }] },
      ["ipam.addresses[0].address=2001:db8::/64: an address of a host in 2001:db8::/64"],
    ],
    [
      "a static address twice",
      { addresses: [{ address: "10.0.0.5/24" }, { address: "10.0.0.5/25" }] },
      ["ipam.addresses[1].address=10.0.0.5/25: each address once"],
    ],
    [
      "a static address's gateway outside",
      { addresses: [{ address: "10.0.0.5/24", gateway: "10.0.1.1" }] },
      ["ipam.addresses[0].gateway=10.0.1.1: a gateway inside 10.0.0.0/24"],
    ],
    [
      "a static address's gateway that is none",
      { addresses: [{ address: "10.0.0.5/24", gateway: "x" }] },
      ["ipam.addresses[0].gateway=x: an address such as 10.0.0.1 or 2001:db8::1"],
    ],
    [
      "a static address that is a gateway",
      { range, gateway: "10.0.0.5", addresses: [{ address: "10.0.0.5/24" }] },
      ["ipam.addresses[0].address=10.0.0.5: an address that is no gateway"],
    ],
    [
      "a static address that is its own gateway",
      { addresses: [{ address: "10.0.0.5/24", gateway: "10.0.0.5" }] },
      [
        "ipam.addresses[0].gateway=10.0.0.5: another address than its own",
        "ipam.addresses[0].address=10.0.0.5: an address that is no gateway",
      ],
    ],
    [
      "a route to a host",
      { range, routes: [{ dst: "10.0.0.5/8" }] },
      ["ipam.routes[0].dst=10.0.0.5/8: 10.0.0.0/8: a network"],
    ],
    [
      "a route to nothing",
      { range, routes: [{ dst: "x", gw: "y" }] },
      [
        "ipam.routes[0].gw=y: an address such as 10.0.0.1 or 2001:db8::1",
        "ipam.routes[0].dst=x: a network such as 10.0.0.0/24 or 2001:db8::/64",
      ],
    ],
    [
      "a route across families",
      { range, routes: [{ dst: "0.0.0.0/0", gw: "2001:db8::1" }] },
      ["ipam.routes[0].gw=2001:db8::1: an IPv4 address, as dst is"],
    ],
    [
      "a route's field of a later version",
      { range, routes: [{ dst: "0.0.0.0/0", mtu: 1400 }] },
      ["ipam.routes[0].mtu: cniVersion 1.1.0 for the field mtu"],
    ],
    [
      "a scope that is too wide",
      { range, routes: [{ dst: "0.0.0.0/0", scope: 256 }] },
      ["ipam.routes[0].scope=256: at most 255"],
    ],
    [
      "a table below zero",
      { range, routes: [{ dst: "0.0.0.0/0", table: -1 }] },
      ["ipam.routes[0].table=-1: at least 0"],
    ],
    [
      "a nameserver by name",
      { range, dns: { nameservers: ["one.one"] } },
      ["ipam.dns.nameservers[0]=one.one: an address"],
    ],
    [
      "a line in dns",
      { range, dns: { search: ["a\nb"] } },
      ["ipam.dns=a\\nb: texts of at most 1024 visible characters"],
    ],
    [
      "a rest that is none",
      { range, reuse_after: "5 minutes" },
      ['ipam.reuse_after=5 minutes: a time such as "30s", "5m" or "1h", or whole seconds, at most 7 days'],
    ],
    [
      "a rest below zero",
      { range, reuse_after: -1 },
      ['ipam.reuse_after=-1: a time such as "30s", "5m" or "1h", or whole seconds, at most 7 days'],
    ],
    [
      "a rest over a week",
      { range, reuse_after: "8d" },
      ['ipam.reuse_after=8d: a time such as "30s", "5m" or "1h", or whole seconds, at most 7 days'],
    ],
    [
      "a rest of half a second",
      { range, reuse_after: 0.5 },
      ['ipam.reuse_after=0.5: a time such as "30s", "5m" or "1h", or whole seconds'],
    ],
    ["a word for a truth", { range, unique: "no" }, ["ipam.unique=no: true or false"]],
    ["a number for a range", { range: 10 }, ["ipam.range=10: a text in double quotes"]],
    ["an object for a list", { range, exclude: {} }, ["ipam.exclude={}: a list"]],
    ["a list for an object", { range, dns: [] }, ["ipam.dns=[]: an object in braces"]],
    [
      "a key that is nearly one",
      { range, rangeStart: "10.0.0.5" },
      ["ipam.rangeStart: the key range_start, which may be meant"],
    ],
    [
      "a key that is none",
      { range, ranges: [{ range, colour: 1 }] },
      ["ipam.ranges[0].colour: one of the keys range, range_start, range_end, exclude, gateway"],
    ],
    ["a key of host-local", { range, subnet: range }, ["ipam.subnet: the key range, which may be meant"]],
    [
      "keys of the agent",
      { range, log_level: "debug", kubernetes: { kubeconfig: "/k" } },
      [
        "ipam.log_level: logLevel in the agent's own configuration, not here",
        "ipam.kubernetes: kubeconfig in the agent's own configuration, not here",
      ],
    ],
    [
      "pools that share addresses",
      { enable_overlapping_ranges: false, ranges: [{ range: "10.0.0.0/16" }, { range: "10.0.1.0/24" }] },
      ["ipam.enable_overlapping_ranges=false: true, or no address of 10.0.0.0/16 in 10.0.1.0/24"],
    ],
  ])("refuses %s", (_name, more, wanted) => {
    expect(faultsOf({ type: "berth", ...more })).toEqual(wanted);
  });
});
