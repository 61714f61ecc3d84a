/**
 * Two hundred launchers at once against the real agent.
 *
 * @module
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createNamespace, type Namespace } from "../../support/namespaces.ts";
import { addressesIn, launcherNames, openQuay, type Quay } from "./quay.ts";

let quay: Quay;
let namespace: Namespace;

beforeAll(async () => {
  quay = await openQuay();
  namespace = await createNamespace();
});
afterAll(async () => {
  await namespace[Symbol.asyncDispose]();
  await quay[Symbol.asyncDispose]();
});

test.each(launcherNames)(
  "200 ADDs at once all get addresses, all different, and 200 DELs bring them back (launcher in %s)",
  async (launcher) => {
    // 253 usable addresses for 200: a choice that ran into the same ones would show.
    const ranges = [{ range: "10.87.0.0/24" }, { range: "fd87::/120" }];
    const stdin = JSON.stringify({
      cniVersion: "1.0.0",
      name: "quay",
      type: "bridge",
      ipam: { type: "berth", ranges },
    });
    const all = (verb: string) =>
      Promise.all(
        Array.from({ length: 200 }, (_, index) => {
          const env = {
            CNI_COMMAND: verb,
            CNI_CONTAINERID: `c${index}`,
            CNI_IFNAME: "net1",
            CNI_NETNS: namespace.path,
          };
          return quay.raw({ launcher, env, stdin });
        }),
      );
    const added = await all("ADD");
    expect(added.filter(({ status }) => status !== 0)).toEqual([]);
    const given = added.flatMap(({ stdout }) => addressesIn(stdout));
    expect(given).toHaveLength(400);
    expect(new Set(given).size).toBe(400);
    expect(await quay.held()).toHaveLength(400);
    const deleted = await all("DEL");
    expect(deleted.filter(({ status, stdout }) => status !== 0 || stdout !== "")).toEqual([]);
    expect(await quay.held()).toEqual([]);
  },
);
