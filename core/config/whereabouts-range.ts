/**
 * One range of a `whereabouts` document, read as leniently as Whereabouts reads it, but never so that it could give an
 * address that nobody meant.
 *
 * @module
 */
import type { Address } from "../ip/address.ts";
import { parseAddress } from "../ip/address-text.ts";
import { type Interval, intervalsOf } from "../ip/interval-set.ts";
import { parseAddressLeniently } from "../ip/lenient-text.ts";
import { formatPrefix, lastOf, type Prefix } from "../ip/prefix.ts";
import { makeRange } from "../ip/range.ts";
import { parseExclusion, parseRangeText, type RangeText } from "../ip/range-text.ts";
import { lenientBounds } from "../ip/whereabouts-bounds.ts";
import { gatewayFor, readAddress } from "./address-field.ts";
import type { RangeSource } from "./definition.ts";
import type { Note, Steps } from "./fault-list.ts";
import type { WhereaboutsRange } from "./whereabouts-schema.ts";

export type LenientReading = {
  /** Where a field of the entry stands. */
  readonly at: (field: keyof WhereaboutsRange) => Steps;
  readonly note: Note;
  readonly warn: Note;
  /** Of the whole document: none of them is ever given. */
  readonly gateways: readonly Address[];
  /** Whether it is the range at the top of the document, whose ends are read more leniently than those of ipRanges. */
  readonly isTop: boolean;
};

/** Undefined when it has a fault, which was noted. */
export function readWhereaboutsRange(entry: WhereaboutsRange, reading: LenientReading): RangeSource | undefined {
  const { at, note, warn, gateways } = reading;
  const text = parseRangeText(entry.range ?? "", parseAddressLeniently);
  if (text.kind !== "range-text") {
    note(at("range"), entry.range, text.expected);
    return undefined;
  }
  const { prefix } = text;
  if (text.hostBits) warn(at("range"), entry.range, `${formatPrefix(prefix)}, which it is read as`);
  const { first, last } = readBounds(entry, text, reading);
  const excluded = intervalsOf(readExclusions(entry.exclude ?? [], prefix, reading));
  const made = makeRange({ prefix, first, last, excluded, gateways });
  if (made.kind === "range") return { range: made.range, gateway: gatewayFor(prefix, gateways) };
  note(at("exclude"), entry.exclude, made.expected);
  return undefined;
}

type ReadText = Extract<RangeText, { readonly kind: "range-text" }>;

function readBounds(entry: WhereaboutsRange, text: ReadText, reading: LenientReading) {
  const { at, warn } = reading;
  const isDash = text.first !== undefined;
  const fields = { first: "range_start", last: "range_end" } as const;
  const start = readBound(entry, "range_start", reading);
  const end = readBound(entry, "range_end", reading);
  const bounds = isDash ? lenientBounds(text.prefix, text.first, text.last) : lenientBounds(text.prefix, start, end);
  for (const side of bounds.ignored) {
    const field = isDash ? "range" : fields[side];
    warn(at(field), entry[field], `a ${side} address inside ${formatPrefix(text.prefix)}, in order: it is ignored`);
  }
  for (const field of isDash ? Object.values(fields) : []) {
    if (isSet(entry[field])) warn(at(field), entry[field], `no ${field} beside A-B/length: it is ignored`);
  }
  return bounds;
}

function readBound(entry: WhereaboutsRange, field: "range_start" | "range_end", reading: LenientReading) {
  const text = entry[field];
  if (!isSet(text)) return undefined;
  if (!reading.isTop) return readAddress(text, reading.at(field), reading.note, parseAddress);
  const address = parseAddressLeniently(text ?? "");
  if (address === undefined) reading.warn(reading.at(field), text, "an address: it is ignored");
  return address;
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== "";
}

function readExclusions(
  texts: readonly string[],
  prefix: Prefix,
  { at, note, warn }: LenientReading,
): readonly Interval[] {
  const intervals: Interval[] = [];
  const highest = lastOf(prefix);
  for (const [index, text] of texts.entries()) {
    const parsed = parseExclusion(text);
    const place = [...at("exclude"), index];
    if (parsed.kind !== "exclusion") {
      note(place, text, parsed.expected);
      continue;
    }
    const { family, interval } = parsed;
    const isOutside = family !== prefix.family || interval.last < prefix.base || interval.first > highest;
    if (isOutside) warn(place, text, `addresses inside ${formatPrefix(prefix)}: it is ignored`);
    else intervals.push(interval);
  }
  return intervals;
}
