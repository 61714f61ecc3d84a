/**
 * `name.normalizeIP`: what the reservation of an address is called.
 *
 * @module
 */
import * as z from "zod";
import { reservationName } from "../../../core/kube/names.ts";
import type { Kind } from "../judge.ts";
import { addressIn } from "./whereabouts-range.ts";

const input = z.strictObject({ ip: z.string(), networkName: z.string() });

export const nameNormalizeIp: Kind = (fields) => {
  const { ip, networkName } = input.parse(fields);
  const place = { network: networkName, pool: "", overlapping: true, address: addressIn(ip) };
  return { kind: "answer", fields: { name: reservationName(place) } };
};
