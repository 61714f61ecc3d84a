/**
 * A Whereabouts document with the flat file and the defaults behind it (Whereabouts pkg/config/config.go at 3a262bd:
 * field by field, whatever is zero is filled up).
 *
 * @module
 */
import { isObject } from "./network-configuration.ts";
import { type WhereaboutsDocument, whereaboutsDefaults, whereaboutsSchema } from "./whereabouts-schema.ts";

export type Key = keyof WhereaboutsDocument;

export type MergedDocument = {
  readonly document: WhereaboutsDocument;
  /** The keys whose value comes from the flat file. */
  readonly fromFlat: ReadonlySet<Key>;
};

/** The objects that are merged by their own fields. */
const nested: ReadonlySet<Key> = new Set<Key>(["dns", "kubernetes"]);
/** Whereabouts never takes these from the flat file; and `enable_overlapping_ranges: false` is meant. */
const inlineOnly: ReadonlySet<Key> = new Set<Key>(["type", "enable_overlapping_ranges", "configuration_path"]);

/** An inline zero (`0`, `""`, `false`, `[]`) does not override; lists are taken whole. */
export function mergeDocuments(inline: WhereaboutsDocument, flat: WhereaboutsDocument): MergedDocument {
  const merged = new Map<string, unknown>();
  const fromFlat = new Set<Key>();
  for (const key of whereaboutsSchema.keyof().options) {
    if (inlineOnly.has(key)) {
      merged.set(key, inline[key] ?? whereaboutsDefaults[key]);
      continue;
    }
    if (isZero(inline[key]) && !isZero(flat[key])) fromFlat.add(key);
    const over = isZero(inline[key]) ? flat[key] : inline[key];
    const value = nested.has(key) ? filled(inline[key], flat[key]) : over;
    merged.set(key, isZero(value) ? whereaboutsDefaults[key] : value);
  }
  return { document: whereaboutsSchema.parse(Object.fromEntries(merged)), fromFlat };
}

function filled(over: unknown, under: unknown): unknown {
  if (!isObject(over) || !isObject(under)) return isZero(over) ? under : over;
  const set = Object.entries(over).filter(([, value]) => !isZero(value));
  return { ...under, ...Object.fromEntries(set) };
}

function isZero(value: unknown): boolean {
  // The numbers are all times: a negative one is none.
  if (typeof value === "number") return value <= 0;
  return value === undefined || value === "" || value === false || (Array.isArray(value) && value.length === 0);
}
