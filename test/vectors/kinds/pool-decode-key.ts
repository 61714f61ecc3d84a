/**
 * `pool.decodeKey`: which address the key of an entry stands for; null when it is no entry.
 *
 * @module
 */
import * as z from "zod";
import { knownAddress } from "../../../core/ip/address.ts";
import { formatAddress } from "../../../core/ip/address-text.ts";
import { readEntries } from "../../../core/kube/pool-entries.ts";
import type { Kind } from "../judge.ts";

const input = z.strictObject({ specRange: z.string(), key: z.string() });

export const poolDecodeKey: Kind = (fields) => {
  const { specRange, key } = input.parse(fields);
  const allocations = { [key]: { id: "c1", podref: "default/web-0" } };
  const read = readEntries({ metadata: { name: "pool" }, spec: { range: specRange, allocations } });
  if (read.kind !== "entries") return { kind: "error", message: read.fault };
  const [value] = read.entries.keys();
  const ip = value === undefined ? null : formatAddress(knownAddress(read.base.family, value));
  return { kind: "answer", fields: { ip } };
};
