/**
 * `name.ippool`: what the pool of a range, or of a node's slice of it, is called.
 *
 * @module
 */
import * as z from "zod";
import { formatPrefix, parsePrefix } from "../../../core/ip/prefix.ts";
import { slicePoolName } from "../../../core/kube/slices.ts";
import type { Kind } from "../judge.ts";

const input = z.strictObject({ networkName: z.string(), nodeName: z.string(), range: z.string() });

export const nameIppool: Kind = (fields) => {
  const { networkName, nodeName, range } = input.parse(fields);
  const read = parsePrefix(range);
  if (read.kind === "malformed") return { kind: "error", message: read.expected };
  return { kind: "answer", fields: { name: slicePoolName(networkName, nodeName, formatPrefix(read.prefix)) } };
};
