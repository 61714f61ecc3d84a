/**
 * Addresses of a previous result, in every form it came in.
 *
 * @module
 */
import { describe, expect, it } from "vitest";
import { readPrevResult } from "../../../core/cni/prev-result.ts";
import { given } from "./given.ts";

function read(prevResult: unknown) {
  return readPrevResult(JSON.stringify({ name: "net", prevResult }));
}

describe("readPrevResult()", () => {
  it.each([
    [
      "addresses of 1.0.0",
      { ips: [{ address: "10.0.0.5/24", gateway: "10.0.0.1", interface: 2 }] },
      [given("10.0.0.5/24", "10.0.0.1")],
    ],
    [
      "addresses of 0.3.1",
      { ips: [{ version: "6", address: "2001:db8::5/64", gateway: "" }] },
      [given("2001:db8::5/64")],
    ],
    [
      "addresses of 0.2.0",
      { ip6: { ip: "2001:db8::5/64", gateway: null }, ip4: { ip: "10.0.0.5/24" } },
      [given("10.0.0.5/24"), given("2001:db8::5/64")],
    ],
    ["no addresses", { ips: [] }, []],
    ["no list", { ips: null, dns: {} }, []],
  ])("reads %s", (_name, prevResult, addresses) => {
    expect(read(prevResult)).toEqual({ kind: "addresses", addresses });
  });

  it.each([undefined, null])("tells a missing one: %s", (prevResult) => {
    expect(read(prevResult)).toEqual({ kind: "missing" });
  });

  it.each([
    ["a list that is none", { ips: "10.0.0.5/24" }, "prevResult.ips"],
    ["too long a list", { ips: Array.from({ length: 1001 }, () => ({ address: "10.0.0.5/24" })) }, "prevResult.ips"],
    [
      "an address without length",
      { ips: [{ address: "10.0.0.4/24" }, { address: "10.0.0.5" }] },
      "prevResult.ips[1].address",
    ],
    ["an address that is no text", { ips: [{ address: 5 }] }, "prevResult.ips[0].address"],
    ["no address", { ips: [null] }, "prevResult.ips[0].address"],
    ["a gateway that is none", { ips: [{ address: "10.0.0.5/24", gateway: "x" }] }, "prevResult.ips[0].gateway"],
    ["a gateway that is no text", { ip4: { ip: "10.0.0.5/24", gateway: 1 } }, "prevResult.ip4.gateway"],
  ])("names the place of %s", (_name, prevResult, path) => {
    expect(read(prevResult)).toMatchObject({ kind: "malformed", fault: { path } });
  });

  it("tells where the JSON breaks", () => {
    expect(readPrevResult("{")).toMatchObject({
      kind: "malformed",
      fault: { expected: expect.stringContaining("line 1") },
    });
  });
});
