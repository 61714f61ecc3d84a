/**
 * `ip.addOffset`: the address so many above another; null when its family ends before it.
 *
 * @module
 */
import * as z from "zod";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { addOffset } from "../../../core/ip/offset.ts";
import type { Kind } from "../judge.ts";
import { addressIn } from "./whereabouts-range.ts";

const input = z.strictObject({ ip: z.string(), offset: z.string().regex(/^\d+$/) });

export const ipAddOffset: Kind = (fields) => {
  const { ip, offset } = input.parse(fields);
  const address = addOffset(addressIn(ip), BigInt(offset));
  return { kind: "answer", fields: { ip: address === undefined ? null : formatAddress(address) } };
};
