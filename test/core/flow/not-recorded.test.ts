/**
 * What an ADD says when the journal did not take its commit.
 *
 * @module
 */
import { expect, test } from "vitest";
import { notRecorded } from "../../../core/flow/not-recorded.ts";
import { holder } from "../../support/samples.ts";

test.for([
  {
    name: "superseded by a later DEL",
    answer: { kind: "superseded" },
    is: "Superseded",
    says: "no DEL of the same attachment",
  },
  {
    name: "beside another row of its address",
    answer: { kind: "occupied" },
    is: "JournalUnwritable",
    says: "no other row",
  },
  {
    name: "on a full disk",
    answer: { kind: "failed", full: true, reason: "no space" },
    is: "DiskFull",
    says: "no space",
  },
  {
    name: "on a broken disk",
    answer: { kind: "failed", full: false, reason: "input/output error" },
    is: "JournalUnwritable",
    says: "input/output error",
  },
] as const)("$name it is told so, with the container", ({ answer, is, says }) => {
  const told = notRecorded(holder(), answer, { network: "blue" });
  expect(told.name).toBe(is);
  expect(told.message).toContain(says);
  expect(told.message).toContain("c1");
});
