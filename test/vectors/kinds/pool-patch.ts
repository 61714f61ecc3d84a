/**
 * `pool.patch`: the JSON Patch between two states of a pool. `pool.patch.error`: whether a refused one is tried again.
 *
 * @module
 */
import * as z from "zod";
import { addSteps, isOutrun, removeSteps, replaceSteps } from "../../../core/kube/pool-entries-patch.ts";
import { readEntries, type PoolEntry } from "../../../core/kube/pool-entries.ts";
import type { PatchStep } from "../../../core/ports/json-patch.ts";
import type { Kind } from "../judge.ts";

const pool = z.record(z.string(), z.unknown());
const input = z.strictObject({ resourceVersion: z.string(), before: pool, after: pool });

export const poolPatch: Kind = (fields) => {
  const { before, after } = input.parse(fields);
  return { kind: "answer", fields: { ops: stepsBetween(entriesOf(before), entriesOf(after)) } };
};

export const poolPatchError: Kind = (fields) => {
  const { httpStatus } = z.strictObject({ httpStatus: z.number() }).parse(fields);
  return { kind: "answer", fields: { retry: isOutrun({ status: httpStatus }) } };
};

/** One change a patch, as an agent makes them. */
function stepsBetween(before: Entries, after: Entries): readonly PatchStep[] {
  const [key] = [...new Set([...before.keys(), ...after.keys()])].filter((one) => before.get(one) !== after.get(one));
  const [from, to] = [before.get(key ?? ""), after.get(key ?? "")];
  if (from !== undefined && to !== undefined) return replaceSteps(from, to);
  if (to !== undefined) return addSteps({ hasAllocations: true }, [to]);
  return from === undefined ? [] : removeSteps([from]);
}

type Entries = ReadonlyMap<string, PoolEntry>;

function entriesOf(allocations: z.output<typeof pool>): Entries {
  const read = readEntries({ metadata: { name: "pool" }, spec: { range: "10.0.0.0/24", allocations } });
  return new Map(read.kind === "entries" ? [...read.entries.values()].map((entry) => [entry.key, entry]) : []);
}
