/**
 * A definition that was understood, as a person or a program wants to read it.
 *
 * @module
 */
import type { Definition, RangeSource, StaticAddress } from "../core/config/definition.ts";
import { addressOf, type Address } from "../core/ip/address.ts";
import { formatAddress } from "../core/ip/address-text.ts";
import { sizeOf } from "../core/ip/interval-set.ts";
import { formatPrefix } from "../core/ip/prefix.ts";
import { overlap, rangeSize } from "../core/ip/range.ts";
import { formatRange } from "../core/ip/range-text.ts";
import { formatCount } from "../core/ip/count-text.ts";
import { networkWord } from "../core/kube/range-words.ts";
import { type Fact, factLines } from "./terminal/facts.ts";
import { type Column, printTable } from "./terminal/table.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** More common addresses than these are counted, not listed. */
const overlapsMax = 20;

export async function printDefinition(
  terminal: Terminal,
  definition: Definition,
  notes: readonly string[],
): Promise<void> {
  const { name, dialect, ranges, addresses } = definition;
  const heading = `Definition ${name === "" ? "(unnamed)" : name}, ipam.type ${dialect}`;
  await terminal.write(factLines(terminal, heading, facts(definition)));
  if (notes.length > 0) await terminal.write(`${notes.join("\n")}\n`);
  if (ranges.length > 0) await terminal.write("\n");
  await printTable(terminal, rangeColumns, () => ranges);
  if (addresses.length > 0) await terminal.write("\n");
  await printTable(terminal, addressColumns, () => addresses);
  const common = overlapLines(definition);
  if (common.length > 0) await terminal.write(`\n${common.join("\n")}\n`);
}

function facts(definition: Definition): readonly Fact[] {
  const { cniVersion, network, overlapping, routes, dns, reuseAfterMs, allowsStatic, unique, dhcp } = definition;
  const more: Fact[] = [];
  if (dhcp) more.push(["addresses", "from the network's DHCP server, which this version of Berth cannot ask yet"]);
  if (allowsStatic) more.push(["static", unique ? "asked for, one holder each" : "asked for, not held unique"]);
  if (routes.length > 0) more.push(["routes", routes.map(routeText).join(", ")]);
  if (dns !== undefined) more.push(["dns", (dns.nameservers ?? []).join(", ") || "set"]);
  if (reuseAfterMs > 0) more.push(["reuse_after", `${reuseAfterMs / 1000} s`]);
  return [
    ["cniVersion", cniVersion],
    ["network", networkWord(network)],
    ["uniqueness", overlapping ? "one holder in the network" : "one holder in each pool (overlapping ranges are off)"],
    ...more,
  ];
}

function routeText({ dst, gw }: Definition["routes"][number]): string {
  return gw === undefined ? dst : `${dst} via ${gw}`;
}

const rangeColumns: readonly Column<RangeSource>[] = [
  { title: "RANGE", rank: 0, text: ({ range }) => formatPrefix(range.prefix) },
  { title: "FIRST", rank: 1, text: ({ range }) => formatAddress(range.first) },
  { title: "LAST", rank: 1, text: ({ range }) => formatAddress(range.last) },
  { title: "EXCLUDED", rank: 0, align: "right", text: ({ range }) => formatCount(sizeOf(range.excluded)) },
  { title: "SIZE", rank: 0, align: "right", text: ({ range }) => formatCount(rangeSize(range)) },
  { title: "GATEWAY", rank: 2, text: ({ gateway }) => optional(gateway) },
];

const addressColumns: readonly Column<StaticAddress>[] = [
  {
    title: "STATIC ADDRESS",
    rank: 0,
    text: ({ address, prefixLength }) => `${formatAddress(address)}/${prefixLength}`,
  },
  { title: "GATEWAY", rank: 1, text: ({ gateway }) => optional(gateway) },
];

function optional(address: Address | undefined): string {
  return address === undefined ? "" : formatAddress(address);
}

/** An attachment gets an address of each range; ranges with common addresses compete for them. */
function overlapLines({ ranges }: Definition): readonly string[] {
  const lines: string[] = [];
  for (const [index, { range }] of ranges.entries()) {
    for (const { range: other } of ranges.slice(0, index)) {
      // Looked at first: ten thousand ranges have fifty million pairs.
      if (other.first.value > range.last.value || other.last.value < range.first.value) continue;
      const common = overlap(other, range);
      if (common === undefined) continue;
      if (lines.length === overlapsMax) return [...lines, "… and more ranges that share addresses"];
      const [first, last] = [common.first, common.last].map((value) => optional(addressOf(range.family, value)));
      lines.push(`Ranges ${formatRange(other)} and ${formatRange(range)} share addresses from ${first} to ${last}`);
    }
  }
  return lines;
}

export function definitionJson(definition: Definition) {
  const { name, dialect, cniVersion, network, overlapping, ranges, addresses, routes } = definition;
  const gatewayOf = ({ gateway }: { readonly gateway: Address | undefined }) =>
    gateway === undefined ? null : formatAddress(gateway);
  return {
    name,
    type: dialect,
    cniVersion,
    network,
    overlappingRanges: overlapping,
    ranges: ranges.map((source) => ({
      range: formatPrefix(source.range.prefix),
      first: formatAddress(source.range.first),
      last: formatAddress(source.range.last),
      excluded: sizeOf(source.range.excluded),
      size: rangeSize(source.range),
      gateway: gatewayOf(source),
    })),
    addresses: addresses.map((one) => ({
      address: `${formatAddress(one.address)}/${one.prefixLength}`,
      gateway: gatewayOf(one),
    })),
    routes: routes.map(routeText),
    dhcp: definition.dhcp,
  };
}
