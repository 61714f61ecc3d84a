/**
 * Times below the protocol's are told.
 *
 * @module
 */
import { expect, test } from "vitest";
import { shortTimes } from "../../reconciler/short-times.ts";

test.each([
  { name: "the protocol's", grace: 300, waiting: 300, told: [] },
  { name: "longer ones", grace: 301, waiting: 86_400, told: [] },
  { name: "a short grace", grace: 299, waiting: 300, told: ["--grace is 299 s: expected at least 300 s"] },
  { name: "a short waiting time", grace: 300, waiting: 1, told: ["--waiting is 1 s: expected at least 300 s"] },
  { name: "both short", grace: 1, waiting: 1, told: ["--grace is 1 s", "--waiting is 1 s"] },
])("$name", ({ grace, waiting, told }) => {
  expect(shortTimes({ grace, waiting })).toEqual(told.map((words) => expect.stringContaining(words)));
});
