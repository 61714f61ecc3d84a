/**
 * The CNI specification from 0.1.0 to 1.1.0, verb by verb: through the real plugins where they speak the version, and on
 * both launchers by themselves for all.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cniVersions } from "../../../core/cni/version.ts";
import { createNamespace, type Namespace } from "../../support/namespaces.ts";
import type { Finished } from "../../tools/process.ts";
import { addressesIn, launcherNames, mains, networkList, openQuay, pluginSets, type Quay } from "./quay.ts";

let quay: Quay;
let namespace: Namespace;

beforeAll(async () => {
  quay = await openQuay();
  namespace = await createNamespace({ detectsDuplicates: false });
});
afterAll(async () => {
  await namespace[Symbol.asyncDispose]();
  await quay[Symbol.asyncDispose]();
});

const routes = [
  { dst: "10.99.0.0/16", gw: "10.84.0.1" },
  { dst: "fd99::/64", gw: "fd84::1" },
];
const ipam = {
  type: "berth",
  network_name: "versions",
  ranges: [
    { range: "10.84.0.0/28", gateway: "10.84.0.1" },
    { range: "fd84::/124", gateway: "fd84::1" },
  ],
  routes,
};

const throughPlugins = pluginSets.flatMap((set) =>
  set.versions.flatMap((cniVersion) => launcherNames.map((launcher) => ({ set, name: set.set, cniVersion, launcher }))),
);

test.each(throughPlugins)(
  "$name bridge takes a result of $cniVersion from the launcher in $launcher",
  async ({ set, cniVersion, launcher }) => {
    const list = networkList({ ...mains.bridge, ipam }, { name: "quay", cniVersion });
    const call = (verb: "add" | "check" | "del") => quay.cnitool(launcher, set, { verb, list, netns: namespace.path });
    const added = await call("add");
    expect(added, added.stderr).toMatchObject({ status: 0 });
    expect(JSON.parse(added.stdout)).toMatchObject({ cniVersion, routes });
    const seen = await namespace.addresses("net1");
    expect(seen.map(({ address, prefixLength }) => `${address}/${prefixLength}`)).toEqual(addressesIn(added.stdout));
    // libcni refuses a CHECK of a list older than 0.4.0, where the verb came in.
    if (cniVersion !== "0.3.1") expect(await call("check")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(await call("del")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(await quay.held()).toEqual([]);
  },
);

const alone = cniVersions.flatMap((version) => launcherNames.map((launcher) => ({ version, launcher })));

/** The forms of the spec, section "Result types", at each version; `a4` and `a6` are the addresses given. */
function resultOf(version: string, a4: string, a6: string): object {
  const [route4, route6] = routes;
  if (version === "0.1.0" || version === "0.2.0") {
    return {
      cniVersion: version,
      ip4: { ip: a4, gateway: "10.84.0.1", routes: [route4] },
      ip6: { ip: a6, gateway: "fd84::1", routes: [route6] },
      dns: {},
    };
  }
  const isNumbered = version.startsWith("0.");
  const ips = [
    { ...(isNumbered ? { version: "4" } : {}), address: a4, gateway: "10.84.0.1" },
    { ...(isNumbered ? { version: "6" } : {}), address: a6, gateway: "fd84::1" },
  ];
  return { cniVersion: version, ips, routes, dns: {} };
}

describe.each(alone)("CNI $version, the launcher in $launcher by itself", ({ version, launcher }) => {
  const config = { cniVersion: version, name: "quay", type: "bridge", ipam };
  const call = (verb: string, more: object = {}, env: object = {}): Promise<Finished> =>
    quay.raw({
      launcher,
      env: {
        CNI_COMMAND: verb,
        CNI_CONTAINERID: "c1",
        CNI_IFNAME: "net1",
        CNI_NETNS: namespace.path,
        CNI_PATH: quay.launcherFolder(launcher),
        ...env,
      },
      stdin: JSON.stringify({ ...config, ...more }),
    });
  const silent = { status: 0, stdout: "", stderr: "" };

  test("VERSION names every version", async () => {
    const answer = await call("VERSION");
    expect(answer.status).toBe(0);
    expect(JSON.parse(answer.stdout)).toEqual({ cniVersion: version, supportedVersions: cniVersions });
  });

  test("STATUS, ADD, CHECK, GC and DEL do what they are for, and print what they may", async () => {
    expect(await call("STATUS")).toEqual(silent);

    const added = await call("ADD");
    expect(added, added.stdout).toMatchObject({ status: 0, stderr: "" });
    const [a4, a6] = (await quay.held()).map(({ address }) => address);
    const result = resultOf(version, `${a4}/28`, `${a6}/124`);
    expect(JSON.parse(added.stdout)).toEqual(result);
    expect((await call("ADD")).stdout, "a second ADD answers the same").toBe(added.stdout);

    await namespace.ip("link", "add", "net1", "type", "veth", "peer", "name", "net2");
    for (const address of [`${a4}/28`, `${a6}/124`]) await namespace.ip("address", "add", address, "dev", "net1");
    expect(await call("CHECK", { prevResult: result })).toEqual(silent);
    await namespace.ip("link", "delete", "net1");
    const checked = await call("CHECK", { prevResult: result });
    expect(checked.status).not.toBe(0);
    expect(JSON.parse(checked.stdout)).toMatchObject({ cniVersion: version, code: 105 });

    expect(await call("GC", { "cni.dev/valid-attachments": [{ containerID: "c1", ifname: "net1" }] })).toEqual(silent);
    expect(await quay.held()).toHaveLength(2);

    expect(await call("DEL", { prevResult: result }, { CNI_NETNS: "" })).toEqual(silent);
    expect(await quay.held()).toEqual([]);
    expect(await call("DEL"), "a second DEL").toEqual(silent);
  });

  test("an error is in the form of that version", async () => {
    const refused = await call("ADD", { ipam: { type: "berth", range: "10.84.0.0/33" } });
    expect(refused.status).toBe(1);
    const { msg, details, ...rest } = JSON.parse(refused.stdout);
    expect(rest).toEqual({ cniVersion: version, code: 7 });
    expect(msg).toMatch(/^Cannot .+ ".*": expected /);
    expect(details).toEqual(expect.any(String));
  });
});

test.each(launcherNames)(
  "two addresses of a family are refused to 0.2.0, which has room for one (launcher in %s)",
  async (launcher) => {
    const stdin = JSON.stringify({
      cniVersion: "0.2.0",
      name: "quay",
      type: "bridge",
      ipam: { type: "berth", ranges: [{ range: "10.84.0.0/28" }, { range: "10.85.0.0/28" }] },
    });
    const env = { CNI_COMMAND: "ADD", CNI_CONTAINERID: "c1", CNI_IFNAME: "net1", CNI_NETNS: namespace.path };
    const refused = await quay.raw({ launcher, env, stdin });
    expect(JSON.parse(refused.stdout)).toMatchObject({ code: 7, msg: expect.stringContaining("0.3.1 or later") });
    expect(await quay.held()).toEqual([]);
  },
);
