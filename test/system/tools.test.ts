/**
 * Shows that the ground other tests stand on bears: real plugins, driven by the real cnitool, in namespaces of our own.
 *
 * @module
 */

import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type CnitoolCall, cnitool, cnitoolContainerId, libcni } from "../support/cnitool.ts";
import { hostLocal } from "../support/host-local.ts";
import { createNamespace, removeLeftovers } from "../support/namespaces.ts";
import { createPrivateHost } from "../support/private-host.ts";
import { ensureTools } from "../tools/install.ts";
import { builtPlugins, debianPlugins } from "../tools/places.ts";
import { run, runOrThrow } from "../tools/process.ts";

beforeAll(async () => {
  const outcome = await ensureTools("test", (line) => console.log(line));
  if (outcome.kind !== "ready") throw new Error(outcome.message);
}, 600_000);

const ipam = {
  type: "host-local",
  ranges: [[{ subnet: "10.77.0.0/24" }], [{ subnet: "fd77::/64" }]],
};

function networkList(plugin: object, cniVersion: string): string {
  return JSON.stringify({ cniVersion, name: "quay", plugins: [{ ...plugin, ipam }] });
}

const bridge = { type: "bridge", bridge: "br-quay" };
const macvlan = { type: "macvlan", master: "uplink", mode: "bridge" };

const cases = [
  { name: "Debian's bridge", plugin: bridge, folder: debianPlugins, cniVersion: "1.0.0" },
  { name: "Debian's macvlan", plugin: macvlan, folder: debianPlugins, cniVersion: "1.0.0" },
  { name: "the bridge built from its module", plugin: bridge, folder: builtPlugins, cniVersion: "1.1.0" },
  { name: "the macvlan built from its module", plugin: macvlan, folder: builtPlugins, cniVersion: "1.1.0" },
];

describe.each(cases)("$name", ({ plugin, folder, cniVersion }) => {
  test("gives addresses that are on the interface and answer from another namespace", async () => {
    await using host = await createPrivateHost();
    await using first = await createNamespace();
    await using second = await createNamespace();
    await host.createMaster("uplink");
    await host.createBridge("br-quay");
    const call = (verb: CnitoolCall["verb"], netns: string) =>
      cnitool({ host, verb, list: networkList(plugin, cniVersion), netns, ifName: "net1", pluginDirs: [folder()] });

    for (const namespace of [first, second]) {
      expect(await call("add", namespace.path)).toMatchObject({ status: 0, stderr: "" });
      await namespace.settled();
    }
    expect(await first.addresses("net1")).toEqual([
      { family: "inet", address: "10.77.0.2", prefixLength: 24, scope: "global" },
      { family: "inet6", address: "fd77::2", prefixLength: 64, scope: "global" },
    ]);
    expect(await first.ping("10.77.0.3"), "IPv4 ping").toBe(true);
    expect(await first.ping("fd77::3"), "IPv6 ping").toBe(true);
    expect(await call("check", first.path)).toMatchObject({ status: 0 });

    expect(await call("del", first.path)).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(await first.interfaces()).toEqual([]);
    expect(await second.ping("10.77.0.2", 1), "ping after DEL").toBe(false);
  });
});

test("a namespace without duplicate detection uses its addresses at once", async () => {
  await using namespace = await createNamespace({ detectsDuplicates: false });
  await namespace.ip("link", "add", "net1", "type", "veth", "peer", "name", "net2");
  await namespace.ip("link", "set", "net1", "up");
  await namespace.ip("link", "set", "net2", "up");
  await namespace.ip("address", "add", "fd79::1/64", "dev", "net1");
  expect(await namespace.ip("-6", "address", "show", "tentative")).toBe("");
});

test("plugins in a private host leave the machine's links and /var/lib/cni alone", async () => {
  const before = { links: readdirSync("/sys/class/net"), files: readdirSync("/var/lib/cni", { recursive: true }) };
  await using host = await createPrivateHost();
  await using container = await createNamespace();
  const list = networkList(bridge, "1.0.0");
  await cnitool({ host, verb: "add", list, netns: container.path, pluginDirs: [debianPlugins()] });
  expect(await host.namespace.interfaces()).toContain("br-quay");
  const kept = await host.run("ls", ["/var/lib/cni/results"]);
  expect(kept.stdout).toBe(`quay-${cnitoolContainerId(container.path)}-eth0\n`);
  expect({
    links: readdirSync("/sys/class/net"),
    files: readdirSync("/var/lib/cni", { recursive: true }),
  }).toEqual(before);
});

describe("libcni itself", () => {
  const attachments = [{ containerId: "c1", ifName: "net1" }];

  test("builds the document of a GC with the attachments under both names", async () => {
    await using host = await createPrivateHost();
    const list = networkList(bridge, "1.1.0");
    const printed = await libcni({ host, verb: "gc", list, attachments, pluginDirs: [], isPrintOnly: true });
    const valid = [{ containerID: "c1", ifname: "net1" }];
    expect(JSON.parse(printed.stdout)).toEqual({
      ...bridge,
      ipam,
      cniVersion: "1.1.0",
      name: "quay",
      "cni.dev/valid-attachments": valid,
      "cni.dev/attachments": valid,
    });
  });

  test("hands it to the IPAM plugin, and tells its refusal", async () => {
    await using host = await createPrivateHost();
    const call = { host, list: networkList(bridge, "1.1.0"), attachments, pluginDirs: [builtPlugins()] };
    expect(await libcni({ ...call, verb: "gc", as: "static" })).toMatchObject({ status: 0, stdout: "" });
    const refused = await libcni({ ...call, verb: "gc", as: "berth-that-is-not-there" });
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining("berth-that-is-not-there") });
  });

  test("asks the built plugins and their IPAM plugin for STATUS", async () => {
    await using host = await createPrivateHost();
    const call = { host, pluginDirs: [builtPlugins()], verb: "status" } as const;
    expect(await libcni({ ...call, list: networkList(bridge, "1.1.0") })).toMatchObject({ status: 0 });
    const without = JSON.stringify({
      cniVersion: "1.1.0",
      name: "quay",
      plugins: [{ ...bridge, ipam: { type: "gone" } }],
    });
    expect(await libcni({ ...call, list: without })).toMatchObject({ status: 1 });
  });
});

test("host-local runs by itself and gives an address back", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "berth-host-local-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const call = { ranges: [[{ subnet: "10.78.0.0/29" }]], containerId: "c1", dataDir, pluginDir: builtPlugins() };
  const added = await hostLocal({ ...call, verb: "ADD" });
  expect(JSON.parse(added.stdout)).toMatchObject({ ips: [{ address: "10.78.0.2/29" }] });
  expect(existsSync(join(dataDir, "peer", "10.78.0.2"))).toBe(true);
  expect(await hostLocal({ ...call, verb: "DEL" })).toMatchObject({ status: 0 });
  expect(existsSync(join(dataDir, "peer", "10.78.0.2"))).toBe(false);
});

describe("namespaces", () => {
  const program = (then: string) => `
    const { createNamespace } = await import(${JSON.stringify(join(import.meta.dirname, "../support/namespaces.ts"))});
    console.log((await createNamespace()).name);
    ${then}`;
  const names = () => readdirSync("/run/netns");

  test.each(["SIGTERM", "SIGINT", "SIGHUP"])("are removed when %s ends their process", async (signal) => {
    const ended = await run(process.execPath, [
      "-e",
      program(`process.kill(process.pid, "${signal}"); setInterval(() => {}, 1000)`),
    ]);
    expect(ended).toMatchObject({ status: null, stdout: expect.stringMatching(/^berth-t-/) });
    expect(names()).not.toContain(ended.stdout.trim());
  });

  test("are removed when their process ends without disposing of them", async () => {
    const name = (await runOrThrow(process.execPath, ["-e", program("process.exit(0)")])).trim();
    expect(names()).not.toContain(name);
  });

  test("of a killed process are removed by the next one, and those of a living one are kept", async () => {
    await using mine = await createNamespace();
    const killed = await run(process.execPath, ["-e", program(`process.kill(process.pid, "SIGKILL")`)]);
    expect(names()).toContain(killed.stdout.trim());
    removeLeftovers();
    expect(names()).not.toContain(killed.stdout.trim());
    expect(names()).toContain(mine.name);
  });
});
