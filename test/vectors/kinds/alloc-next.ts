/**
 * `alloc.next`: the lowest free address of a range as a Whereabouts definition describes it.
 *
 * @module
 */
import * as z from "zod";
import { Occupancy } from "../../../core/allocate/occupancy.ts";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { type Interval, intervalsOf } from "../../../core/ip/interval-set.ts";
import { makeRange } from "../../../core/ip/range.ts";
import { parseExclusion } from "../../../core/ip/range-text.ts";
import type { Kind } from "../judge.ts";
import { addressIn, boundsIn, boundsInput } from "./whereabouts-range.ts";

const input = boundsInput.extend({ reserved: z.array(z.string()), exclude: z.array(z.string()) });

export const allocNext: Kind = (fields) => {
  const { reserved, exclude, ...rest } = input.parse(fields);
  const bounds = boundsIn(rest);
  if (bounds === undefined) return { kind: "error", message: "the range is malformed" };
  const excluded: Interval[] = [];
  for (const text of exclude) {
    const parsed = parseExclusion(text);
    if (parsed.kind !== "exclusion") return { kind: "error", message: `exclusion: expected ${parsed.expected}` };
    if (parsed.family === bounds.prefix.family) excluded.push(parsed.interval);
  }
  const made = makeRange({ ...bounds, excluded: intervalsOf(excluded), gateways: [] });
  if (made.kind !== "range") return { kind: "error", message: `${made.kind}: expected ${made.expected}` };
  const occupancy = new Occupancy(made.range);
  occupancy.takeAll(reserved.map((text) => addressIn(text).value));
  const value = occupancy.lowestFree();
  if (value === undefined) return { kind: "error", message: "full" };
  return { kind: "answer", fields: { ip: formatAddress({ family: bounds.prefix.family, value }) } };
};
