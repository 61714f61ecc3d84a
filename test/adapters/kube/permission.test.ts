/**
 * What an answer to a question about permissions means.
 *
 * @module
 */
import { expect, test } from "vitest";
import { permissionAnswer } from "../../../adapters/kube/read-answer.ts";

const review = (status: unknown) => JSON.stringify({ kind: "SelfSubjectAccessReview", metadata: {}, status });

test.for([
  { name: "yes", status: 201, text: review({ allowed: true }), is: { kind: "may", allowed: true } },
  { name: "no", status: 201, text: review({ allowed: false }), is: { kind: "may", allowed: false } },
  { name: "something else", status: 201, text: review({}), is: { kind: "unknown" } },
  { name: "a proxy's page", status: 200, text: "<html>", is: { kind: "unknown" } },
  {
    name: "a refusal",
    status: 403,
    text: '{"reason":"Forbidden","message":"no"}',
    is: { kind: "refused", status: 403 },
  },
])("of $name", ({ status, text, is }) => {
  expect(permissionAnswer({ status, text })).toMatchObject(is);
});
