/**
 * What Multus wrote on a pod: read whatever it is, and taken for nothing more.
 *
 * @module
 */
import { expect, test } from "vitest";
import { readNetworkStatus } from "../../../core/kube/network-status.ts";

const key = "k8s.v1.cni.cncf.io/network-status";
const net1 = { name: "default/blue", interface: "net1", ips: ["10.0.0.5"], mac: "0a:58", dns: {} };

test.for([
  { name: "no annotations", annotations: undefined, read: { kind: "missing" } },
  { name: "none of Multus", annotations: { other: "[]" }, read: { kind: "missing" } },
  { name: "an empty one", annotations: { [key]: " " }, read: { kind: "missing" } },
  { name: "one that is no JSON", annotations: { [key]: "this-wont-fly" }, read: { kind: "broken" } },
  {
    name: "one that was cut off",
    annotations: { [key]: JSON.stringify([net1]).slice(0, -3) },
    read: { kind: "broken" },
  },
  { name: "one that is no list", annotations: { [key]: "{}" }, read: { kind: "broken" } },
  { name: "no networks", annotations: { [key]: "[]" }, read: { kind: "networks", networks: [] } },
  {
    name: "networks, the default one and nonsense among them",
    annotations: {
      [key]: JSON.stringify([
        { name: "cbr0", default: true, ips: ["10.9.0.1", 7, "no address"] },
        "x",
        net1,
        { ips: {} },
      ]),
    },
    read: {
      kind: "networks",
      networks: [
        { name: "cbr0", ifName: "", ips: ["10.9.0.1", "no address"], isDefault: true },
        { name: "default/blue", ifName: "net1", ips: ["10.0.0.5"], isDefault: false },
        { name: "", ifName: "", ips: [], isDefault: false },
      ],
    },
  },
])("$name", ({ annotations, read }) => {
  expect(readNetworkStatus(annotations === undefined ? {} : { annotations })).toEqual(read);
});
