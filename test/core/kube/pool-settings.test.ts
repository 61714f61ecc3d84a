/**
 * With which setting of overlapping ranges definitions use their pools (P2).
 *
 * @module
 */
import { expect, test } from "vitest";
import { poolSettings } from "../../../core/kube/pool-settings.ts";
import { definitions } from "../../../core/kube/resources.ts";
import { createStoreStage } from "../../support/store-stage.ts";

const network = { cniVersion: "1.0.0", type: "macvlan" };

function ipam(range: string, overlapping?: boolean, type = "whereabouts"): object {
  const setting = overlapping === undefined ? {} : { enable_overlapping_ranges: overlapping };
  return { type, range, network_name: "blue", ...setting };
}

async function settings(...specs: readonly unknown[]) {
  const stage = createStoreStage(true);
  for (const [at, spec] of specs.entries())
    stage.server.plant(definitions, { metadata: { name: `d${at}`, namespace: "default" }, spec });
  const found = await poolSettings(stage.needs.api);
  if (typeof found === "string") throw new Error(found);
  return Object.fromEntries(found);
}

function one(value: object): object {
  return { config: JSON.stringify({ ...network, name: "n", ipam: value }) };
}

test.for<{ name: string; specs: readonly unknown[]; is: object }>([
  { name: "on is Whereabouts' default", specs: [one(ipam("10.0.0.0/24"))], is: { "blue-10.0.0.0-24": true } },
  { name: "off is what says so", specs: [one(ipam("10.0.0.0/24", false))], is: { "blue-10.0.0.0-24": false } },
  {
    name: "a plugin of a list counts as one by itself",
    specs: [
      {
        config: JSON.stringify({
          cniVersion: "1.0.0",
          name: "n",
          plugins: [{ type: "macvlan", ipam: ipam("10.0.0.0/24", false) }],
        }),
      },
    ],
    is: { "blue-10.0.0.0-24": false },
  },
  {
    name: "two definitions that differ settle nothing, a third pool of theirs is not concerned",
    specs: [one(ipam("10.0.0.0/24", false)), one(ipam("10.0.0.0/24", true)), one(ipam("10.0.1.0/24"))],
    is: { "blue-10.0.1.0-24": true },
  },
  {
    name: "a definition of another program says nothing",
    specs: [one(ipam("10.0.0.0/24", false, "host-local"))],
    is: {},
  },
  { name: "a definition with faults says nothing", specs: [one(ipam("x", false))], is: {} },
  { name: "a definition whose text is on the nodes says nothing", specs: [{}, { config: " " }, undefined], is: {} },
])("$name", async ({ specs, is }) => {
  expect(await settings(...specs)).toEqual(is);
});

test("definitions that cannot be read are no definitions that agree: it is told why", async () => {
  const stage = createStoreStage(true);
  stage.link.next("network-attachment", "away");
  expect(await stage.until(poolSettings(stage.needs.api))).toContain("connection refused");
});
