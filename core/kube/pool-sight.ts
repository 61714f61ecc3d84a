/**
 * A pool as it stands, and whose it is: of a network, or one node's slice of a range of that network.
 *
 * @module
 */
import { formatPrefix, type Prefix } from "../ip/prefix.ts";
import { annotations } from "./labels.ts";
import { memberOf } from "./member-of.ts";
import { poolName } from "./names.ts";
import { type PoolText, readEntries } from "./pool-entries.ts";
import type { KubeObject } from "../ports/kube-api.ts";

export type PoolSight = {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly network: string;
  /** Undefined for a whole pool. */
  readonly node: string | undefined;
  /** The name also fits a whole pool of network `node`, or another node's slice: it cannot be told whose it is. */
  readonly isAmbiguous: boolean;
  /** Marked as one whose addresses overlapping pools may give, too (`enable_overlapping_ranges: false`). */
  readonly isApart: boolean;
  readonly text: PoolText;
};

/** @param nodes names of nodes that have, or may have, slices */
export function readPool(object: KubeObject, nodes: ReadonlySet<string>): PoolSight {
  const { name, namespace = "", uid = "" } = object.metadata;
  const text = readEntries(object);
  const marks = object.metadata.annotations;
  const marked = marks?.[annotations.network];
  const isApart = marks?.[annotations.overlapping] === "false";
  const owner =
    marked === undefined
      ? ownerIn(name, rangeTexts(object, text.kind === "entries" ? text.prefix : undefined), nodes)
      : { network: marked, node: undefined, isAmbiguous: false };
  return { name, namespace, uid, ...owner, isApart, text };
}

/** `namespace/name`, as commands name it. */
export function poolWord({ namespace, name }: Pick<PoolSight, "namespace" | "name">): string {
  return `IPPool ${namespace}/${name}`;
}

/** What a person runs to put an object right by hand. */
export function editCommand(
  { namespace, name }: Pick<PoolSight, "namespace" | "name">,
  plural: "ippools" | "nodeslicepools" = "ippools",
): string {
  return `kubectl --namespace ${namespace} edit ${plural} ${name}`;
}

/** What has to be put right first, as it goes after "expected". @param fault what is expected of the object */
export function putRight(
  { namespace = "", name }: Pick<KubeObject["metadata"], "namespace" | "name">,
  fault: string,
  plural: "ippools" | "nodeslicepools" = "ippools",
): string {
  return `${fault} in ${plural} ${namespace}/${name}: run: ${editCommand({ namespace, name }, plural)}`;
}

/** A pool that cannot be read keeps nothing from being given: where reservations alone decide, too, a person has to hear of it. */
export function tellFault({ hears }: { readonly hears?: (fault: string) => void }, object: KubeObject): void {
  const read = hears === undefined ? undefined : readEntries(object);
  if (read?.kind === "unreadable") hears?.(putRight(object.metadata, read.fault));
}

function rangeTexts({ spec }: KubeObject, prefix: Prefix | undefined): readonly string[] {
  const written = memberOf(spec, "range");
  return [...(prefix === undefined ? [] : [formatPrefix(prefix)]), ...(typeof written === "string" ? [written] : [])];
}

/** `[<network>-][<node>-]<range>`: node names may have dashes, and so may networks. */
function ownerIn(name: string, ranges: readonly string[], nodes: ReadonlySet<string>) {
  const end = ranges.map((one) => poolName("", one)).find((one) => name === one || name.endsWith(`-${one}`));
  const start = end === undefined ? name : name.slice(0, name.length - end.length).replace(/-$/, "");
  const slices = [...nodes].filter((node) => start === node || start.endsWith(`-${node}`));
  const longest = slices.reduce((best, node) => (node.length > best.length ? node : best), "");
  if (longest === "") return { network: start, node: undefined, isAmbiguous: false };
  const network = start === longest ? "" : start.slice(0, start.length - longest.length - 1);
  return { network, node: longest, isAmbiguous: slices.length > 1 };
}
