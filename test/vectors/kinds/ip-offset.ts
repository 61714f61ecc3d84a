/**
 * `ip.offset`: how far two addresses lie apart.
 *
 * @module
 */
import * as z from "zod";
import { offsetBetween } from "../../../core/ip/offset.ts";
import type { Kind } from "../judge.ts";
import { addressIn } from "./whereabouts-range.ts";

const input = z.strictObject({ a: z.string(), b: z.string() });

export const ipOffset: Kind = (fields) => {
  const { a, b } = input.parse(fields);
  const offset = offsetBetween(addressIn(a), addressIn(b));
  if (offset === undefined) return { kind: "error", message: "the addresses are of two families" };
  return { kind: "answer", fields: { offset: offset.toString() } };
};
