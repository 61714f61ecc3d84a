/**
 * From a definition's text to what it means, under each name of the plugin.
 *
 * @module
 */
import { describe, expect, it } from "vitest";
import { faultsToFailure } from "../../../core/config/faults-text.ts";
import { flatPaths } from "../../../core/config/flat-paths.ts";
import { loadDefinition } from "../../../core/config/load.ts";
import { nearestKey } from "../../../core/config/nearest-key.ts";
import { addressTexts, faultLines, faultsOf, load, loaded } from "./load-input.ts";

const berth = { type: "berth", range: "10.0.0.0/24" };
const faultsIn = (text: string) => {
  const answer = loadDefinition(text);
  return answer.kind === "faults" ? faultLines(answer.faults) : [];
};

describe("loadDefinition()", () => {
  it("reads one plugin of a list: the first that is ours", () => {
    const plugins = [
      { type: "tuning" },
      { type: "a", ipam: { type: "host-local" } },
      { type: "b", ipam: berth },
      { type: "c", ipam: { type: "static" } },
    ];
    const answer = loadDefinition(JSON.stringify({ cniVersion: "0.4.0", name: "list", plugins }));
    expect(answer).toMatchObject({ definition: { name: "list", cniVersion: "0.4.0", dialect: "berth" } });
    const faulty = [{ type: "tuning" }, { ipam: { type: "berth", range: "x" } }];
    expect(faultsIn(JSON.stringify({ name: "list", plugins: faulty }))[0]).toMatch(/^plugins\[1\]\.ipam\.range=x/);
  });

  it.each<[string, string, string[]]>([
    ["no JSON", "{", [": a key in double quotes at line 1, column 2"]],
    ["nothing", "", [": a JSON value at line 1, column 1"]],
    ["a list", "[]", ["=[]: a network configuration: an object in braces"]],
    ["null", "null", ["=null: a network configuration: an object in braces"]],
    ["no ipam", '{"name":"n"}', ["ipam: an object in braces with a type"]],
    ["an ipam that is a text", '{"name":"n","ipam":"berth"}', ["ipam=berth: an object in braces with a type"]],
    ["an ipam without type", '{"name":"n","ipam":{}}', ["ipam.type: one of berth, whereabouts, static, dhcp"]],
    [
      "another type",
      '{"name":"n","ipam":{"type":"host-local"}}',
      ["ipam.type=host-local: one of berth, whereabouts, static, dhcp"],
    ],
    [
      "plugins that are none",
      '{"plugins":{}}',
      ['plugins={}: a list of plugins, one of them with an \\"ipam\\" object'],
    ],
    ["plugins without ipam", '{"plugins":[{},5]}', ["plugins=[{},5]: a list of plugins"]],
    ["plugins of another type", '{"plugins":[{"ipam":{"type":"x"}}]}', ["plugins[0].ipam.type=x: one of"]],
    ["an ipam of a plugin that is none", '{"plugins":[{"ipam":5}]}', ["plugins[0].ipam=5: an object"]],
    ["no name", JSON.stringify({ ipam: berth }), ["name: a network name"]],
    ["a name with a slash", JSON.stringify({ name: "a/b", ipam: berth }), ["name=a/b: a network name"]],
    ["a name that is no text", JSON.stringify({ name: 5, ipam: { type: "dhcp" } }), ["name=5: a network name"]],
    [
      "an unknown version",
      JSON.stringify({ name: "n", cniVersion: "0.5.0", ipam: berth }),
      ["cniVersion=0.5.0: one of 0.1.0, "],
    ],
    ["a repeated key", '{"name":"n","name":"m","ipam":{"type":"dhcp"}}', []],
    [
      "a repeated key under berth",
      `{"name":"n","x":{"y":1,"y":2},"ipam":${JSON.stringify(berth)}}`,
      ["x.y: this key once"],
    ],
    [
      "a repeated key in ipam",
      '{"name":"n","ipam":{"type":"static","routes":[{"dst":"::/0","dst":"::/1"}]}}',
      ["ipam.routes[0].dst: this key once"],
    ],
  ])("tells of %s", (_name, text, wanted) => {
    const faults = faultsIn(text);
    expect(faults).toHaveLength(wanted.length);
    for (const [index, part] of wanted.entries()) expect(faults[index]).toContain(part.replaceAll('\\"', '"'));
  });

  it("takes a name that is missing under the drop-in names, as Multus fills it in", () => {
    expect(loadDefinition('{"ipam":{"type":"whereabouts","range":"10.0.0.0/24"}}')).toMatchObject({
      definition: { name: "", cniVersion: "0.1.0", warnings: [{ path: "name" }] },
    });
  });

  it("lets other plugins judge keys outside of ipam that differ in case only", () => {
    expect(faultsOf(berth, { master: "a", Master: "b" })).toEqual([]);
  });

  it("reads IPAM in any case, as Go does, and the exact key first", () => {
    expect(loadDefinition(JSON.stringify({ name: "n", IPAM: berth })).kind).toBe("definition");
    expect(loadDefinition(JSON.stringify({ name: "n", ipam: berth, IPAM: 5 })).kind).toBe("definition");
  });

  it.each([
    [
      "0.2.0",
      { ...berth, ranges: [{ range: "10.1.0.0/24" }] },
      ["cniVersion=0.2.0: 0.3.1 or later, because of the second IPv4 address"],
    ],
    [
      "0.1.0",
      { type: "static", addresses: [{ address: "::5/64" }, { address: "::6/64" }] },
      ["cniVersion=0.1.0: 0.3.1 or later, because of the second IPv6 address"],
    ],
    ["0.2.0", { ...berth, ranges: [{ range: "2001:db8::/64" }] }, []],
    ["0.3.0", { ...berth, ranges: [{ range: "10.1.0.0/24" }] }, []],
  ])("holds the addresses to what %s can carry", (cniVersion, ipam, wanted) => {
    expect(faultsOf(ipam, { cniVersion })).toEqual(wanted);
  });
});

describe("a static document", () => {
  it("reads addresses, routes and dns, in any case, and passes over the rest", () => {
    const addresses = [
      { Address: "10.0.0.5/24", gateway: "10.0.0.1" },
      { address: "10.0.0.0/24", gateway: "10.9.0.1" },
      { address: "10.0.0.5/24" },
    ];
    const definition = loaded({
      TYPE: "static",
      ADDRESSES: addresses,
      Routes: [{ dst: "10.0.0.5/8", gw: "" }],
      dns: { nameservers: ["x"] },
      foo: 1,
    });
    expect(addressTexts(definition)).toEqual(["10.0.0.5/24 via 10.0.0.1", "10.0.0.0/24 via 10.9.0.1", "10.0.0.5/24"]);
    expect(definition).toMatchObject({
      dialect: "static",
      unique: false,
      allowsStatic: true,
      routes: [{ dst: "10.0.0.0/8" }],
      dns: { nameservers: ["x"] },
    });
    expect(faultLines(definition.warnings).map((line) => line.split(/[=:]/)[0])).toEqual([
      "ipam.foo",
      "ipam.addresses[1].address",
      "ipam.addresses[1].gateway",
      "ipam.addresses[2].address",
      "ipam.routes[0].dst",
      "ipam.dns.nameservers[0]",
    ]);
  });

  it("may have no addresses: they can be asked for", () => {
    expect(loaded({ type: "static" }).addresses).toEqual([]);
  });

  it.each<[string, object, string]>([
    ["an address without length", { addresses: [{ address: "10.0.0.5" }] }, "ipam.addresses[0].address"],
    ["no address", { addresses: [{}] }, "ipam.addresses[0].address"],
    ["addresses that are a text", { addresses: "x" }, "ipam.addresses"],
    ["dns that is a list", { dns: [] }, "ipam.dns"],
  ])("refuses %s", (_name, more, path) => {
    expect(faultsOf({ type: "static", ...more })[0]).toMatch(path);
  });
});

describe("a dhcp document", () => {
  it("is recognised", () => {
    expect(loaded({ type: "dhcp", daemonSocketPath: "/run/x" })).toMatchObject({
      dialect: "dhcp",
      dhcp: true,
      warnings: [],
    });
  });
});

describe("flatPaths()", () => {
  it.each(["", "{", "[]", '{"ipam":{"type":"berth"}}'])("has none for %s", (text) => {
    expect(flatPaths(text)).toEqual([]);
  });

  it.each(["relative.conf", "/a/../b", "/a\u0000b", `/${"a".repeat(4096)}`, 5])(
    "does not try the path %s",
    (configuration_path) => {
      expect(flatPaths(JSON.stringify({ name: "n", ipam: { type: "whereabouts", configuration_path } }))).toHaveLength(
        3,
      );
    },
  );
});

describe("faultsToFailure()", () => {
  const fault = (n: number) => ({ path: `ipam.x[${n}]`, value: "v", expected: "w" });
  const many = (count: number) => Array.from({ length: count }, (_, n) => fault(n));

  it.each([
    [
      1,
      'Cannot use network definition "ipam.x[0]": expected w instead of "v"',
      "definition net; run: berthctl check-config <file>",
    ],
    [
      2,
      'Cannot use network definition "ipam.x[0]": expected w instead of "v" (and 1 more fault: see the details)',
      'ipam.x[1]: expected w instead of "v"; definition net',
    ],
    [
      22,
      'Cannot use network definition "ipam.x[0]": expected w instead of "v" (and 21 more faults: see the details)',
      'ipam.x[19]: expected w instead of "v"; and 2 more; definition net',
    ],
  ])("tells %i", (count, message, details) => {
    const failure = faultsToFailure(many(count), { definition: "net" });
    expect(failure).toMatchObject({
      name: "InvalidConfig",
      code: 7,
      message,
      details: expect.stringContaining(details),
    });
  });

  it("has words for a fault of the whole document, and for none", () => {
    expect(
      faultsToFailure(
        [
          { path: "", value: "", expected: "w" },
          { path: "", value: "", expected: "w" },
        ],
        {},
      ).details,
    ).toContain("the document: expected w");
    expect(faultsToFailure([], {}).message).toContain("without faults");
  });

  it("is bounded", () => {
    const answer = load({
      type: "berth",
      range: "x".repeat(500_000),
      exclude: Array.from({ length: 10_000 }, () => "y".repeat(40)),
      [`k${"z".repeat(10_000)}`]: 1,
    });
    if (answer.kind !== "faults") throw new Error("no faults");
    expect(JSON.stringify(faultsToFailure(answer.faults, {})).length).toBeLessThan(10_000);
  });
});

describe("nearestKey()", () => {
  it.each([
    ["rangeStart", "range_start"],
    ["excludes", "exclude"],
    ["Range", "range"],
    ["xy", undefined],
    ["", undefined],
    ["r".repeat(65), undefined],
  ])("takes %s for %s", (key, near) => {
    expect(nearestKey(key, ["range", "range_start", "range_end", "exclude", "type"])).toBe(near);
  });
});
