/**
 * What is wrong with definitions, alone and together.
 *
 * @module
 */
import { expect, test } from "vitest";
import { definitionFaults } from "../../../../core/kube/reconcile/definition-faults.ts";
import { readAttachmentDefinition } from "../../../../core/kube/read-definition.ts";

function sight(name: string, ipam: object) {
  const config = JSON.stringify({ cniVersion: "1.0.0", name, type: "macvlan", ipam: { type: "berth", ...ipam } });
  const read = readAttachmentDefinition({ metadata: { name, namespace: "apps" }, spec: { config } });
  if (read === undefined) throw new Error(name);
  return read;
}

const blue = { network_name: "blue", range: "10.0.0.0/24" };

test.for<{ name: string; definitions: readonly (readonly [string, object])[]; says: readonly string[] }>([
  { name: "nothing of one that works", definitions: [["a", blue]], says: [] },
  {
    name: "nothing of two that agree",
    definitions: [
      ["a", blue],
      ["b", blue],
    ],
    says: [],
  },
  {
    name: "each fault of one that would be refused, and how to see them all",
    definitions: [["a", { range: "10.0.0.0/33", gateway: "x" }]],
    says: [
      'apps/a refused: Cannot use network definition "apps/a": expected no faults, found 2 faults: ipam.gateway: expected an address such as 10.0.0.1 or 2001:db8::1 instead of "x"; ipam.range: expected a CIDR such as 10.0.0.0/24, or A-B/length such as 10.0.0.5-10.0.0.9/24 instead of "10.0.0.0/33"; run: kubectl --namespace apps get net-attach-def a --output json | berthctl check-config -',
    ],
  },
  {
    name: "which definitions set overlapping ranges differently, on each of them",
    definitions: [
      ["a", blue],
      ["b", { ...blue, enable_overlapping_ranges: false }],
      ["c", blue],
    ],
    says: [
      "apps/a disagrees: network blue: definitions apps/a and apps/b give 10.0.0.0/24, with different enable_overlapping_ranges (true, false): the ADDs of the one that is used second are refused; give both the same",
      "apps/b disagrees: network blue: definitions apps/b and apps/a give 10.0.0.0/24, with different enable_overlapping_ranges (false, true): the ADDs of the one that is used second are refused; give both the same",
      "apps/c disagrees: network blue: definitions apps/c and apps/b give 10.0.0.0/24, with different enable_overlapping_ranges (true, false): the ADDs of the one that is used second are refused; give both the same",
    ],
  },
  {
    name: "that pools of different ranges share addresses",
    definitions: [
      ["a", blue],
      ["b", { ...blue, range: "10.0.0.128/25" }],
    ],
    says: ["a", "b"].map(
      (name) =>
        `apps/${name} disagrees: network blue: 10.0.0.0/24 of definition apps/a and 10.0.0.128/25 of apps/b share 126 addresses; each still has one holder; make the definitions agree, then run: berthctl networks`,
    ),
  },
  {
    name: "that one gives what the other keeps back",
    definitions: [
      ["a", { ...blue, exclude: ["10.0.0.9"] }],
      ["b", blue],
    ],
    says: ["a", "b"].map(
      (name) =>
        `apps/${name} disagrees: network blue: definitions apps/a and apps/b give 10.0.0.0/24, with different exclusions; make the definitions agree, then run: berthctl networks`,
    ),
  },
  {
    name: "nothing of two networks",
    definitions: [
      ["a", blue],
      ["b", { ...blue, network_name: "red", exclude: ["10.0.0.9"] }],
    ],
    says: [],
  },
])("$name", ({ definitions, says }) => {
  const faults = definitionFaults(definitions.map(([name, ipam]) => sight(name, ipam)));
  expect(faults.map(({ definition, kind, text }) => `${definition} ${kind}: ${text}`)).toEqual(says);
});

test("of hundreds of pairs the first hundred are told, so that nobody is flooded", () => {
  const sights = Array.from({ length: 40 }, (_, at) => sight(`d${at}`, { ...blue, exclude: [`10.0.0.${at + 1}`] }));
  expect(definitionFaults(sights)).toHaveLength(200);
});
