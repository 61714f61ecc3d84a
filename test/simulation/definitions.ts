/**
 * The networks of a simulated cluster: small ones, so that they fill. Each range says its usable addresses in full, and
 * names its objects by itself: the checker must not believe the code it checks.
 *
 * @module
 */

export type SimRange = { readonly cidr: string; readonly addresses: readonly string[] };

export type SimDefinition = {
  readonly name: string;
  readonly network: string;
  readonly overlapping: boolean;
  readonly ranges: readonly SimRange[];
  /** Held everywhere in the network. */
  readonly statics: readonly string[];
  /** The CNI network configuration. */
  readonly text: string;
};

const from = (prefix: string, first: number, last: number) =>
  Array.from(
    { length: last - first + 1 },
    (_, at) => `${prefix}${(first + at).toString(prefix.includes(":") ? 16 : 10)}`,
  );

const tiny: SimRange = { cidr: "10.0.0.0/29", addresses: from("10.0.0.", 1, 6) };
const wide: SimRange = { cidr: "10.0.0.0/28", addresses: from("10.0.0.", 1, 14) };
const six: SimRange = { cidr: "fd00::/125", addresses: from("fd00::", 1, 6) };
const two: SimRange = { cidr: "10.8.0.0/30", addresses: from("10.8.0.", 1, 2) };
const other: SimRange = { cidr: "10.9.0.0/29", addresses: from("10.9.0.", 1, 6) };

export const definitions: readonly SimDefinition[] = [
  define({ name: "blue-net", network: "blue", ranges: [tiny] }),
  define({ name: "blue-wide", network: "blue", ranges: [wide] }),
  define({ name: "plain-net", network: "", ranges: [tiny] }),
  define({ name: "dual-net", network: "dual", ranges: [tiny, six] }),
  define({ name: "three-net", network: "dual", ranges: [six, other, tiny] }),
  define({ name: "alone-net", network: "alone", ranges: [tiny], overlapping: false }),
  define({ name: "alone-wide", network: "alone", ranges: [wide], overlapping: false }),
  define({ name: "static-net", network: "blue", ranges: [other], statics: ["10.0.0.3"] }),
  define({ name: "scarce-net", network: "scarce", ranges: [two] }),
  define({ name: "alone-static", network: "alone", ranges: [other], overlapping: false, statics: ["10.0.0.3"] }),
];

function define(shape: {
  readonly name: string;
  readonly network: string;
  readonly ranges: readonly SimRange[];
  readonly overlapping?: boolean;
  readonly statics?: readonly string[];
}): SimDefinition {
  const { name, network, ranges, overlapping = true, statics = [] } = shape;
  const ipam = {
    type: "berth",
    network_name: network,
    ranges: ranges.map(({ cidr }) => ({ range: cidr })),
    ...(overlapping ? {} : { enable_overlapping_ranges: false }),
    ...(statics.length === 0 ? {} : { addresses: statics.map((address) => ({ address: `${address}/24` })) }),
  };
  return {
    name,
    network,
    ranges,
    overlapping,
    statics,
    text: JSON.stringify({ cniVersion: "1.0.0", name, type: "bridge", ipam }),
  };
}

/** What the reservation of an address is called. @param range undefined for a static address */
export function objectName(
  { network, overlapping }: SimDefinition,
  range: SimRange | undefined,
  address: string,
): string {
  const dashed = address.replaceAll(":", "-");
  const prefix = network === "" ? "" : `${network}-`;
  if (overlapping || range === undefined) return `${prefix}${dashed}`;
  return `${prefix}${range.cidr.replaceAll(/[:/]/g, "-")}.${dashed}`;
}

/** The range of a definition that has this address, or undefined for a static one. */
export function rangeOf(definition: SimDefinition, address: string): SimRange | undefined {
  return definition.ranges.find(({ addresses }) => addresses.includes(address));
}
