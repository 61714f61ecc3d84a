/**
 * Values as JSON for programs: a count of 2^64 is a JSON number with all its digits.
 *
 * @module
 */

declare global {
  // ECMAScript proposal "JSON.parse source text access": in Node since 22.
  interface JSON {
    rawJSON(text: string): object;
  }
}

export function toJson(value: unknown, indent?: number): string {
  const exact = (_key: string, item: unknown) => (typeof item === "bigint" ? JSON.rawJSON(item.toString()) : item);
  return JSON.stringify(value, exact, indent) ?? "null";
}
