/**
 * How entries of an `IPPool` are written: one JSON Patch that tests what was judged, so that nobody's write in between is lost
 * (P6, P12). Beside Whereabouts this is safe: its own patch fails when the object has changed.
 *
 * @module
 */
import type { Json, PatchStep } from "../ports/json-patch.ts";
import type { Refused } from "../ports/kube-api.ts";
import type { EntryOrder } from "./entry-order.ts";
import { entryKey, type PoolEntries, type PoolEntry } from "./pool-entries.ts";

const allocations = "/spec/allocations";

/** All that is ordered of one pool as it was read, in one patch. */
export function stepsOf(
  pool: Pick<PoolEntries, "base" | "hasAllocations">,
  orders: readonly EntryOrder[],
): readonly PatchStep[] {
  const entry = ({ address, value }: EntryOrder): PoolEntry => ({ key: entryKey(pool.base, address) ?? "", ...value });
  const added = orders.filter(({ kind }) => kind === "add").map(entry);
  const removed = orders.filter(({ kind }) => kind === "remove").map(entry);
  return [
    ...(added.length === 0 ? [] : addSteps(pool, added)),
    ...(removed.length === 0 ? [] : removeSteps(removed)),
    ...orders.flatMap((order) => (order.kind === "replace" ? replaceSteps(entry(order), order.to) : [])),
  ];
}

/** Adds entries, all or none, where their keys are free. */
export function addSteps(
  pool: Pick<PoolEntries, "hasAllocations">,
  entries: readonly PoolEntry[],
): readonly PatchStep[] {
  return [
    ...(pool.hasAllocations ? [] : fillGap),
    // `null` means: there is none. Written out, for a test without a value panics the API server's request.
    ...entries.map(({ key }): PatchStep => ({ op: "test", path: pathOf(key), value: null })),
    ...entries.map((entry): PatchStep => ({ op: "add", path: pathOf(entry.key), value: valueOf(entry) })),
    ...trimFields,
  ];
}

/** Removes entries, all or none, where they are still as they were read. */
export function removeSteps(entries: readonly PoolEntry[]): readonly PatchStep[] {
  return [
    ...entries.map(testOf),
    ...entries.map(({ key }): PatchStep => ({ op: "remove", path: pathOf(key) })),
    ...trimFields,
  ];
}

/** Hands one entry over, where it is still as it was read: to a new sandbox, or to the next holder of the address. */
export function replaceSteps(from: PoolEntry, to: Omit<PoolEntry, "key">): readonly PatchStep[] {
  const value = valueOf({ ...to, key: from.key });
  return [testOf(from), { op: "replace", path: pathOf(from.key), value }, ...trimFields];
}

/** Whether a refused patch only means that somebody else was first: then it is read, and judged again. */
export function isOutrun({ status }: Pick<Refused, "status">): boolean {
  return status === 422;
}

const fillGap: readonly PatchStep[] = [
  { op: "test", path: allocations, value: null },
  { op: "add", path: allocations, value: {} },
];

/** Who wrote which key is noted by the server for every key, and doubles the object: this makes it forget. */
const trimFields: readonly PatchStep[] = [{ op: "add", path: "/metadata/managedFields", value: [{}] }];

function testOf(entry: PoolEntry): PatchStep {
  return { op: "test", path: pathOf(entry.key), value: valueOf(entry) };
}

/** Exactly the fields that are there: a test compares the whole value. */
function valueOf({ id, podref, ifname }: PoolEntry): Json {
  return ifname === undefined ? { id, podref } : { id, podref, ifname };
}

/** Keys are decimal numbers: nothing in them needs to be escaped (RFC 6901). */
function pathOf(key: string): string {
  return `${allocations}/${key}`;
}
