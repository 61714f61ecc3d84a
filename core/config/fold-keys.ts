/**
 * A document as Go's decoder reads it: keys in any case, unknown ones left out, `null` the same as not there.
 *
 * @module
 */
import * as z from "zod";
import type { Note, Steps } from "./fault-list.ts";
import { foldKey } from "./json.ts";
import { isObject } from "./network-configuration.ts";
import { unwrapped } from "./read-shape.ts";

/** Spells the keys as the schema does. What is left out is told to `warn`. Of two spellings of a key the last counts. */
export function foldKeys(
  schema: z.core.$ZodType,
  raw: unknown,
  to: { readonly at: Steps; readonly warn: Note },
): unknown {
  const shape = unwrapped(schema);
  if (shape instanceof z.ZodArray && Array.isArray(raw)) {
    const list: readonly unknown[] = raw;
    return list.map((item, index) => foldKeys(shape.element, item, { ...to, at: [...to.at, index] }));
  }
  if (!(shape instanceof z.ZodObject) || !isObject(raw)) return raw;
  const spelling = new Map(Object.keys(shape.shape).map((key) => [foldKey(key), key]));
  const folded = new Map<string, unknown>();
  for (const [written, value] of Object.entries(raw)) {
    const key = spelling.get(foldKey(written));
    const at = [...to.at, written];
    if (key === undefined)
      to.warn(at, undefined, `one of the keys ${[...spelling.values()].join(", ")}: it is ignored`);
    else if (value !== null) folded.set(key, foldKeys(shape.shape[key], value, { ...to, at }));
  }
  return Object.fromEntries(folded);
}
