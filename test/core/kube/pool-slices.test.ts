/**
 * Which pools are node slices of a range.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { test as property, fc } from "@fast-check/vitest";
import { annotations } from "../../../core/kube/labels.ts";
import { type NodeSlices, readNodeSlices, slicePoolName, slicePoolReader } from "../../../core/kube/slices.ts";
import { parsePrefix, type Prefix } from "../../../core/ip/prefix.ts";
import type { KubeObject } from "../../../core/ports/kube-api.ts";

function prefix(text: string): Prefix {
  const read = parsePrefix(text);
  if (read.kind !== "prefix") throw new Error(`no network: ${text}`);
  return read.prefix;
}

function nodeSlicePool(spec: unknown, status: unknown, name = "net"): KubeObject {
  return { metadata: { name }, spec, status };
}

function told(...slices: readonly (readonly [node: string, slice: string])[]): NodeSlices {
  const allocations = slices.map(([nodeName, sliceRange]) => ({ nodeName, sliceRange }));
  const read = readNodeSlices(nodeSlicePool({ range: "10.0.0.0/16", sliceSize: "/28" }, { allocations }));
  if (read.kind !== "slices") throw new Error(read.fault);
  return read;
}

function pool(name: string, range: string, marks: Record<string, string> = {}): KubeObject {
  return { metadata: { name, annotations: marks }, spec: { range, allocations: {} } };
}

describe("readNodeSlices()", () => {
  test("reads who has which slice, and which nobody has", () => {
    expect(told(["node-1", "10.0.0.0/28"], ["", "10.0.0.16/28"])).toEqual({
      kind: "slices",
      name: "net",
      range: prefix("10.0.0.0/16"),
      slices: [
        { node: "node-1", slice: prefix("10.0.0.0/28") },
        { node: "", slice: prefix("10.0.0.16/28") },
      ],
      unreadable: 0,
    });
  });

  test("counts what it cannot read", () => {
    expect(told(["node-1", "10.0.0.0/28"], ["node-2", "nonsense"])).toMatchObject({
      slices: [{ node: "node-1" }],
      unreadable: 1,
    });
  });

  test("has no slices before the controller has written any", () => {
    expect(readNodeSlices(nodeSlicePool({ range: "10.0.0.0/16" }, undefined))).toMatchObject({ slices: [] });
  });

  test.each([
    { name: "no range", spec: {}, status: {} },
    { name: "a range that is none", spec: { range: "10.0.0.0/99" }, status: {} },
    { name: "a text for slices", spec: { range: "10.0.0.0/16" }, status: { allocations: "all" } },
    {
      name: "more slices than can be",
      spec: { range: "10.0.0.0/16" },
      status: { allocations: Array.from({ length: 50_001 }, () => ({})) },
    },
  ])("cannot read $name, and says so", ({ spec, status }) => {
    expect(readNodeSlices(nodeSlicePool(spec, status))).toMatchObject({ kind: "unreadable" });
  });

  property.prop([fc.anything(), fc.anything()])("never throws", (spec, status) => {
    readNodeSlices(nodeSlicePool(spec, status));
  });
});

describe("slicePoolReader()", () => {
  const slices = told(["node-1", "10.0.0.0/28"], ["node-2", "10.0.0.16/28"], ["", "10.0.0.32/28"]);
  const cases: { name: string; network?: string; pool: KubeObject; sliceLength?: number; node?: string }[] = [
    { name: "a slice of a node", pool: pool("node-1-10.0.0.0-28", "10.0.0.0/28"), node: "node-1" },
    {
      name: "a slice of a node in a named network",
      network: "blue",
      pool: pool("blue-node-1-10.0.0.0-28", "10.0.0.0/28"),
      node: "node-1",
    },
    { name: "a slice of another network", network: "red", pool: pool("blue-node-1-10.0.0.0-28", "10.0.0.0/28") },
    {
      name: "a slice of a named network, asked for the unnamed one",
      pool: pool("blue-node-1-10.0.0.0-28", "10.0.0.0/28"),
    },
    { name: "the whole range", pool: pool("10.0.0.0-16", "10.0.0.0/16") },
    { name: "the whole range of the named network", network: "blue", pool: pool("blue-10.0.0.0-16", "10.0.0.0/16") },
    {
      name: "an old slice of a node that was cut anew since",
      pool: pool("node-1-10.0.0.0-24", "10.0.0.0/24"),
      node: "node-1",
    },
    {
      name: "a slice whose node has gone, and whose slice is free again",
      pool: pool("gone-10.0.0.32-28", "10.0.0.32/28"),
      node: "gone",
    },
    { name: "a pool of another length, of nobody that is known", pool: pool("red-10.0.0.0-24", "10.0.0.0/24") },
    {
      name: "a slice by its length, of a node that has gone",
      pool: pool("gone-10.0.0.64-28", "10.0.0.64/28"),
      sliceLength: 28,
      node: "gone",
    },
    {
      name: "the whole pool of another network, marked by Berth",
      pool: pool("red-10.0.0.64-28", "10.0.0.64/28", { [annotations.network]: "red" }),
      sliceLength: 28,
    },
    {
      name: "a slice that is the pool of a network named like the node, too",
      pool: pool("node-1-10.0.0.0-28", "10.0.0.0/28", { [annotations.network]: "node-1" }),
      node: "node-1",
    },
    { name: "a slice of another range", pool: pool("node-1-10.9.0.0-28", "10.9.0.0/28") },
    { name: "a name that does not fit its range", pool: pool("node-1-10.0.0.0-28", "10.0.0.16/28") },
    { name: "a pool with an unreadable range", pool: pool("node-1-10.0.0.0-28", "nonsense") },
  ];
  test.each(cases)("$name: of node $node", ({ network = "", pool: object, sliceLength, node }) => {
    const found = slicePoolReader({ network, range: prefix("10.0.0.0/16"), told: [slices], sliceLength })(object);
    expect(found?.node).toBe(node);
  });

  test("finds IPv6 slices", () => {
    const object = pool("node-1-fd00-0-0-1---64", "fd00:0:0:1::/64");
    const found = slicePoolReader({ network: "", range: prefix("fd00::/48"), told: [], sliceLength: 64 })(object);
    expect(found).toMatchObject({ node: "node-1", slice: prefix("fd00:0:0:1::/64") });
    expect(slicePoolName("", "node-1", "fd00:0:0:1::/64")).toBe(object.metadata.name);
  });
});
