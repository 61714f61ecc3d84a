/**
 * Node slices of Whereabouts: a range cut into pieces, each in a pool of its own that is named after its node. Berth serves the
 * range as a whole; what those pools hold is held (DESIGN 4). Reading only.
 *
 * @module
 */
import { parseAddressLeniently } from "../ip/lenient-text.ts";
import { formatPrefix, parseAddressWithPrefix, type Prefix, prefixesOverlap } from "../ip/prefix.ts";
import type { KubeObject } from "../ports/kube-api.ts";
import { annotations } from "./labels.ts";
import { memberOf, shown } from "./member-of.ts";
import { poolName } from "./names.ts";

/** A `NodeSlicePool`: bears the network's name, or the definition's where that is unset. */
export type NodeSlices = {
  readonly kind: "slices";
  readonly name: string;
  readonly range: Prefix;
  /** `node` is "" for a slice that nobody has. */
  readonly slices: readonly { readonly node: string; readonly slice: Prefix }[];
  /** How many allocations could not be read: their pools are found by name, if at all. */
  readonly unreadable: number;
};

export type NodeSlicesText = NodeSlices | { readonly kind: "unreadable"; readonly fault: string };

/** More nodes than Kubernetes has in one cluster, ten times. */
const slicesMax = 50_000;

export function readNodeSlices(object: KubeObject): NodeSlicesText {
  const text = memberOf(object["spec"], "range");
  const range = prefixIn(text);
  if (range === undefined) return { kind: "unreadable", fault: `a range in spec.range, found ${shown(text)}` };
  const written = memberOf(object["status"], "allocations") ?? [];
  if (!Array.isArray(written) || written.length > slicesMax) {
    return { kind: "unreadable", fault: `a list of at most ${slicesMax} slices in status.allocations` };
  }
  const slices = written.flatMap((one: unknown) => {
    const [node, slice] = [memberOf(one, "nodeName"), prefixIn(memberOf(one, "sliceRange"))];
    return typeof node === "string" && slice !== undefined ? [{ node, slice }] : [];
  });
  return { kind: "slices", name: object.metadata.name, range, slices, unreadable: written.length - slices.length };
}

export type SlicedRange = {
  readonly network: string;
  readonly range: Prefix;
  /** What `NodeSlicePool` objects say of this network or definition. */
  readonly told: readonly NodeSlices[];
  /** Bits of a slice, where the definition says it (`node_slice_size`): finds slices whose `NodeSlicePool` is gone. */
  readonly sliceLength?: number | undefined;
};

export type SlicePool = { readonly object: KubeObject; readonly node: string; readonly slice: Prefix };

/**
 * Finds those of a namespace's `IPPool` objects that are slices of this range: `[<network>-]<node>-<slice>` (the node may be gone).
 * One that could also be the whole pool of another network counts only when its node or its slice is known.
 */
export function slicePoolReader(sliced: SlicedRange): (pool: KubeObject) => SlicePool | undefined {
  const nodes = new Set(sliced.told.flatMap(({ slices }) => slices.map(({ node }) => node)));
  const known = new Set(sliced.told.flatMap(({ slices }) => slices.map(({ slice }) => formatPrefix(slice))));
  const isSlice = (object: KubeObject, node: string, slice: Prefix): boolean => {
    if (nodes.has(node)) return true;
    // Berth marks whole pools; and `blue-node-1` is node-1 of network blue: then it is another network's.
    if (object.metadata.annotations?.[annotations.network] !== undefined || endsIn(nodes, node)) return false;
    return known.has(formatPrefix(slice)) || slice.length === sliced.sliceLength;
  };
  return (object) => {
    const slice = prefixIn(memberOf(object["spec"], "range"));
    if (slice === undefined || !prefixesOverlap(sliced.range, slice)) return undefined;
    const node = nodeIn(object, sliced.network, slice);
    return node !== undefined && isSlice(object, node, slice) ? { object, node, slice } : undefined;
  };
}

/** The name of one node's pool. @param cidr of the slice, as the object has it */
export function slicePoolName(network: string, node: string, cidr: string): string {
  return poolName(network, node === "" ? cidr : `${node}-${cidr}`);
}

/** What the name has between the network and the slice; undefined when it is no such name. */
function nodeIn({ metadata, ...object }: KubeObject, network: string, slice: Prefix): string | undefined {
  const start = poolName(network, "");
  const texts = [formatPrefix(slice), String(memberOf(object["spec"], "range"))];
  const ends = texts.map((cidr) => `-${poolName("", cidr)}`);
  const end = ends.find((one) => metadata.name.endsWith(one));
  if (end === undefined || !metadata.name.startsWith(start)) return undefined;
  const node = metadata.name.slice(start.length, -end.length);
  return node === "" ? undefined : node;
}

/** Whether a node's name stands behind one of the dashes. */
function endsIn(nodes: ReadonlySet<string>, text: string): boolean {
  for (let dash = text.indexOf("-"); dash !== -1; dash = text.indexOf("-", dash + 1)) {
    if (dash + 1 < text.length && nodes.has(text.slice(dash + 1))) return true;
  }
  return false;
}

function prefixIn(text: unknown): Prefix | undefined {
  return typeof text === "string" ? parseAddressWithPrefix(text, parseAddressLeniently)?.prefix : undefined;
}
