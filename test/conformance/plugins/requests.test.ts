/**
 * Asking for addresses in every way a runtime can, through real plugins: one that is asked for is given, or the ADD says
 * who has it, and never another one.
 *
 * @module
 */
import { afterEach, beforeAll, afterAll, describe, expect, test } from "vitest";
import type { CnitoolCall } from "../../support/cnitool.ts";
import { createNamespace, type Namespace } from "../../support/namespaces.ts";
import { addressesIn, mains, networkList, openQuay, pluginSets, type PluginSet, type Quay } from "./quay.ts";

let quay: Quay;
let namespace: Namespace;
const added: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  quay = await openQuay();
  namespace = await createNamespace({ detectsDuplicates: false });
});
afterAll(async () => {
  await namespace[Symbol.asyncDispose]();
  await quay[Symbol.asyncDispose]();
});
afterEach(async () => {
  for (const undo of added.splice(0)) await undo();
  expect(await quay.held()).toEqual([]);
});

const ranges = [{ range: "10.82.0.0/28", gateway: "10.82.0.1" }, { range: "fd82::/125" }];
const berth = { type: "berth", network_name: "requests", ranges };

type Asking = {
  readonly ipam?: object;
  readonly plugin?: object;
  readonly netns?: Namespace;
  readonly launcher?: "c" | "typescript";
} & Pick<CnitoolCall, "args" | "capabilityArgs">;

async function add(
  { ipam = berth, plugin = {}, netns = namespace, launcher = "c", ...asked }: Asking,
  set: PluginSet = pluginSets[0],
) {
  const list = networkList({ ...mains.bridge, ...plugin, ipam }, { name: "quay", cniVersion: "1.0.0" });
  const call = { list, netns: netns.path, ...asked };
  added.push(() => quay.cnitool(launcher, set, { ...call, verb: "del" }));
  return quay.cnitool(launcher, set, { ...call, verb: "add" });
}

const wanted = ["10.82.0.9/28", "fd82::5/125"];
const hasIps = { capabilities: { ips: true } };

const ways: readonly (Asking & { readonly name: string })[] = [
  { name: "runtimeConfig.ips", plugin: hasIps, capabilityArgs: { ips: wanted } },
  {
    name: "runtimeConfig.ips without prefix lengths",
    plugin: hasIps,
    capabilityArgs: { ips: ["10.82.0.9", "fd82::5"] },
  },
  { name: "a comma list in CNI_ARGS IP", args: "IgnoreUnknown=1;IP=10.82.0.9,fd82::5" },
  { name: "args.cni.ips", plugin: { args: { cni: { ips: wanted } } } },
  {
    name: "runtimeConfig.ips and CNI_ARGS at once, as Multus does",
    plugin: hasIps,
    capabilityArgs: { ips: wanted },
    args: "IgnoreUnknown=1;IP=10.82.0.9/28,fd82::5/125",
  },
  {
    name: "CNI_ARGS IP of a whereabouts definition",
    ipam: {
      type: "whereabouts",
      network_name: "requests",
      ipRanges: [{ range: "10.82.0.0/28" }, { range: "fd82::/125" }],
    },
    args: "IgnoreUnknown=1;IP=10.82.0.9,fd82::5",
  },
  {
    name: "runtimeConfig.ips of a static definition",
    plugin: hasIps,
    ipam: { type: "static" },
    capabilityArgs: { ips: wanted },
  },
  {
    name: "CNI_ARGS IP of a static definition",
    ipam: { type: "static" },
    args: "IgnoreUnknown=1;IP=10.82.0.9/28,fd82::5/125",
  },
  {
    name: "the addresses of a static definition",
    ipam: { type: "static", addresses: wanted.map((address) => ({ address })) },
  },
  {
    name: "the addresses of a berth definition",
    ipam: { type: "berth", addresses: wanted.map((address) => ({ address })) },
  },
];

describe.each(pluginSets)("through $set plugins", (set) => {
  test.each(ways)("$name gives what it asks for", async (way) => {
    for (const launcher of ["c", "typescript"] as const) {
      const done = await add({ ...way, launcher }, set);
      expect(done, done.stdout + done.stderr).toMatchObject({ status: 0 });
      expect(addressesIn(done.stdout)).toEqual(wanted);
      const seen = await namespace.addresses("net1");
      expect(seen.map(({ address, prefixLength }) => `${address}/${prefixLength}`)).toEqual(wanted);
      for (const undo of added.splice(0)) await undo();
    }
  });
});

test("a request for one family leaves the other range its free choice", async () => {
  const done = await add({ args: "IgnoreUnknown=1;IP=fd82::5" });
  expect(addressesIn(done.stdout)).toEqual([expect.stringMatching(/^10\.82\.0\.\d+\/28$/), "fd82::5/125"]);
});

test("an address that somebody has is refused with his name, and nothing is taken", async () => {
  await using other = await createNamespace({ detectsDuplicates: false });
  const pod = "IgnoreUnknown=1;K8S_POD_NAMESPACE=harbour;K8S_POD_NAME=tug-0;K8S_POD_UID=u-1;IP=10.82.0.9";
  expect(await add({ args: pod, netns: other })).toMatchObject({ status: 0 });
  const before = await quay.held();
  const refused = await add({ args: "IgnoreUnknown=1;IP=10.82.0.9" });
  expect(refused.status).not.toBe(0);
  expect(refused.stdout + refused.stderr).toMatch(/Cannot give address "10\.82\.0\.9": expected .*harbour\/tug-0/);
  expect(await quay.held()).toEqual(before);
  for (const undo of added.splice(0)) await undo();
});

test.each([
  { name: "outside all ranges", ip: "10.83.0.9", says: /Cannot give address "10\.83\.0\.9": expected / },
  { name: "that is the gateway", ip: "10.82.0.1", says: /Cannot give address "10\.82\.0\.1": expected / },
  { name: "that is no address", ip: "10.82.0.999", says: /10\.82\.0\.999.*: expected|expected .*10\.82\.0\.999/ },
])("an address $name is refused, and nothing is taken", async ({ ip, says }) => {
  const refused = await add({ args: `IgnoreUnknown=1;IP=${ip}` });
  expect(refused.status).not.toBe(0);
  expect(refused.stdout + refused.stderr).toMatch(says);
  expect(await quay.held()).toEqual([]);
});

describe("a pod named in CNI_ARGS", () => {
  const podArgs = (uid: string) => `IgnoreUnknown=1;K8S_POD_NAMESPACE=harbour;K8S_POD_NAME=web-0;K8S_POD_UID=${uid}`;

  test("has its addresses again in a new sandbox, when the old one has gone without a DEL", async () => {
    let before: readonly string[];
    {
      await using sandbox = await createNamespace({ detectsDuplicates: false });
      before = addressesIn((await add({ args: podArgs("u-1"), netns: sandbox })).stdout);
    }
    const again = await add({ args: podArgs("u-1") });
    expect(addressesIn(again.stdout)).toEqual(before);
    expect((await quay.held()).map(({ address }) => address)).toHaveLength(2);
    for (const undo of added.splice(0)) await undo();
  });

  test("of the same name with another uid is another pod", async () => {
    await using other = await createNamespace({ detectsDuplicates: false });
    const one = addressesIn((await add({ args: podArgs("u-1") })).stdout);
    const two = addressesIn((await add({ args: podArgs("u-2"), netns: other })).stdout);
    expect(two.filter((address) => one.includes(address))).toEqual([]);
    for (const undo of added.splice(0)) await undo();
  });
});

test("a chain hands the result on to the next plugin, and CHECK and DEL run through it", async () => {
  // Debian's set has tuning; the built one has what stands on IPAM only.
  const [set] = pluginSets;
  const plugins = [{ ...mains.bridge, ipam: berth }, { type: "tuning" }];
  const list = JSON.stringify({ cniVersion: set.cniVersion, name: "quay", plugins });
  const call = (verb: CnitoolCall["verb"]) => quay.cnitool("c", set, { verb, list, netns: namespace.path });
  const done = await call("add");
  expect(done, done.stderr).toMatchObject({ status: 0 });
  const seen = await namespace.addresses("net1");
  expect(seen.map(({ address, prefixLength }) => `${address}/${prefixLength}`)).toEqual(addressesIn(done.stdout));
  expect(await call("check")).toEqual({ status: 0, stdout: "", stderr: "" });
  expect(await call("del")).toMatchObject({ status: 0 });
});
