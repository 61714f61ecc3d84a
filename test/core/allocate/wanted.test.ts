/**
 * What an ADD wants, with what was asked for put in its place.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { wantedOf } from "../../../core/allocate/wanted.ts";
import type { RequestedAddress } from "../../../core/cni/call.ts";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { definition } from "../../support/definitions.ts";
import { address } from "../../support/samples.ts";

const asked = (text: string, prefixLength?: number): RequestedAddress => ({
  address: address(text),
  prefixLength,
  gateway: undefined,
  from: "CNI_ARGS IP",
});

/** Each wanted address in short: `0 10.0.0.0/24 any`, `1 static 10.9.0.7/24 unique`. */
function wanted(ipam: object, ...requests: RequestedAddress[]): readonly string[] {
  const answer = wantedOf(definition(ipam), requests);
  if (answer.kind !== "wanted") return [`${answer.failure.name}: ${answer.failure.message}`];
  return answer.list.map((want) => {
    if (want.kind === "range")
      return `${want.index} ${want.pool} ${want.address === undefined ? "any" : formatAddress(want.address)}`;
    return `${want.index} static ${formatAddress(want.address)}/${want.prefixLength}${want.unique ? " unique" : ""}`;
  });
}

const dual = { ranges: [{ range: "10.0.0.0/24", exclude: ["10.0.0.9"], gateway: "10.0.0.1" }, { range: "fd00::/64" }] };
const withStatic = { ...dual, addresses: [{ address: "10.9.0.7/24" }] };

describe("wantedOf()", () => {
  const cases: { name: string; ipam: object; requests: RequestedAddress[]; expected: string[] }[] = [
    { name: "one address of each range", ipam: dual, requests: [], expected: ["0 10.0.0.0/24 any", "1 fd00::/64 any"] },
    {
      name: "static addresses behind the ranges",
      ipam: withStatic,
      requests: [],
      expected: ["0 10.0.0.0/24 any", "1 fd00::/64 any", "2 static 10.9.0.7/24 unique"],
    },
    {
      name: "static addresses that may be held twice where unique is off",
      ipam: { ...withStatic, unique: false },
      requests: [],
      expected: ["0 10.0.0.0/24 any", "1 fd00::/64 any", "2 static 10.9.0.7/24"],
    },
    {
      name: "what was asked for in the place of its range, whatever the order",
      ipam: dual,
      requests: [asked("fd00::5"), asked("10.0.0.5")],
      expected: ["0 10.0.0.0/24 10.0.0.5", "1 fd00::/64 fd00::5"],
    },
    {
      name: "two that were asked for in the places of two ranges of one CIDR",
      ipam: { ranges: [{ range: "10.0.0.0/24" }, { range: "10.0.0.0/24" }] },
      requests: [asked("10.0.0.5"), asked("10.0.0.6")],
      expected: ["0 10.0.0.0/24 10.0.0.5", "1 10.0.0.0/24 10.0.0.6"],
    },
    {
      name: "one outside all ranges as a static one, with its own length",
      ipam: withStatic,
      requests: [asked("172.16.0.5", 16)],
      expected: [
        "0 10.0.0.0/24 any",
        "1 fd00::/64 any",
        "2 static 10.9.0.7/24 unique",
        "3 static 172.16.0.5/16 unique",
      ],
    },
    {
      name: "one outside all ranges with the length of the configured subnet that holds it",
      ipam: withStatic,
      requests: [asked("10.9.0.8")],
      expected: ["0 10.0.0.0/24 any", "1 fd00::/64 any", "2 static 10.9.0.7/24 unique", "3 static 10.9.0.8/24 unique"],
    },
    {
      name: "a static one that is also asked for once",
      ipam: withStatic,
      requests: [asked("10.9.0.7")],
      expected: ["0 10.0.0.0/24 any", "1 fd00::/64 any", "2 static 10.9.0.7/24 unique"],
    },
    {
      name: "a static one that is asked for although its range excludes it: it is configured",
      ipam: { ...dual, addresses: [{ address: "10.0.0.9/24" }] },
      requests: [asked("10.0.0.9")],
      expected: ["0 10.0.0.0/24 any", "1 fd00::/64 any", "2 static 10.0.0.9/24 unique"],
    },
    {
      name: "one of two configured ones that is asked for although its range excludes it",
      ipam: { ...dual, addresses: [{ address: "10.8.0.7/24" }, { address: "10.0.0.9/24" }] },
      requests: [asked("10.0.0.9")],
      expected: ["0 10.0.0.0/24 any", "1 fd00::/64 any", "2 static 10.8.0.7/24 unique", "3 static 10.0.0.9/24 unique"],
    },
    {
      name: "under static what was asked for instead of what is configured",
      ipam: { type: "static", network_name: undefined, addresses: [{ address: "10.9.0.7/24" }] },
      requests: [asked("10.9.0.8")],
      expected: ["0 static 10.9.0.8/24"],
    },
    {
      name: "under static what is configured when nothing was asked for",
      ipam: { type: "static", network_name: undefined, addresses: [{ address: "10.9.0.7/24" }] },
      requests: [],
      expected: ["0 static 10.9.0.7/24"],
    },
  ];
  test.each(cases)("wants $name", ({ ipam, requests, expected }) => {
    expect(wanted(ipam, ...requests)).toEqual(expected);
  });

  const refusals: { name: string; ipam: object; requests: RequestedAddress[]; expected: RegExp }[] = [
    {
      name: "an excluded address",
      ipam: dual,
      requests: [asked("10.0.0.9")],
      expected:
        /"10\.0\.0\.9": expected one that a range of the definition can give \(10\.0\.0\.0\/24, fd00::\/64\), asked for by CNI_ARGS IP/,
    },
    { name: "the gateway", ipam: dual, requests: [asked("10.0.0.1")], expected: /can give/ },
    { name: "the network address", ipam: dual, requests: [asked("10.0.0.0")], expected: /can give/ },
    {
      name: "an excluded address also where static ones are allowed",
      ipam: withStatic,
      requests: [asked("10.0.0.9", 24)],
      expected: /can give/,
    },
    {
      name: "an address of no range where static ones are not allowed",
      ipam: dual,
      requests: [asked("172.16.0.5", 16)],
      expected: /can give/,
    },
    {
      name: "a second address of one range",
      ipam: dual,
      requests: [asked("10.0.0.5"), asked("10.0.0.6")],
      expected: /"10\.0\.0\.6"/,
    },
    {
      name: "a static address without a length",
      ipam: withStatic,
      requests: [asked("172.16.0.5")],
      expected: /its prefix length, such as 172\.16\.0\.5\/24/,
    },
    {
      name: "a static IPv6 address without a length",
      ipam: withStatic,
      requests: [asked("fd99::5")],
      expected: /such as fd99::5\/64/,
    },
    {
      name: "anything where nothing is configured",
      ipam: { ranges: undefined, addresses: [{ address: "10.9.0.7/24" }], unique: false },
      requests: [asked("10.8.0.7")],
      expected: /prefix length/,
    },
  ];
  test.each(refusals)("refuses $name", ({ ipam, requests, expected }) => {
    const [only, ...others] = wanted(ipam, ...requests);
    expect(others).toEqual([]);
    expect(only).toMatch(/^AddressNotAllowed: /);
    expect(only).toMatch(expected);
  });

  test("says which definition and network refused, and that it has no range", () => {
    const nothing = definition({ type: "whereabouts", network_name: "blue" });
    const answer = wantedOf({ ...nothing, allowsStatic: false }, [asked("10.0.0.5")]);
    expect(answer).toMatchObject({
      kind: "failure",
      failure: { details: expect.stringContaining("network blue, definition blue-net") },
    });
    expect(answer.kind === "failure" && answer.failure.message).toContain("can give (it has none)");
  });
});
