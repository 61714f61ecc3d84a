/**
 * The `ipam` document of type `whereabouts`, as a definition. docs/whereabouts.md lists every difference.
 *
 * @module
 */
import type { Address } from "../ip/address.ts";
import { parseAddress } from "../ip/address-text.ts";
import { parseAddressLeniently } from "../ip/lenient-text.ts";
import { prefixContains, prefixOf } from "../ip/prefix.ts";
import { readAddress } from "./address-field.ts";
import type { RangeSource } from "./definition.ts";
import type { Note, Steps } from "./fault-list.ts";
import { foldKeys } from "./fold-keys.ts";
import { checkNetworkName } from "./network-name.ts";
import { readShape } from "./read-shape.ts";
import type { Reading } from "./reading.ts";
import { readDns, readRoutes } from "./routes.ts";
import type { Sources } from "./sources.ts";
import { readStaticAddresses } from "./static-addresses.ts";
import { type Key, type MergedDocument, mergeDocuments } from "./whereabouts-merge.ts";
import { readWhereaboutsRange } from "./whereabouts-range.ts";
import { ignoredKeys, type WhereaboutsDocument, whereaboutsSchema } from "./whereabouts-schema.ts";

/** How the flat file is called in paths. */
export const flatPlace = "flat-file";

/** @param flat the flat file's content, an `ipam` object without the document around it; undefined when there is none */
export function readWhereaboutsDocument(ipam: unknown, flat: unknown, reading: Reading): Sources | undefined {
  const merged = mergedDocument(ipam, flat, reading);
  return merged === undefined ? undefined : sourcesOf(merged, reading);
}

/** The document with the flat file and the defaults behind it; undefined when nothing can be made of it. */
export function mergedDocument(ipam: unknown, flat: unknown, reading: Reading): MergedDocument | undefined {
  const inline = readDocument(ipam, reading);
  const behind = flat === undefined ? {} : readDocument(flat, { ...reading, ...flatReading(reading) });
  if (inline === undefined || behind === undefined) return undefined;
  for (const key of ignoredKeys) {
    if (inline[key] !== undefined)
      reading.warn([...reading.at, key], undefined, "nothing here, because Berth has no use for it: it is ignored");
  }
  return mergeDocuments(inline, behind);
}

/** A definition may name any file as its flat file: what stands in it is never shown. */
function flatReading({ note }: Reading): { readonly at: Steps; readonly note: Note; readonly warn: Note } {
  return { at: [flatPlace], note: (at, _value, expected) => note(at, undefined, expected), warn: () => undefined };
}

function readDocument(raw: unknown, reading: Pick<Reading, "at" | "note" | "warn">): WhereaboutsDocument | undefined {
  return readShape(whereaboutsSchema, foldKeys(whereaboutsSchema, raw, reading), reading).value;
}

function sourcesOf(merged: MergedDocument, reading: Reading): Sources {
  const { document } = merged;
  const place = (key: Key): Steps => [...(merged.fromFlat.has(key) ? [flatPlace] : reading.at), key];
  for (const key of leaking) {
    if (merged.fromFlat.has(key))
      reading.warn(place(key), undefined, `no ${key} in the flat file: every definition without one gets it`);
  }
  checkNetworkName(document.network_name ?? "", reading);
  const general = readGateway(document, place("gateway"), reading);
  const named = (document.addresses ?? []).flatMap(({ gateway }) => parseAddress(gateway ?? "") ?? []);
  const ranges = readRanges(document, place, { ...reading, gateways: [...general, ...named] });
  const addresses = readStaticAddresses(document.addresses ?? [], [], reading);
  const isPlaced = (gateway: Address): boolean =>
    [
      ...ranges.map(({ range }) => range.prefix),
      ...addresses.map((one) => prefixOf(one.address, one.prefixLength)),
    ].some((subnet) => prefixContains(subnet, gateway));
  if (!general.every(isPlaced)) {
    reading.warn(place("gateway"), document.gateway, "a gateway inside the subnet of a range: no address gets it");
  }
  return {
    network: document.network_name ?? "",
    overlapping: document.enable_overlapping_ranges ?? true,
    ranges,
    ...sliceLengthOf(document),
    addresses,
    allowsStatic: addresses.length > 0,
    unique: false,
    routes: readRoutes(document.routes ?? [], reading),
    dns: readDns(document.dns, reading),
    reuseAfterMs: 0,
    dhcp: false,
  };
}

/** Whereabouts takes `24` as well as `/24`, and finds no fault with anything else. */
function sliceLengthOf({ node_slice_size: text = "" }: WhereaboutsDocument): Pick<Sources, "sliceLength"> {
  if (text === "") return {};
  const bits = /^\/?(?<bits>\d{1,3})$/.exec(text)?.groups?.["bits"];
  return { sliceLength: Number(bits ?? 0) };
}

/** What a flat file should not say, because it says it for every definition that does not. */
const leaking: readonly Key[] = ["range", "range_start", "range_end", "exclude", "ipRanges", "gateway", "addresses"];

function readGateway({ gateway }: WhereaboutsDocument, at: Steps, { note }: Reading): readonly Address[] {
  const address = readAddress(gateway, at, note, parseAddressLeniently);
  return address === undefined ? [] : [address];
}

function readRanges(
  document: WhereaboutsDocument,
  place: (key: Key) => Steps,
  reading: Reading & { readonly gateways: readonly Address[] },
): readonly RangeSource[] {
  const top = { ...document, exclude: document.exclude ?? [] };
  const sources: (RangeSource | undefined)[] = [];
  if (top.range !== undefined) sources.push(readWhereaboutsRange(top, { ...reading, at: place, isTop: true }));
  else if (top.exclude.length > 0) {
    reading.warn(place("exclude"), top.exclude, "a range beside it: it is ignored");
  }
  for (const [index, entry] of (document.ipRanges ?? []).entries()) {
    const at = (field: string): Steps => [...place("ipRanges"), index, field];
    sources.push(readWhereaboutsRange(entry, { ...reading, at, isTop: false }));
  }
  if (sources.length === 0 && (document.addresses ?? []).length === 0) {
    reading.warn(place("range"), undefined, "a range, ipRanges or addresses: nothing is given");
  }
  return sources.filter((source): source is RangeSource => source !== undefined);
}
