/**
 * Results and errors in the form of each CNI version.
 *
 * @module
 */
import { describe, expect, it } from "vitest";
import { versionFailure } from "../../../core/cni/fits-version.ts";
import { formatFailure, formatResult, formatVersion } from "../../../core/cni/format-result.ts";
import { readPrevResult } from "../../../core/cni/prev-result.ts";
import type { IpamResult } from "../../../core/cni/result.ts";
import { cniVersions } from "../../../core/cni/version.ts";
import { failure } from "../../../core/failure/failure.ts";
import { given } from "./given.ts";

const dual: IpamResult = {
  addresses: [given("10.0.0.5/24", "10.0.0.1"), given("2001:db8::5/64")],
  routes: [{ dst: "0.0.0.0/0", gw: "10.0.0.1", mtu: 1400, scope: 0 }, { dst: "2001:db8:1::/48" }],
  dns: { nameservers: ["10.0.0.53"] },
};
const bare: IpamResult = { addresses: [given("2001:db8::5/64")], routes: [], dns: undefined };
const dns = { nameservers: ["10.0.0.53"] };

describe("formatResult()", () => {
  it.each(["0.1.0", "0.2.0"] as const)("writes %s with one address of each family and its routes", (version) => {
    expect(JSON.parse(formatResult(dual, version))).toEqual({
      cniVersion: version,
      ip4: { ip: "10.0.0.5/24", gateway: "10.0.0.1", routes: [{ dst: "0.0.0.0/0", gw: "10.0.0.1" }] },
      ip6: { ip: "2001:db8::5/64", routes: [{ dst: "2001:db8:1::/48" }] },
      dns,
    });
  });

  it.each(["0.3.0", "0.3.1", "0.4.0"] as const)("writes %s with numbered families", (version) => {
    expect(JSON.parse(formatResult(dual, version))).toEqual({
      cniVersion: version,
      ips: [
        { version: "4", address: "10.0.0.5/24", gateway: "10.0.0.1" },
        { version: "6", address: "2001:db8::5/64" },
      ],
      routes: [{ dst: "0.0.0.0/0", gw: "10.0.0.1" }, { dst: "2001:db8:1::/48" }],
      dns,
    });
  });

  it("writes 1.0.0 without families, and the route's own fields in 1.1.0 only", () => {
    const ips = [{ address: "10.0.0.5/24", gateway: "10.0.0.1" }, { address: "2001:db8::5/64" }];
    const routes = [{ dst: "0.0.0.0/0", gw: "10.0.0.1" }, { dst: "2001:db8:1::/48" }];
    expect(JSON.parse(formatResult(dual, "1.0.0"))).toEqual({ cniVersion: "1.0.0", ips, routes, dns });
    expect(JSON.parse(formatResult(dual, "1.1.0"))).toEqual({ cniVersion: "1.1.0", ips, routes: dual.routes, dns });
  });

  it.each(cniVersions)("writes %s in one line that reads back", (version) => {
    const text = formatResult(bare, version);
    expect(text).not.toMatch(/\n/);
    expect(JSON.parse(text)).toMatchObject({ cniVersion: version, dns: {} });
    expect(JSON.parse(text)).not.toHaveProperty("interfaces");
    const config = `{"prevResult":${formatResult(dual, version)}}`;
    expect(readPrevResult(config)).toEqual({ kind: "addresses", addresses: dual.addresses });
  });

  it("does not drop an address that a version has no room for", () => {
    const two: IpamResult = { ...bare, addresses: [given("10.0.0.5/24"), given("10.0.1.5/24")] };
    expect(() => formatResult(two, "0.2.0")).toThrow("one IPv4 address");
    expect(versionFailure(two.addresses, "0.2.0")).toMatchObject({
      name: "UnsupportedField",
      message: 'Cannot serve field "cniVersion 0.2.0": expected one IPv4 address at most, or cniVersion 0.3.1 or later',
    });
    expect(versionFailure([given("::2/64"), given("::3/64")], "0.1.0")?.message).toContain("one IPv6 address");
    expect(versionFailure(two.addresses, "0.3.0")).toBeUndefined();
    expect(versionFailure(dual.addresses, "0.1.0")).toBeUndefined();
  });
});

describe("formatFailure()", () => {
  it("writes the spec's four keys", () => {
    const text = formatFailure(failure("PoolFull", "10.0.0.0/30", "a free address", { network: "a" }), "0.4.0");
    expect(JSON.parse(text)).toEqual({
      cniVersion: "0.4.0",
      code: 11,
      msg: 'Cannot give an address of range "10.0.0.0/30": expected a free address',
      details: expect.stringContaining("network a; run: berthctl"),
    });
  });
});

describe("formatVersion()", () => {
  it("names every version that is spoken", () => {
    expect(JSON.parse(formatVersion("1.0.0"))).toEqual({ cniVersion: "1.0.0", supportedVersions: cniVersions });
  });
});
