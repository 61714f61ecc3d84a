/**
 * A body of the admin socket, held against its schema.
 *
 * @module
 */
import type * as z from "zod";
import type { Failure } from "../failure/failure.ts";
import { faultList } from "./fault-list.ts";
import { faultsToFailure } from "./faults-text.ts";
import { parseJson } from "./json.ts";
import { readShape } from "./read-shape.ts";

export type AdminBody<T> =
  | { readonly kind: "body"; readonly body: T }
  | { readonly kind: "failed"; readonly failure: Failure };

/** Reads a request or an answer of `admin.ts`. Failure: InvalidRequest, with every fault. */
export function readAdminBody<S extends z.ZodType>(schema: S, text: string): AdminBody<z.output<S>> {
  const { faults, note } = faultList();
  const json = parseJson(text);
  if (json.kind === "unreadable")
    return { kind: "failed", failure: faultsToFailure([json.fault], {}, "InvalidRequest") };
  for (const { steps } of json.repeats) note(steps, undefined, "this key once");
  const { value } = readShape(schema, json.value, { at: [], note });
  if (value === undefined || faults.length > 0)
    return { kind: "failed", failure: faultsToFailure(faults, {}, "InvalidRequest") };
  return { kind: "body", body: value };
}
