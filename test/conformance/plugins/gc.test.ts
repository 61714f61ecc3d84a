/**
 * GC with the document that libcni builds. No main plugin hands it on today, so libcni executes the launchers itself.
 *
 * @module
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { libcni } from "../../support/cnitool.ts";
import { createNamespace, type Namespace } from "../../support/namespaces.ts";
import { launcherNames, mains, networkList, openQuay, type LauncherName, type Quay } from "./quay.ts";

let quay: Quay;
let standing: Namespace;

beforeAll(async () => {
  quay = await openQuay();
  standing = await createNamespace();
});
afterAll(async () => {
  await standing[Symbol.asyncDispose]();
  await quay[Symbol.asyncDispose]();
});

const ipam = { type: "berth", network_name: "gc", ranges: [{ range: "10.86.0.0/28" }] };

type Container = { readonly launcher: LauncherName; readonly containerId: string; readonly definition?: string };

function call(verb: "ADD" | "DEL", { launcher, containerId, definition = "quay" }: Container, netns: string) {
  return quay.raw({
    launcher,
    env: { CNI_COMMAND: verb, CNI_CONTAINERID: containerId, CNI_IFNAME: "net1", CNI_NETNS: netns },
    stdin: JSON.stringify({ cniVersion: "1.1.0", name: definition, ...mains.bridge, ipam }),
  });
}

/** Gives it an address, and takes its namespace away as no runtime should. */
async function addAndLose(container: Container): Promise<void> {
  await using lost = await createNamespace();
  expect(await call("ADD", container, lost.path)).toMatchObject({ status: 0 });
}

const holders = async () => (await quay.held()).map(({ containerId }) => containerId).sort();

describe.each(launcherNames)("GC through the launcher in %s", (launcher) => {
  const gc = (attachments: { containerId: string; ifName: string }[], as = "berth") =>
    libcni({
      host: quay.host,
      verb: "gc",
      list: networkList({ ...mains.bridge, ipam }, { name: "quay", cniVersion: "1.1.0" }),
      attachments,
      pluginDirs: [quay.launcherFolder(launcher)],
      as,
      env: quay.place.env,
    });
  afterEach(async () => {
    for (const containerId of ["kept", "gone", "alive"]) await call("DEL", { launcher, containerId }, "");
    await call("DEL", { launcher, containerId: "foreign", definition: "other" }, "");
    expect(await holders()).toEqual([]);
  });

  test("frees what is not listed and has lost its namespace, and nothing else", async () => {
    expect(await call("ADD", { launcher, containerId: "alive" }, standing.path)).toMatchObject({ status: 0 });
    for (const containerId of ["kept", "gone"]) await addAndLose({ launcher, containerId });
    await addAndLose({ launcher, containerId: "foreign", definition: "other" });
    expect(await gc([{ containerId: "kept", ifName: "net1" }])).toMatchObject({ status: 0, stdout: "" });
    // "alive" is not listed, but its namespace stands; "foreign" is of another definition.
    expect(await holders()).toEqual(["alive", "foreign", "kept"]);
  });

  test("with an empty list frees all that have lost their namespaces", async () => {
    for (const containerId of ["kept", "gone"]) await addAndLose({ launcher, containerId });
    expect(await gc([])).toMatchObject({ status: 0, stdout: "" });
    expect(await holders()).toEqual([]);
  });

  test("does the same under the name of a plugin that it stands in for", async () => {
    await addAndLose({ launcher, containerId: "gone" });
    expect(await gc([], "whereabouts")).toMatchObject({ status: 0, stdout: "" });
    expect(await holders()).toEqual([]);
  });

  test("takes another interface of a listed container for another attachment", async () => {
    await addAndLose({ launcher, containerId: "gone" });
    expect(await gc([{ containerId: "gone", ifName: "net2" }])).toMatchObject({ status: 0 });
    expect(await holders()).toEqual([]);
  });
});
