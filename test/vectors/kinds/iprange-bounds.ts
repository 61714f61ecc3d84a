/**
 * `iprange.bounds`: the first and last address of a range as a Whereabouts definition describes it.
 *
 * @module
 */
import { formatAddress } from "../../../core/ip/address-text.ts";
import type { Kind } from "../judge.ts";
import { boundsIn, boundsInput } from "./whereabouts-range.ts";

export const iprangeBounds: Kind = (fields) => {
  const bounds = boundsIn(boundsInput.parse(fields));
  if (bounds === undefined) return { kind: "error", message: "the range is malformed" };
  return { kind: "answer", fields: { first: formatAddress(bounds.first), last: formatAddress(bounds.last) } };
};
