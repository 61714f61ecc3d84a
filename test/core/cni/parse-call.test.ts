/**
 * Calls as runtimes make them, and as they should not.
 *
 * @module
 */
import { describe, expect, it } from "vitest";
import { parseCall } from "../../../core/cni/parse-call.ts";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { callInput, config, launch } from "./call-input.ts";

const args =
  "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-0;K8S_POD_UID=u1;K8S_POD_INFRA_CONTAINER_ID=c1";

describe("parseCall()", () => {
  it("reads an ADD with its pod", () => {
    const configText = JSON.stringify(config);
    expect(parseCall(callInput({ CNI_ARGS: args }))).toEqual({
      kind: "call",
      call: {
        kind: "ADD",
        launch,
        containerId: "c1",
        ifName: "net1",
        netns: "/var/run/netns/x",
        pod: { namespace: "default", name: "web-0", uid: "u1" },
        requested: [],
        configText,
      },
    });
  });

  it.each([
    ["no CNI_ARGS", undefined, undefined],
    ["a pod without uid", "K8S_POD_NAMESPACE=a;K8S_POD_NAME=b", { namespace: "a", name: "b", uid: undefined }],
    ["a name without namespace", "K8S_POD_NAME=b", undefined],
    ["a namespace without name", "K8S_POD_NAMESPACE=b;", undefined],
    [
      "an unknown key that may be ignored",
      "IgnoreUnknown=TRUE;X=1=2;K8S_POD_NAMESPACE=a;K8S_POD_NAME=b",
      { namespace: "a", name: "b" },
    ],
    ["the same value twice", "K8S_POD_NAMESPACE=a;K8S_POD_NAME=b;K8S_POD_NAME=b", { namespace: "a", name: "b" }],
  ])("reads the pod of %s", (_name, CNI_ARGS, pod) => {
    const parsed = parseCall(callInput({ CNI_ARGS }));
    if (parsed.kind !== "call" || parsed.call.kind !== "ADD") throw new Error("not an ADD");
    expect(parsed.call.pod).toEqual(pod);
  });

  it.each([
    ["an unknown key", "X=1", "only the keys K8S_POD_NAME"],
    ["an unknown key that may not be ignored", "IgnoreUnknown=0;X=1", "IgnoreUnknown=1"],
    ["IgnoreUnknown=maybe", "IgnoreUnknown=maybe", "1, true, 0 or false"],
    ["a pair without =", "K8S_POD_NAME", "pairs such as"],
    ["a pair without key", "=x", "pairs such as"],
    ["two names of a pod", "K8S_POD_NAME=a;K8S_POD_NAME=b", "one value of K8S_POD_NAME"],
    ["a slash in a pod's name", "K8S_POD_NAMESPACE=a;K8S_POD_NAME=a/b", "K8S_POD_NAME of at most 253"],
    ["a control character in a namespace", "K8S_POD_NAMESPACE=a\nb", "K8S_POD_NAMESPACE of at most 253"],
    ["a blank in a uid", "K8S_POD_UID=a b", "K8S_POD_UID of at most 253"],
    ["a pod's name that is too long", `K8S_POD_NAME=${"a".repeat(254)}`, "K8S_POD_NAME of at most 253"],
    ["too much of it", `IgnoreUnknown=1;X=${"a".repeat(65_536)}`, "at most 65536 characters"],
    ["an address that is none", "IP=10.0.0.256", "addresses such as 10.0.0.5"],
    ["a gateway that is none", "GATEWAY=10.0.0", "addresses such as 10.0.0.1"],
  ])("refuses an ADD with %s in CNI_ARGS, and takes the DEL and CHECK", (_name, CNI_ARGS, expected) => {
    expect(parseCall(callInput({ CNI_ARGS }))).toMatchObject({
      kind: "failure",
      failure: { name: "InvalidEnvironment", code: 4, message: expect.stringContaining(expected) },
    });
    expect(parseCall(callInput({ CNI_ARGS, CNI_COMMAND: "DEL" })).kind).toBe("call");
    expect(parseCall(callInput({ CNI_ARGS, CNI_COMMAND: "CHECK" })).kind).toBe("call");
  });

  it.each([
    [
      "CNI_CONTAINERID",
      ["", "-a", ".a", "a/b", "a b", "a\n", "é", "a".repeat(254)],
      ["a", "0", "A_b.c-d", "a".repeat(253)],
    ],
    [
      "CNI_IFNAME",
      ["", ".", "..", "a/b", "a:b", "a b", "a\tb", "é", "a".repeat(16)],
      ["net1", "...", "a".repeat(15), "a@b"],
    ],
    ["CNI_NETNS", ["", "run/netns/x", "/a\u0000", "/a\nb", `/${"a".repeat(4096)}`], ["/", "/proc/1/ns/net", "/a b"]],
  ])("holds %s to its grammar", (name, wrong, right) => {
    for (const value of wrong) {
      for (const CNI_COMMAND of ["ADD", "CHECK"]) {
        expect(parseCall(callInput({ CNI_COMMAND, [name]: value })), value).toMatchObject({
          kind: "failure",
          failure: {
            name: "InvalidEnvironment",
            message: expect.stringContaining(`environment variable "${name}": expected a`),
          },
        });
      }
    }
    for (const value of right) expect(parseCall(callInput({ [name]: value })).kind, value).toBe("call");
  });

  it("names everything that is missing at once", () => {
    const none = { CNI_CONTAINERID: undefined, CNI_IFNAME: undefined, CNI_NETNS: undefined, CNI_ARGS: "X=1" };
    const parsed = parseCall(callInput(none));
    expect(parsed).toMatchObject({
      failure: { message: expect.stringContaining('"CNI_CONTAINERID, CNI_IFNAME, CNI_NETNS, CNI_ARGS"') },
    });
    const del = parseCall(callInput({ ...none, CNI_COMMAND: "DEL" }));
    expect(del).toMatchObject({ failure: { message: expect.stringContaining('"CNI_CONTAINERID, CNI_IFNAME"') } });
  });

  it.each([undefined, "", "add", "FOO"])("refuses the command %s", (CNI_COMMAND) => {
    expect(parseCall(callInput({ CNI_COMMAND }))).toMatchObject({
      failure: {
        name: "InvalidEnvironment",
        message: expect.stringContaining("one of ADD, DEL, CHECK, GC, STATUS, VERSION"),
      },
    });
  });

  it.each([
    ["no JSON", "{", "UndecodableConfig", 6],
    ["nothing", "", "UndecodableConfig", 6],
    ["too much", `"${"a".repeat(1_048_576)}"`, "RequestTooLarge", 107],
    ["an unknown version", { ...config, cniVersion: "2.0.0" }, "UnknownCniVersion", 1],
    ["a version that is no text", { ...config, cniVersion: 1 }, "UnknownCniVersion", 1],
  ])("refuses standard input with %s for ADD, CHECK and STATUS only", (_name, stdin, name, code) => {
    for (const CNI_COMMAND of ["ADD", "CHECK", "STATUS"]) {
      expect(parseCall(callInput({ CNI_COMMAND }, stdin))).toMatchObject({ kind: "failure", failure: { name, code } });
    }
    for (const CNI_COMMAND of ["DEL", "GC", "VERSION"])
      expect(parseCall(callInput({ CNI_COMMAND }, stdin)).kind).toBe("call");
  });

  it("escapes what it quotes of standard input once", () => {
    expect(parseCall(callInput({}, "\u0001"))).toMatchObject({
      failure: {
        message: 'Cannot read network configuration "\\u0001": expected a JSON value at line 1, column 1',
      },
    });
  });

  it.each(["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0", "", undefined])(
    "takes cniVersion %s",
    (cniVersion) => {
      expect(parseCall(callInput({}, { ...config, cniVersion })).kind).toBe("call");
    },
  );

  it.each([
    ["the whole configuration", JSON.stringify(config), "net"],
    ["half of it", JSON.stringify(config).slice(0, 45), "net"],
    ["a stripped one", '{"ipam":{"type":"host-local"},"type":"bridge"}', undefined],
    ["nothing", "", undefined],
    ["a name that no ADD takes", '{"name":"a/b"}', undefined],
    ["a name that is no text", '{"name":1}', undefined],
  ])("reads a DEL's definition from %s", (_name, stdin, definition) => {
    const env = { CNI_COMMAND: "DEL", CNI_NETNS: undefined };
    expect(parseCall(callInput(env, stdin))).toEqual({
      kind: "call",
      call: { kind: "DEL", launch, containerId: "c1", ifName: "net1", definition },
    });
  });

  it.each(["GC", "STATUS", "VERSION"])("needs no container for %s", (CNI_COMMAND) => {
    const env = { CNI_COMMAND, CNI_CONTAINERID: undefined, CNI_IFNAME: undefined, CNI_NETNS: undefined };
    expect(parseCall(callInput(env))).toEqual({
      kind: "call",
      call: { kind: CNI_COMMAND, launch, configText: JSON.stringify(config) },
    });
  });
});

describe("requested addresses", () => {
  function requested(CNI_ARGS: string | undefined, more: object = {}) {
    const parsed = parseCall(callInput({ CNI_ARGS }, { ...config, ...more }));
    if (parsed.kind !== "call" || parsed.call.kind !== "ADD") return parsed;
    return parsed.call.requested.map(({ address, prefixLength, gateway, from }) => {
      const via = gateway === undefined ? "" : ` via ${formatAddress(gateway)}`;
      return `${formatAddress(address)}/${prefixLength ?? ""}${via} (${from})`;
    });
  }

  it("come from three places, each address once", () => {
    const more = { runtimeConfig: { ips: ["10.0.0.5/24"] }, args: { cni: { ips: ["2001:DB8::5", "10.0.0.5"] } } };
    expect(requested("IP=10.0.0.5, 2001:db8::5/64,10.0.0.6", more)).toEqual([
      "10.0.0.5/24 (runtimeConfig.ips)",
      "2001:db8::5/64 (args.cni.ips)",
      "10.0.0.6/ (CNI_ARGS IP)",
    ]);
  });

  it("take the gateway that lies in their subnet", () => {
    expect(requested("IP=10.0.0.5/24,10.9.0.5/24,2001:db8::5/64,10.0.0.6;GATEWAY=10.0.0.1,2001:db8::1")).toEqual([
      "10.0.0.5/24 via 10.0.0.1 (CNI_ARGS IP)",
      "10.9.0.5/24 (CNI_ARGS IP)",
      "2001:db8::5/64 via 2001:db8::1 (CNI_ARGS IP)",
      "10.0.0.6/ (CNI_ARGS IP)",
    ]);
  });

  it.each([
    ["nothing", {}],
    ["null", { runtimeConfig: null, args: { cni: null } }],
    ["empty lists", { runtimeConfig: { ips: [] }, args: { cni: { ips: null } } }],
    ["other capabilities", { runtimeConfig: { mac: "x" }, args: [] }],
  ])("are none where %s is written", (_name, more) => {
    expect(requested(undefined, more)).toEqual([]);
  });

  it.each([
    ["a text for a list", { runtimeConfig: { ips: "10.0.0.5" } }, "runtimeConfig.ips"],
    ["a number in a list", { args: { cni: { ips: [1] } } }, "args.cni.ips"],
    ["an address that is none", { runtimeConfig: { ips: ["10.0.0.05"] } }, "runtimeConfig.ips 10.0.0.05"],
    [
      "too many",
      { runtimeConfig: { ips: Array.from({ length: 65 }, (_, i) => `10.0.0.${i}`) } },
      "runtimeConfig.ips 10.0.0.64",
    ],
  ])("are refused when they are %s", (_name, more, value) => {
    expect(requested(undefined, more)).toMatchObject({
      failure: { name: "InvalidConfig", message: expect.stringContaining(`"${value}": expected `) },
    });
  });
});
