/**
 * The agent of a cluster dies in ADD and DEL of addresses that pools with overlapping ranges off contain: dynamic, static and withheld
 * ones (P2, P21).
 *
 * @module
 */
import { whereaboutsConfig } from "../../support/cluster-node.ts";
import { bothModes, crashCases } from "../../support/cluster-crash.ts";
import { address } from "../../support/samples.ts";
import { given } from "../../support/world.ts";

const off = { config: whereaboutsConfig({ enable_overlapping_ranges: false }, "off-net") };
const fixed = {
  config: {
    cniVersion: "1.0.0",
    name: "fixed-net",
    type: "macvlan",
    ipam: { type: "berth", network_name: "blue", addresses: [{ address: "10.0.0.1/29" }] },
  },
};
const withheld = { network: "blue", address: address("10.0.0.1"), reason: "printer" };
const want5 = { requested: [{ address: address("10.0.0.5"), prefixLength: undefined, gateway: undefined, from: "" }] };

crashCases([
  {
    name: "an ADD with overlapping ranges off",
    modes: bothModes,
    before: async () => undefined,
    act: ({ node }) => node.add("c1", off),
    lastsMs: 3_000,
    sequel: async ({ world, node }) => given(await world.until(node.add("c1", off))),
    held: ["* c1"],
    entries: 1,
    end: ({ world, node }) => world.until(node.del("c1", { definition: "off-net" })),
  },
  {
    name: "a DEL with overlapping ranges off",
    modes: bothModes,
    before: async ({ world, node }) => given(await world.until(node.add("c1", off))),
    act: ({ node }) => node.del("c1", { definition: "off-net" }),
    lastsMs: 3_000,
    sequel: ({ world, node }) => world.until(node.del("c1", { definition: "off-net" })),
    held: [],
    entries: 0,
    end: async () => undefined,
  },
  {
    name: "an ADD of a static address, which a pool with overlapping ranges off contains",
    modes: bothModes,
    before: async ({ world, other }) => given(await world.until(other.add("c5", { ...off, ...want5 }))),
    act: ({ node }) => node.add("c1", fixed),
    lastsMs: 3_000,
    sequel: async ({ world, node }) => given(await world.until(node.add("c1", fixed))),
    held: ["10.0.0.1 c1", "10.0.0.1 c1", "10.0.0.5 c5"],
    entries: 2,
    end: ({ world, node, other }) =>
      world.until(
        Promise.all([node.del("c1", { definition: "fixed-net" }), other.del("c5", { definition: "off-net" })]),
      ),
  },
  {
    name: "a DEL of such a static address",
    modes: bothModes,
    before: async ({ world, node, other }) => {
      given(await world.until(other.add("c5", { ...off, ...want5 })));
      given(await world.until(node.add("c1", fixed)));
    },
    act: ({ node }) => node.del("c1", { definition: "fixed-net" }),
    lastsMs: 3_000,
    sequel: ({ world, node }) => world.until(node.del("c1", { definition: "fixed-net" })),
    held: ["10.0.0.5 c5"],
    entries: 1,
    end: ({ world, other }) => world.until(other.del("c5", { definition: "off-net" })),
  },
  {
    name: "opening a pool with overlapping ranges off, which contains static and withheld addresses",
    modes: bothModes,
    before: async ({ world, node, other }) => {
      given(await world.until(other.add("c1", fixed)));
      await world.until(node.flow.withhold({ ...withheld, address: address("10.0.0.2") }));
    },
    act: ({ node }) => node.add("c3", off),
    lastsMs: 3_000,
    sequel: async ({ world, node }) => given(await world.until(node.add("c3", off))),
    held: ["* c3", "10.0.0.1 c1", "10.0.0.1 c1", "10.0.0.2 /withheld", "10.0.0.2 /withheld"],
    entries: 3,
    end: async ({ world, node, other }) => {
      await world.until(node.flow.unwithhold({ ...withheld, address: address("10.0.0.2") }));
      await world.until(node.del("c3", { definition: "off-net" }));
      await world.until(other.del("c1", { definition: "fixed-net" }));
    },
  },
]);
