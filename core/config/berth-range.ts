/**
 * One range of a `berth` document: every fault of it is told.
 *
 * @module
 */
import type { Address } from "../ip/address.ts";
import { type Interval, intervalsOf } from "../ip/interval-set.ts";
import { formatPrefix, lastOf, parsePrefix, type Prefix, prefixContains } from "../ip/prefix.ts";
import { makeRange } from "../ip/range.ts";
import { parseExclusion, parseRangeText } from "../ip/range-text.ts";
import { gatewayFor, readAddress } from "./address-field.ts";
import type { BerthRange } from "./berth-schema.ts";
import type { RangeSource } from "./definition.ts";
import type { Note, Steps } from "./fault-list.ts";

export type RangeReading = {
  /** Where the entry stands. */
  readonly at: Steps;
  readonly note: Note;
  /** Of the whole document: none of them is ever given. */
  readonly gateways: readonly Address[];
};

/** Undefined when it has a fault, which was noted. */
export function readBerthRange(entry: BerthRange, reading: RangeReading): RangeSource | undefined {
  const { at, note } = reading;
  const text = parseRangeText(entry.range ?? "");
  if (text.kind !== "range-text") {
    note([...at, "range"], entry.range, text.expected);
    return undefined;
  }
  const { prefix } = text;
  if (text.hostBits)
    note([...at, "range"], entry.range, `${formatPrefix(prefix)}: a network, without bits behind its length`);
  const { first, last, isDash } = readBounds(entry, text, reading);
  const excluded = readExclusions(entry.exclude, prefix, reading);
  const gateway = readAddress(entry.gateway, [...at, "gateway"], note);
  if (gateway !== undefined) checkGateway(gateway, entry.gateway, prefix, { at: [...at, "gateway"], note });
  const made = makeRange({ prefix, first, last, excluded: intervalsOf(excluded), gateways: reading.gateways });
  if (made.kind === "range") return { range: made.range, gateway: gateway ?? gatewayFor(prefix, reading.gateways) };
  const field = isDash && made.kind !== "empty" ? "range" : fieldOf[made.kind];
  note([...at, field], valueOf(entry, field), made.expected);
  return undefined;
}

const fieldOf = {
  "first-outside": "range_start",
  "last-outside": "range_end",
  reversed: "range_end",
  empty: "exclude",
} as const;

function valueOf(entry: BerthRange, field: "range" | "range_start" | "range_end" | "exclude"): unknown {
  return field === "exclude" && entry.exclude.length === 0 ? entry.range : entry[field];
}

type Bounds = { readonly first: Address | undefined; readonly last: Address | undefined; readonly isDash: boolean };

function readBounds(entry: BerthRange, text: Partial<Bounds> & { prefix: Prefix }, { at, note }: RangeReading): Bounds {
  const isDash = text.first !== undefined;
  const bound = (field: "range_start" | "range_end") => {
    const address = readAddress(entry[field], [...at, field], note);
    if (isDash && entry[field] !== undefined) {
      note([...at, field], entry[field], `no ${field} beside a range that is written A-B/length`);
    }
    if (address === undefined || address.family === text.prefix.family) return address;
    note([...at, field], entry[field], `an IPv${text.prefix.family} address, as the range is`);
    return undefined;
  };
  const start = bound("range_start");
  const end = bound("range_end");
  return isDash ? { first: text.first, last: text.last, isDash } : { first: start, last: end, isDash };
}

function readExclusions(texts: readonly string[], prefix: Prefix, { at, note }: RangeReading): readonly Interval[] {
  const intervals: Interval[] = [];
  const lowest = prefix.base;
  const highest = lastOf(prefix);
  for (const [index, text] of texts.entries()) {
    const place = [...at, "exclude", index];
    const parsed = parseExclusion(text);
    if (parsed.kind !== "exclusion") {
      note(place, text, parsed.expected);
      continue;
    }
    const { interval, family } = parsed;
    if (family !== prefix.family || interval.first < lowest || interval.last > highest) {
      note(place, text, `addresses inside ${formatPrefix(prefix)}`);
      continue;
    }
    const cidr = text.includes("/") ? parsePrefix(text) : undefined;
    if (cidr?.kind === "host-bits") note(place, text, `${formatPrefix(cidr.prefix)}: without bits behind its length`);
    intervals.push(interval);
  }
  return intervals;
}

function checkGateway(gateway: Address, text: unknown, prefix: Prefix, to: { at: Steps; note: Note }): void {
  if (!prefixContains(prefix, gateway)) to.note(to.at, text, `a gateway inside ${formatPrefix(prefix)}`);
}
