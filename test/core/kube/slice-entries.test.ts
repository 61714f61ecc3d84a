/**
 * Addresses that stand in node slices' pools.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { parsePrefix, type Prefix } from "../../../core/ip/prefix.ts";
import { nodeSlicePools, pools } from "../../../core/kube/resources.ts";
import { sliceEntries } from "../../../core/kube/slice-entries.ts";
import { createFakeApi } from "../../support/fake-api.ts";
import { createFakeServer } from "../../support/fake-api-server.ts";
import { address } from "../../support/samples.ts";

const namespace = "kube-system";
const holder = { id: "c1", podref: "default/web-0", ifname: "net1" };

function range(text: string): Prefix {
  const read = parsePrefix(text);
  if (read.kind !== "prefix") throw new Error(text);
  return read.prefix;
}

function createPlace() {
  const server = createFakeServer();
  const put = (name: string, spec: object) => server.plant(pools, { metadata: { name, namespace }, spec });
  put("blue-node-1-10.0.0.0-28", { range: "10.0.0.0/28", allocations: { 3: holder, x: holder } });
  put("blue-node-2-10.0.0.16-28", { range: "10.0.0.16/28", allocations: { 1: holder } });
  put("blue-10.0.0.0-16", { range: "10.0.0.0/16", allocations: { 200: holder } });
  put("red-node-1-10.0.0.0-28", { range: "10.0.0.0/28", allocations: { 9: holder } });
  const told = (network: string) =>
    server.plant(nodeSlicePools, {
      metadata: { name: network, namespace },
      spec: { range: "10.0.0.0/16", sliceSize: "/28" },
      status: {
        allocations: [
          { nodeName: "node-1", sliceRange: "10.0.0.0/28" },
          { nodeName: "node-2", sliceRange: "10.0.0.16/28" },
        ],
      },
    });
  const read = async (network: string, text: string, sliceLength?: number, api = createFakeApi(server)) => {
    const answer = await sliceEntries({ api, namespace }, { network, range: range(text), sliceLength });
    return answer.kind === "taken" ? [...answer.addresses].sort((a, b) => Number(a - b)) : answer.reason;
  };
  return { server, told, read };
}

const values = (...texts: readonly string[]) => texts.map((text) => address(text).value);

describe("sliceEntries()", () => {
  test("tells what the slices of this network's range hold, and nobody else's", async () => {
    const { told, read } = createPlace();
    told("blue");
    expect(await read("blue", "10.0.0.0/16")).toEqual(values("10.0.0.3", "10.0.0.17"));
  });

  test("finds slices whose NodeSlicePool is gone by the size that the definition says", async () => {
    const { read } = createPlace();
    expect(await read("blue", "10.0.0.0/16")).toEqual([]);
    expect(await read("blue", "10.0.0.0/16", 28)).toEqual(values("10.0.0.3", "10.0.0.17"));
  });

  test("asks for no pool where no slices are used", async () => {
    const { server, read } = createPlace();
    const asked: string[] = [];
    const api = createFakeApi(server, {
      transport: async ({ verb, resource }, deed) => (asked.push(`${verb} ${resource}`), deed()),
    });
    expect(await read("blue", "10.0.0.0/16", undefined, api)).toEqual([]);
    expect(asked).toEqual(["list nodeslicepools"]);
  });

  test("holds for empty what is another range's", async () => {
    const { told, read } = createPlace();
    told("blue");
    expect(await read("blue", "10.1.0.0/16")).toEqual([]);
  });

  test("passes over a slice of the other family", async () => {
    const { server, told, read } = createPlace();
    told("blue");
    const spec = { range: "fd00::/120", allocations: { 4: holder } };
    server.plant(pools, { metadata: { name: "blue-node-1-fd00---120", namespace }, spec });
    expect(await read("blue", "10.0.0.0/16")).toEqual(values("10.0.0.3", "10.0.0.17"));
  });

  test.each([
    {
      name: "entries of a slice",
      resource: pools,
      object: "blue-node-2-10.0.0.16-28",
      spec: { range: "10.0.0.16/28", allocations: "all" },
      told: "ippools blue-node-2-10.0.0.16-28",
    },
    {
      name: "the range of a pool that may be a slice",
      resource: pools,
      object: "blue-node-3-x",
      spec: { range: "x" },
      told: "ippools blue-node-3-x",
    },
    {
      name: "the range of the node slices",
      resource: nodeSlicePools,
      object: "blue",
      spec: { range: "x" },
      told: "nodeslicepools blue",
    },
    {
      name: "a node's slice",
      resource: nodeSlicePools,
      object: "blue",
      spec: { range: "10.0.0.0/16" },
      status: { allocations: [{ nodeName: "node-1", sliceRange: "x" }] },
      told: "nodeslicepools blue",
    },
  ])("cannot say what is held while $name cannot be read, and says what to run", async (one) => {
    const { server, told, read } = createPlace();
    told("blue");
    server.plant(one.resource, {
      metadata: { name: one.object, namespace },
      spec: one.spec,
      ...(one.status === undefined ? {} : { status: one.status }),
    });
    expect(await read("blue", "10.0.0.0/16")).toContain(`kubectl --namespace kube-system edit ${one.told}`);
  });

  test("does not ask another network's slices to be readable, nor a whole pool's range", async () => {
    const { server, told, read } = createPlace();
    told("blue");
    server.plant(nodeSlicePools, { metadata: { name: "red", namespace }, spec: { range: "x" } });
    server.plant(pools, { metadata: { name: "red-x", namespace }, spec: { range: "x" } });
    server.plant(pools, {
      metadata: { name: "blue-x", namespace, annotations: { "ipam.berth.io/network": "blue" } },
      spec: { range: "x" },
    });
    expect(await read("blue", "10.0.0.0/16")).toEqual(values("10.0.0.3", "10.0.0.17"));
  });

  test("has no slices in a cluster that lacks the kind", async () => {
    const { server, read } = createPlace();
    const lacking = createFakeApi(server, {
      transport: async ({ resource }, deed) =>
        resource === "nodeslicepools"
          ? { kind: "refused", status: 404, reason: "NotFound", message: "no such kind" }
          : deed(),
    });
    expect(await read("blue", "10.0.0.0/16", undefined, lacking)).toEqual([]);
  });

  test("does not take pools that cannot be listed for pools without entries", async () => {
    const { server, told, read } = createPlace();
    told("blue");
    const halfAway = createFakeApi(server, {
      transport: async ({ resource }, deed) =>
        resource === "ippools" ? { kind: "unknown", reason: "away", mayLand: false } : deed(),
    });
    expect(await read("blue", "10.0.0.0/16", undefined, halfAway)).toBe("away");
  });

  test("does not take an API server that is away for one without slices", async () => {
    const { server, read } = createPlace();
    const away = createFakeApi(server, {
      transport: async () => ({ kind: "unknown", reason: "away", mayLand: false }),
    });
    expect(await read("blue", "10.0.0.0/16", undefined, away)).toBe("away");
  });
});
