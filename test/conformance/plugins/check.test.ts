/**
 * CHECK and STATUS through real plugins: silent when all is well, and clear about what differs.
 *
 * @module
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startAgent } from "../../support/agent-process.ts";
import { ask } from "../../support/ask-agent.ts";
import { createNamespace, type Namespace } from "../../support/namespaces.ts";
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

const ipam = { type: "berth", network_name: "check", ranges: [{ range: "10.81.0.0/28" }, { range: "fd81::/125" }] };

const cases = pluginSets.flatMap((set) =>
  (["bridge", "macvlan"] as const).flatMap((main) =>
    launcherNames.map((launcher) => ({ name: `${set.set} ${main}, launcher in ${launcher}`, set, main, launcher })),
  ),
);

describe.each(cases)("CHECK through $name", ({ set, main, launcher }) => {
  const call = (verb: "add" | "check" | "del") => {
    const list = networkList({ ...mains[main], ipam }, { name: "quay", cniVersion: set.cniVersion });
    return quay.cnitool(launcher, set, { verb, list, netns: namespace.path });
  };
  const add = async () => {
    const added = await call("add");
    expect(added, added.stderr).toMatchObject({ status: 0 });
    return addressesIn(added.stdout);
  };
  const checkFails = async (message: string) => {
    const checked = await call("check");
    expect(checked.status).not.toBe(0);
    expect(checked.stdout + checked.stderr).toContain(message);
  };
  afterEach(async () => {
    expect(await call("del")).toMatchObject({ status: 0 });
    expect(await quay.held()).toEqual([]);
  });

  test.each([
    { name: "IPv4", index: 0 },
    { name: "IPv6", index: 1 },
  ])("fails when somebody removed the $name address inside the container", async ({ index }) => {
    const address = (await add())[index]!;
    expect(await call("check")).toEqual({ status: 0, stdout: "", stderr: "" });
    await namespace.ip("address", "delete", address, "dev", "net1");
    await checkFails(`Cannot confirm interface "net1": expected ${address} on it`);
  });

  test("fails when the lease was released", async () => {
    const [address] = (await add()).map((text) => text.split("/")[0]!);
    const released = await ask(quay.place, "/v1/release", { network: "check", address, force: true });
    expect(JSON.parse(released)).toMatchObject({ kind: "done" });
    await quay.held();
    await checkFails("expected 2 addresses held for it, found 1");
  });

  test("fails when the interface is gone", async () => {
    await add();
    await namespace.ip("link", "delete", "net1");
    await checkFails('Cannot confirm interface "net1": expected an interface of that name in ');
  });
});

test.each(launcherNames)(
  "STATUS is 50 while no agent answers, and fine again after (launcher in %s)",
  async (launcher) => {
    const place = quay.place;
    const set = pluginSets[1];
    const list = networkList({ ...mains.bridge, ipam }, { name: "quay", cniVersion: set.cniVersion });
    const status = () => quay.cnitool(launcher, set, { verb: "status", list, netns: namespace.path });
    await quay.agent.stop();
    const without = await status();
    expect(without.status).not.toBe(0);
    expect(without.stdout + without.stderr).toContain(place.socket);
    const direct = await quay.raw({ launcher, env: { CNI_COMMAND: "STATUS" }, stdin: list });
    expect(JSON.parse(direct.stdout)).toMatchObject({ code: 50 });
    quay.agent = await startAgent(place);
    expect(await status()).toMatchObject({ status: 0, stdout: "" });
  },
);
