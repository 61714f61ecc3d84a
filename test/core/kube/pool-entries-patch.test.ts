/**
 * Writing entries: applied to a document, each patch does what was judged or nothing.
 *
 * @module
 */
import { describe, expect, test } from "vitest";
import { addSteps, isOutrun, removeSteps, replaceSteps } from "../../../core/kube/pool-entries-patch.ts";
import type { PoolEntry } from "../../../core/kube/pool-entries.ts";
import type { PatchStep } from "../../../core/ports/json-patch.ts";

const entry = (key: string, changes: Partial<PoolEntry> = {}): PoolEntry => ({
  key,
  id: `c${key}`,
  podref: "default/web-0",
  ifname: "net1",
  ...changes,
});
const { ifname: _, ...old } = entry("9");
const reset: PatchStep = { op: "add", path: "/metadata/managedFields", value: [{}] };
const value = (key: string) => ({ id: `c${key}`, podref: "default/web-0", ifname: "net1" });

describe("addSteps()", () => {
  test("tests every key with a null that is written out, then adds", () => {
    expect(addSteps({ hasAllocations: true }, [entry("5"), entry("6")])).toEqual([
      { op: "test", path: "/spec/allocations/5", value: null },
      { op: "test", path: "/spec/allocations/6", value: null },
      { op: "add", path: "/spec/allocations/5", value: value("5") },
      { op: "add", path: "/spec/allocations/6", value: value("6") },
      reset,
    ]);
  });

  test("makes a place for entries where there is none", () => {
    expect(addSteps({ hasAllocations: false }, [entry("5")]).slice(0, 2)).toEqual([
      { op: "test", path: "/spec/allocations", value: null },
      { op: "add", path: "/spec/allocations", value: {} },
    ]);
  });
});

describe("removeSteps()", () => {
  test("tests the whole value, of old versions too, then removes", () => {
    expect(removeSteps([entry("5"), old])).toEqual([
      { op: "test", path: "/spec/allocations/5", value: value("5") },
      { op: "test", path: "/spec/allocations/9", value: { id: "c9", podref: "default/web-0" } },
      { op: "remove", path: "/spec/allocations/5" },
      { op: "remove", path: "/spec/allocations/9" },
      reset,
    ]);
  });
});

describe("replaceSteps()", () => {
  test("tests the whole value, then writes the new one under the same key", () => {
    expect(replaceSteps(old, { ...value("5"), id: "new" })).toEqual([
      { op: "test", path: "/spec/allocations/9", value: { id: "c9", podref: "default/web-0" } },
      { op: "replace", path: "/spec/allocations/9", value: { ...value("5"), id: "new" } },
      reset,
    ]);
  });
});

test("every test of every patch carries a value, as JSON", () => {
  const steps = [
    ...addSteps({ hasAllocations: false }, [entry("5"), old]),
    ...removeSteps([entry("5"), old]),
    ...replaceSteps(old, entry("9")),
  ];
  const sent = JSON.parse(JSON.stringify(steps)) as object[];
  expect(sent.filter((step) => !("value" in step))).toEqual([
    { op: "remove", path: "/spec/allocations/5" },
    { op: "remove", path: "/spec/allocations/9" },
  ]);
});

test.each([
  { status: 422, outrun: true },
  { status: 409, outrun: false },
  { status: 413, outrun: false },
  { status: 403, outrun: false },
])("a patch refused with $status was outrun: $outrun", ({ status, outrun }) => {
  expect(isOutrun({ status })).toBe(outrun);
});
