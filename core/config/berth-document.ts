/**
 * The `ipam` document of type `berth`, as a definition. Every fault is an error.
 *
 * @module
 */
import { type Address, sameAddress } from "../ip/address.ts";
import { formatAddress, parseAddress } from "../ip/address-text.ts";
import { prefixContains, prefixOf } from "../ip/prefix.ts";
import { readAddress } from "./address-field.ts";
import { readBerthRange } from "./berth-range.ts";
import { type BerthDocument, type BerthRange, berthSchema } from "./berth-schema.ts";
import type { RangeSource, StaticAddress } from "./definition.ts";
import type { Steps } from "./fault-list.ts";
import { keysElsewhere } from "./keys-elsewhere.ts";
import { checkNetworkName } from "./network-name.ts";
import { readShape } from "./read-shape.ts";
import type { Reading } from "./reading.ts";
import { parseRestMs, restSecondsMax } from "./rest-time.ts";
import { readDns, readRoutes } from "./routes.ts";
import type { Sources } from "./sources.ts";
import { readStaticAddresses } from "./static-addresses.ts";

/** Undefined when nothing can be made of it. Faults are noted: what is answered then is not to be used. */
export function readBerthDocument(ipam: unknown, reading: Reading): Sources | undefined {
  const shape = readShape(berthSchema, ipam, { ...reading, elsewhere: keysElsewhere });
  const document = shape.value;
  if (document === undefined) return undefined;
  checkNetworkName(document.network_name, reading);
  if (shape.isWhole) checkChoice(document, reading);
  const entries = entriesOf(document, reading);
  const general = readGateways(document, reading);
  const gateways = [...general, ...namedGateways(document, entries)];
  const sources = entries.map(({ entry, at }) => readBerthRange(entry, { at, note: reading.note, gateways }));
  const ranges = sources.filter((source): source is RangeSource => source !== undefined);
  const addresses = readStaticAddresses(document.addresses ?? [], general, reading);
  if (shape.isWhole && ranges.length === entries.length) checkPlaces({ ranges, addresses, general, gateways }, reading);
  return {
    network: document.network_name,
    overlapping: document.enable_overlapping_ranges,
    ranges,
    addresses,
    allowsStatic: document.addresses !== undefined,
    unique: document.unique,
    routes: readRoutes(document.routes, reading),
    dns: readDns(document.dns, reading),
    reuseAfterMs: readRest(document, reading),
    dhcp: document.dhcp !== undefined,
  };
}

type Entry = { readonly entry: BerthRange; readonly at: Steps };

function entriesOf(document: BerthDocument, { at, note }: Reading): readonly Entry[] {
  const { range, range_start, range_end, exclude } = document;
  const isWritten = range !== undefined || range_start !== undefined || range_end !== undefined || exclude.length > 0;
  // The document's own gateway is looked at for all ranges at once.
  const top: readonly Entry[] = isWritten ? [{ entry: { range, range_start, range_end, exclude }, at }] : [];
  if (document.ranges !== undefined && document.ipRanges !== undefined) {
    note([...at, "ipRanges"], document.ipRanges, "ranges or ipRanges, which mean the same, not both");
  }
  const key = document.ranges === undefined ? "ipRanges" : "ranges";
  const listed = (document[key] ?? []).map((entry, index): Entry => ({ entry, at: [...at, key, index] }));
  return [...top, ...listed];
}

function readGateways({ gateway }: BerthDocument, { at, note }: Reading): readonly Address[] {
  const place = [...at, "gateway"];
  const texts = gateway === undefined ? [] : typeof gateway === "string" ? [gateway] : gateway;
  const addresses = texts.flatMap((text, index) => {
    const address = readAddress(text, typeof gateway === "string" ? place : [...place, index], note);
    return address === undefined ? [] : [address];
  });
  const [one, other] = addresses;
  if (one !== undefined && one.family === other?.family) note(place, gateway, "at most one gateway of each family");
  return addresses;
}

/** The gateways written beside ranges and static addresses; those that cannot be read are noted where they stand. */
function namedGateways({ addresses = [] }: BerthDocument, entries: readonly Entry[]): readonly Address[] {
  const texts = [...entries.map(({ entry }) => entry.gateway), ...addresses.map(({ gateway }) => gateway)];
  return texts.flatMap((text) => {
    const address = text === undefined ? undefined : parseAddress(text);
    return address === undefined ? [] : [address];
  });
}

function checkChoice(document: BerthDocument, { at, note }: Reading): void {
  const { range, ranges, ipRanges, addresses, dhcp } = document;
  const hasRanges = range !== undefined || ranges !== undefined || ipRanges !== undefined;
  if (dhcp !== undefined && (hasRanges || addresses !== undefined)) {
    note([...at, "dhcp"], dhcp, "dhcp alone: the network's own server gives the addresses");
  }
  const isEmpty = range === undefined && [ranges, ipRanges].every((list) => list === undefined || list.length === 0);
  if (isEmpty && addresses === undefined && dhcp === undefined) {
    note(at, undefined, "a range, ranges, addresses or dhcp: where addresses come from");
  }
}

type Places = {
  readonly ranges: readonly RangeSource[];
  readonly addresses: readonly StaticAddress[];
  /** The document's own gateways. */
  readonly general: readonly Address[];
  readonly gateways: readonly Address[];
};

/** What only shows when all parts are known. */
function checkPlaces({ ranges, addresses, general, gateways }: Places, { at, note }: Reading): void {
  const subnets = [
    ...ranges.map(({ range }) => range.prefix),
    ...addresses.map(({ address, prefixLength }) => prefixOf(address, prefixLength)),
  ];
  for (const gateway of general) {
    if (subnets.some((subnet) => prefixContains(subnet, gateway))) continue;
    note([...at, "gateway"], formatAddress(gateway), "a gateway inside the subnet of a range or of a static address");
  }
  for (const [index, { address }] of addresses.entries()) {
    if (!gateways.some((gateway) => sameAddress(gateway, address))) continue;
    note([...at, "addresses", index, "address"], formatAddress(address), "an address that is no gateway");
  }
}

function readRest({ reuse_after }: BerthDocument, { at, note }: Reading): number {
  const restMs = parseRestMs(reuse_after);
  if (restMs === undefined) {
    const expected = `a time such as "30s", "5m" or "1h", or whole seconds, at most ${restSecondsMax / 86_400} days`;
    note([...at, "reuse_after"], reuse_after, expected);
  }
  return restMs ?? 0;
}
