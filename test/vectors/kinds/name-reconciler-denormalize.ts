/**
 * `name.reconcilerDenormalize`: which address the name of a reservation without a network means; null when it means none.
 *
 * @module
 */
import * as z from "zod";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { addressInName } from "../../../core/kube/names.ts";
import type { Kind } from "../judge.ts";

const input = z.strictObject({ name: z.string() });

export const nameReconcilerDenormalize: Kind = (fields) => {
  const address = addressInName(input.parse(fields).name);
  return { kind: "answer", fields: { ip: address === undefined ? null : formatAddress(address) } };
};
