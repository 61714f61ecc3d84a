/**
 * The networks of a cluster under chaos: a wide one, one with two families, one with overlapping ranges off, and one that
 * is full again and again. They name their reservations by themselves: the checker must not believe the code it checks.
 *
 * @module
 */

export type ClusterNetwork = {
  /** The CNI network configuration. */
  readonly config: object;
  /** The name of an address's reservation. @param address without its length */
  readonly reservation: (address: string) => string;
  /** Of a hundred interfaces. */
  readonly share: number;
};

export const clusterNetworks: readonly ClusterNetwork[] = [
  define({ name: "wide-net", network: "", ranges: ["10.64.0.0/21"], share: 50 }),
  define({ name: "dual-net", network: "dual", ranges: ["10.80.0.0/22", "fd80::/118"], share: 20 }),
  define({ name: "alone-net", network: "alone", ranges: ["10.64.0.0/22"], share: 15, overlapping: false }),
  define({ name: "tight-net", network: "tight", ranges: ["10.90.0.0/25"], share: 15 }),
];

type Shape = {
  readonly name: string;
  readonly network: string;
  readonly ranges: readonly string[];
  readonly share: number;
  readonly overlapping?: boolean;
};

function define({ name, network, ranges, share, overlapping = true }: Shape): ClusterNetwork {
  const ipam = {
    type: "berth",
    ...(network === "" ? {} : { network_name: network }),
    ranges: ranges.map((range) => ({ range })),
    ...(overlapping ? {} : { enable_overlapping_ranges: false }),
  };
  const dashed = (text: string) => text.replaceAll(/[:/]/g, "-");
  const prefix = network === "" ? "" : `${network}-`;
  const pool = (address: string) => ranges.find((range) => range.includes(":") === address.includes(":")) ?? "";
  return {
    config: { cniVersion: "1.1.0", name, type: "bridge", ipam },
    reservation: (address) => `${prefix}${overlapping ? "" : `${dashed(pool(address))}.`}${dashed(address)}`,
    share,
  };
}
