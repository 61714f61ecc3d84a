/**
 * Looking into what the API server sent: anybody may have written it.
 *
 * @module
 */

/** An own member of an object; undefined when there is none, or `value` is no object. */
export function memberOf(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Whether it is an object with keys: no list, not null. */
export function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What was found, for a message: at most 100 characters. */
export function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value).slice(0, 100);
}
