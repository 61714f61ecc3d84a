/**
 * Whose a pool is, by its name: of a network, or one node's slice of it.
 *
 * @module
 */
import { expect, test } from "vitest";
import { readPool } from "../../../core/kube/pool-sight.ts";

const whole = { node: undefined, isAmbiguous: false };
const sliced = { node: "n1", isAmbiguous: false };
const marks = { "ipam.berth.io/network": "blue-n1", "ipam.berth.io/overlapping": "false" };
const unreadable = { text: { kind: "unreadable" } };

test.for([
  { name: "10.0.0.0-24", what: "of no network", is: { network: "", ...whole } },
  { name: "blue-10.0.0.0-24", what: "of a network", is: { network: "blue", ...whole } },
  {
    name: "blue-10.0.0.5-24",
    what: "whose range is written with host bits",
    range: "10.0.0.5/24",
    is: { network: "blue", ...whole },
  },
  { name: "n1-10.0.0.0-24", what: "of a slice of no network", nodes: ["n1"], is: { network: "", ...sliced } },
  { name: "blue-n1-10.0.0.0-24", what: "of a slice", nodes: ["n1"], is: { network: "blue", ...sliced } },
  {
    name: "blue-n10-10.0.0.0-24",
    what: "that ends in no node's name, only in the start of one",
    nodes: ["n1"],
    is: { network: "blue-n10", ...whole },
  },
  {
    name: "blue-a-n1-10.0.0.0-24",
    what: "that two nodes' names fit",
    nodes: ["a-n1", "n1"],
    is: { node: "a-n1", isAmbiguous: true },
  },
  {
    name: "blue-a-n1-10.0.0.0-24",
    what: "that two nodes' names fit, whichever is known first",
    nodes: ["n1", "a-n1"],
    is: { node: "a-n1", isAmbiguous: true },
  },
  {
    name: "blue-n1-10.0.0.0-24",
    what: "that Berth marked, and a node's name fits",
    nodes: ["n1"],
    marks,
    is: { network: "blue-n1", ...whole, isApart: true },
  },
  { name: "blue-x", what: "whose range cannot be read", range: "x", is: { network: "blue", ...unreadable } },
  { name: "blue-x", what: "whose range is no text", range: 7, is: { network: "blue-x", ...unreadable } },
])("a pool $what: $name", ({ name, range = "10.0.0.0/24", nodes = [], marks: annotations, is }) => {
  const metadata = { name, ...(annotations === undefined ? {} : { annotations }) };
  expect(readPool({ metadata, spec: { range, allocations: {} } }, new Set(nodes))).toMatchObject(is);
});
