/**
 * From ADD to DEL: the real cnitool, the real main plugins of both sets, every name of ours, both launchers.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cnitoolContainerId } from "../../support/cnitool.ts";
import { createNamespace, type Namespace } from "../../support/namespaces.ts";
import { addressesIn, launcherNames, mains, networkList, openQuay, pluginSets, type Quay } from "./quay.ts";

let quay: Quay;
let first: Namespace;
let second: Namespace;

beforeAll(async () => {
  quay = await openQuay();
  first = await createNamespace({ detectsDuplicates: false });
  second = await createNamespace({ detectsDuplicates: false });
});
afterAll(async () => {
  await first[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
  await quay[Symbol.asyncDispose]();
});

const ranges = [{ range: "10.80.0.0/28" }, { range: "fd80::/125" }];

/** `host` is the number of the container, for the type whose addresses stand in the definition. */
const ipams = {
  berth: () => ({ type: "berth", network_name: "round", ranges }),
  whereabouts: () => ({ type: "whereabouts", network_name: "round", ipRanges: ranges }),
  static: (host: number) => ({
    type: "static",
    addresses: [{ address: `10.80.0.${host}/28` }, { address: `fd80::${host}/125` }],
  }),
} as const;

const cases = pluginSets.flatMap((set) =>
  (["bridge", "macvlan"] as const).flatMap((main) =>
    (["berth", "whereabouts", "static"] as const).flatMap((ipam) =>
      launcherNames.map((launcher) => ({
        name: `${set.set} ${main}, ${ipam}, launcher in ${launcher}`,
        set,
        main,
        ipam,
        launcher,
      })),
    ),
  ),
);

describe.each(cases)("$name", ({ set, main, ipam, launcher }) => {
  const call = (verb: "add" | "check" | "del" | "status", namespace: Namespace) => {
    const plugin = { ...mains[main], ipam: ipams[ipam](namespace === first ? 1 : 2) };
    const list = networkList(plugin, { name: "quay", cniVersion: set.cniVersion });
    return quay.cnitool(launcher, set, { verb, list, netns: namespace.path });
  };

  test("gives addresses that are on the interface, answer pings, pass CHECK, and come back", async () => {
    if (set.cniVersion === "1.1.0") expect(await call("status", first)).toMatchObject({ status: 0, stdout: "" });
    const given: string[][] = [];
    for (const namespace of [first, second]) {
      const added = await call("add", namespace);
      expect(added, added.stdout + added.stderr).toMatchObject({ status: 0, stderr: "" });
      const addresses = [...addressesIn(added.stdout)];
      const seen = await namespace.addresses("net1");
      expect(seen.map(({ address, prefixLength }) => `${address}/${prefixLength}`)).toEqual(addresses);
      expect(addresses).toEqual([
        expect.stringMatching(/^10\.80\.0\.\d+\/28$/),
        expect.stringMatching(/^fd80::\d\/125$/),
      ]);
      given.push(addresses.map((text) => text.split("/")[0]!));
    }
    const expected = ipam === "static" ? [] : [first, second].map(({ path }) => cnitoolContainerId(path));
    const held = await quay.held();
    expect(new Set(held.map(({ containerId }) => containerId))).toEqual(new Set(expected));
    expect(held.map(({ address }) => address).sort()).toEqual(ipam === "static" ? [] : given.flat().sort());

    for (const address of given[1]!) expect(await first.ping(address), `ping ${address}`).toBe(true);
    expect(await call("check", first)).toEqual({ status: 0, stdout: "", stderr: "" });

    for (const namespace of [first, second]) {
      expect(await call("del", namespace)).toEqual({ status: 0, stdout: "", stderr: "" });
      expect(await namespace.interfaces()).toEqual([]);
    }
    expect(await quay.held()).toEqual([]);
    expect(await call("del", first), "a second DEL").toMatchObject({ status: 0 });
  });
});
