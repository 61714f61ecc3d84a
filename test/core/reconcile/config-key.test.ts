/**
 * Which key of the ConfigMap counts.
 *
 * @module
 */
import { expect, test } from "vitest";
import { findScheduleText } from "../../../core/reconcile/config-key.ts";

test.each([
  { name: "OpenShift's key", data: { reconciler_cron_expression: "0 4 * * *" } },
  { name: "the key of Whereabouts' manifest", data: { "cron-expression": "0 4 * * *" } },
])("$name alone is taken", ({ data }) => {
  expect(findScheduleText({ ...data, other: "x" })).toEqual({ kind: "text", text: "0 4 * * *", warning: undefined });
});

test("of both the first is taken, with a warning", () => {
  const found = findScheduleText({ "cron-expression": "0 5 * * *", reconciler_cron_expression: "0 4 * * *" });
  expect(found).toMatchObject({
    kind: "text",
    text: "0 4 * * *",
    warning: expect.stringContaining("remove one of them"),
  });
});

const inKey = "a cron expression in key reconciler_cron_expression, such as 30 4 * * *";
test.each([
  { name: "neither key", data: {}, expected: "key reconciler_cron_expression in the ConfigMap" },
  { name: "an empty text", data: { reconciler_cron_expression: "" }, expected: inKey },
  { name: "only spaces", data: { reconciler_cron_expression: " \n" }, expected: inKey },
  { name: "no text", data: { reconciler_cron_expression: 5 }, expected: inKey },
  {
    name: "an empty first key, whatever the second one has",
    data: { reconciler_cron_expression: "", "cron-expression": "@daily" },
    expected: inKey,
  },
])("refuses $name", ({ data, expected }) => {
  expect(findScheduleText(data)).toMatchObject({
    kind: "failed",
    failure: { name: "InvalidSchedule", message: `Cannot read schedule "": expected ${expected}` },
  });
});
