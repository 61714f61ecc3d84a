/**
 * `ip.inRange`: whether an address lies between two, both included.
 *
 * @module
 */
import * as z from "zod";
import { rangeSpans } from "../../../core/ip/range.ts";
import type { Kind } from "../judge.ts";
import { addressIn } from "./whereabouts-range.ts";

const input = z.strictObject({ ip: z.string(), start: z.string(), end: z.string() });

export const ipInRange: Kind = (fields) => {
  const { ip, start, end } = input.parse(fields);
  const first = addressIn(start);
  const last = addressIn(end);
  if (first.family !== last.family) return { kind: "error", message: "the ends are of two families" };
  return { kind: "answer", fields: { result: rangeSpans({ family: first.family, first, last }, addressIn(ip)) } };
};
