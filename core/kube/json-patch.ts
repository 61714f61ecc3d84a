/**
 * JSON Patch (RFC 6902) as text: the last place where a missing value is found before the API server panics on it (M3).
 *
 * @module
 */
import type { PatchStep } from "../ports/json-patch.ts";

/**
 * The text of a patch.
 * @throws Error when a step is not plain JSON, a `test` without a value above all: that is a defect of the caller
 */
export function formatPatch(steps: readonly PatchStep[]): string {
  for (const [at, step] of steps.entries()) {
    const fault = faultOf(step);
    if (fault !== undefined) throw new Error(`Cannot send step ${at} (${step.op}) of a patch: expected ${fault}`);
  }
  return JSON.stringify(steps);
}

/** A JSON Pointer (RFC 6901): `pointer("metadata", "labels", "a/b")` is `/metadata/labels/a~1b`. */
export function pointer(...keys: readonly string[]): string {
  return keys.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** What was expected instead; undefined when the step may be sent. */
function faultOf(step: PatchStep): string | undefined {
  if (!/^(?:\/(?:[^~]|~[01])*)?$/.test(step.path)) return `a JSON Pointer as its path, not "${step.path}"`;
  if (step.op === "remove") return undefined;
  const hole = holeIn(step.value, "value");
  return hole === undefined ? undefined : `plain JSON at ${hole}`;
}

/** Where in `value` something stands that JSON.stringify would leave out or change. */
function holeIn(value: unknown, at: string): string | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : at;
  if (typeof value !== "object") return at;
  // By index: an array's holes are not among its entries.
  const entries: Iterable<readonly [number | string, unknown]> = Array.isArray(value)
    ? value.entries()
    : Object.entries(value);
  for (const [key, part] of entries) {
    const hole = holeIn(part, `${at}.${key}`);
    if (hole !== undefined) return hole;
  }
  return undefined;
}
