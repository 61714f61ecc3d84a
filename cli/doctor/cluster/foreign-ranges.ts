/**
 * Does a range give addresses that somebody else gives: pods' of the default network, or services'?
 *
 * @module
 */
import { formatPrefix, lastOf, parsePrefix, type Prefix } from "../../../core/ip/prefix.ts";
import type { BareRange } from "../../../core/kube/inventory-ranges.ts";
import { memberOf } from "../../../core/kube/member-of.ts";
import { nodes } from "../../../core/kube/resources.ts";
import type { KubeObject, Resource } from "../../../core/ports/kube-api.ts";
import { networkWord, rangeWord } from "../../../core/kube/range-words.ts";
import { fail, type Finding, ok, warn } from "../finding.ts";
import { blocked, type ClusterPatient, readAll } from "./patient.ts";

const what = "other ranges";
const services = "services, by ServiceCIDR";

const ciliumNodes: Resource = {
  group: "cilium.io",
  version: "v2",
  plural: "ciliumnodes",
  kind: "CiliumNode",
  namespaced: false,
};
const serviceCidrs: Resource = {
  group: "networking.k8s.io",
  version: "v1",
  plural: "servicecidrs",
  kind: "ServiceCIDR",
  namespaced: false,
};

/** A prefix that is given away by somebody else. */
type Other = { readonly prefix: Prefix; readonly whose: string };

export async function checkForeignRanges(
  patient: ClusterPatient,
  ranges: readonly BareRange[],
): Promise<readonly Finding[]> {
  const sources = [
    [nodes, (node: KubeObject) => othersIn(node, ["spec"], "podCIDRs", "pods of node")],
    [ciliumNodes, (node: KubeObject) => othersIn(node, ["spec", "ipam"], "podCIDRs", "pods of CiliumNode")],
    [serviceCidrs, (service: KubeObject) => othersIn(service, ["spec"], "cidrs", services)],
    [{ ...serviceCidrs, version: "v1beta1" }, (service: KubeObject) => othersIn(service, ["spec"], "cidrs", services)],
  ] as const;
  const findings: Finding[] = [];
  const others = new Map<string, Other>();
  for (const [resource, take] of sources) {
    const found = await readAll(patient, resource, take);
    if (found.kind !== "all") {
      const told = blocked(what, resource.plural, found);
      // Of two versions of one kind the first one tells.
      if (!findings.some(({ text }) => text === told.text)) findings.push(told);
      continue;
    }
    // Cilium repeats what the node says, and two versions of one kind have the same objects.
    for (const other of found.items.flat()) others.set(`${formatPrefix(other.prefix)} ${other.whose}`, other);
  }
  const isBlind = findings.length > 0;
  findings.push(...judgeForeign(ranges, [...others.values()]));
  // Where the kind is there, so is one object: the API server makes it.
  if (!isBlind && ![...others.values()].some(({ whose }) => whose.startsWith(services))) findings.push(unknownServices);
  return findings.length > 0 ? findings : [ok(what, `nobody else gives them (${others.size} looked at)`)];
}

/** Before Kubernetes 1.33 (beta from 1.31) only flags of the API server say it. */
const unknownServices = warn(
  what,
  "unknown whether services get these addresses: this API server has no ServiceCIDR that says theirs",
  "compare with its flag --service-cluster-ip-range: kubectl cluster-info dump | grep -m 1 service-cluster-ip-range",
);

/** One finding for each range: the first that it meets, and how many more. */
function judgeForeign(ranges: readonly BareRange[], others: readonly Other[]): readonly Finding[] {
  return ranges.flatMap((range) => {
    const { network, definition, first, last } = range;
    const met = others.filter(
      ({ prefix }) => prefix.family === first.family && prefix.base <= last.value && lastOf(prefix) >= first.value,
    );
    const [other] = met;
    if (other === undefined) return [];
    const more = met.length > 1 ? ` (and ${met.length - 1} more)` : "";
    const where = definition === "" ? "of no definition" : `of definition ${definition}`;
    const text = `${rangeWord(range)} ${where}, network ${networkWord(network)}, overlaps ${formatPrefix(other.prefix)} for ${other.whose}${more}: both give the same addresses`;
    return [fail(what, text, "give the definition another range, or exclude what is the cluster's")];
  });
}

function othersIn(object: KubeObject, path: readonly string[], field: string, whose: string): readonly Other[] {
  const at = path.reduce<unknown>((value, step) => memberOf(value, step), object);
  const list = memberOf(at, field);
  const texts: readonly unknown[] = Array.isArray(list) ? list : [];
  return texts.flatMap((text) => {
    const read = typeof text === "string" ? parsePrefix(text) : undefined;
    return read?.kind === "prefix" ? [{ prefix: read.prefix, whose: `${whose} ${object.metadata.name}` }] : [];
  });
}
