/**
 * Patches as text: what may be sent, and what is found before it is.
 *
 * @module
 */
import { expect, test } from "vitest";
import { formatPatch, pointer } from "../../../core/kube/json-patch.ts";

test.each([
  { name: "plain keys", keys: ["spec", "allocations", "12"], text: "/spec/allocations/12" },
  { name: "a slash and a tilde", keys: ["metadata", "labels", "a/b~c"], text: "/metadata/labels/a~1b~0c" },
  { name: "what looks like an escape", keys: ["~1"], text: "/~01" },
  { name: "an empty key", keys: [""], text: "/" },
  { name: "the whole document", keys: [], text: "" },
])("a pointer escapes $name", ({ keys, text }) => {
  expect(pointer(...keys)).toBe(text);
});

test("every value is sent, null included", () => {
  const text = formatPatch([
    { op: "test", path: "/a", value: null },
    { op: "add", path: "/a", value: { b: [1, "c", false, null] } },
    { op: "remove", path: "/d~1e" },
  ]);
  expect(text).toBe(
    '[{"op":"test","path":"/a","value":null},{"op":"add","path":"/a","value":{"b":[1,"c",false,null]}},{"op":"remove","path":"/d~1e"}]',
  );
});

test.each([
  { name: "a test without a value", step: { op: "test", path: "/a" }, at: "value" },
  { name: "an undefined value", step: { op: "add", path: "/a", value: undefined }, at: "value" },
  { name: "undefined inside", step: { op: "add", path: "/a", value: { b: [0, { c: undefined }] } }, at: "value.b.1.c" },
  { name: "a hole in an array", step: { op: "add", path: "/a", value: Array(1) }, at: "value.0" },
  { name: "a number that JSON has not", step: { op: "add", path: "/a", value: Number.NaN }, at: "value" },
  { name: "a bigint", step: { op: "replace", path: "/a", value: 1n }, at: "value" },
  { name: "a function", step: { op: "replace", path: "/a", value: { b: () => 1 } }, at: "value.b" },
])("$name is a defect", ({ step, at }) => {
  // Types refuse these; at run time something may still bring one.
  expect(() => formatPatch([step as never])).toThrow(`plain JSON at ${at}`);
});

test.each(["a", "/a~", "/a~2"])("%s is no pointer", (path) => {
  expect(() => formatPatch([{ op: "remove", path }])).toThrow("a JSON Pointer");
});
