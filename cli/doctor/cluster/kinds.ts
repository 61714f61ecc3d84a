/**
 * Are the kinds of objects installed, in the version that is written, and with every field that is needed?
 *
 * @module
 */
import { isRecord, memberOf } from "../../../core/kube/member-of.ts";
import { definitions, nodeSlicePools, pools, reservations } from "../../../core/kube/resources.ts";
import type { KubeObject, Resource } from "../../../core/ports/kube-api.ts";
import { fail, type Finding, ok, warn } from "../finding.ts";
import { blocked, type ClusterPatient } from "./patient.ts";

const what = "kinds";
const install = "run: kubectl apply -f crds/";

const crds: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  plural: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  namespaced: false,
};

type Wanted = {
  readonly resource: Resource;
  /** Where fields are, and which: a server drops those that its schema lacks. */
  readonly fields: readonly (readonly [path: readonly string[], names: readonly string[]])[];
  /** What it is without: undefined for a kind that has to be there. */
  readonly without?: Finding | "nothing";
};

const entryPath = ["spec", "allocations", "*"];
const noMultus = warn(
  what,
  "no NetworkAttachmentDefinition: pools without a definition are all that can be shown",
  "install Multus, or ignore this where definitions are files",
);

const all: readonly Wanted[] = [
  { resource: reservations, fields: [[["spec"], ["podref", "containerid", "ifname"]]] },
  {
    resource: pools,
    fields: [
      [["spec"], ["range", "allocations"]],
      [entryPath, ["id", "podref", "ifname"]],
    ],
  },
  { resource: nodeSlicePools, fields: [], without: "nothing" },
  { resource: definitions, fields: [], without: noMultus },
];

export async function checkKinds(patient: ClusterPatient): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const wanted of all) {
    const { plural, group } = wanted.resource;
    const name = `${plural}.${group}`;
    const answer = await patient.cluster.api.read({ resource: crds, name });
    if (answer.kind === "object") findings.push(...judge(wanted, answer.object));
    else if (answer.kind === "absent") findings.push(...missing(wanted));
    // Whoever may not look at one may look at none.
    else return [...findings, blocked(what, `CustomResourceDefinition ${name}`, answer)];
  }
  return findings.length > 0 ? findings : [ok(what, all.map(({ resource }) => resource.kind).join(", "))];
}

function missing({ resource: { kind, group, version }, without }: Wanted): readonly Finding[] {
  if (without === "nothing") return [];
  return [without ?? fail(what, `this cluster lacks ${kind} (${group}/${version}): no ADD can be answered`, install)];
}

function judge({ resource: { kind, version }, fields }: Wanted, crd: KubeObject): readonly Finding[] {
  const versions = memberOf(crd["spec"], "versions");
  const list: readonly unknown[] = Array.isArray(versions) ? versions : [];
  const ours = list.find((one) => memberOf(one, "name") === version);
  if (memberOf(ours, "served") !== true) {
    const found = list.map((one) => String(memberOf(one, "name"))).join(", ");
    return [fail(what, `${kind} is not served as ${version}, only as: ${found}`, install)];
  }
  const schema = memberOf(memberOf(ours, "schema"), "openAPIV3Schema");
  return fields.flatMap(([path, names]) => {
    const lost = names.filter((name) => !hasField(schema, path, name));
    if (lost.length === 0) return [];
    const text = `the schema of ${kind} lacks ${lost.join(", ")} in ${path.join(".")}: the server drops what is written there`;
    return [warn(what, text, install)];
  });
}

/** `*` stands for the values of a map. */
function hasField(schema: unknown, path: readonly string[], name: string): boolean {
  let at = schema;
  for (const step of path) {
    if (isOpen(at)) return true;
    at = step === "*" ? memberOf(at, "additionalProperties") : memberOf(memberOf(at, "properties"), step);
  }
  return isOpen(at) || memberOf(memberOf(at, "properties"), name) !== undefined;
}

function isOpen(schema: unknown): boolean {
  return !isRecord(schema) || schema["x-kubernetes-preserve-unknown-fields"] === true;
}
