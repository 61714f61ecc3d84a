/**
 * Points in time for people: always UTC, always with the letter that says so.
 *
 * @module
 */

/** `2026-02-03T12:04:05Z`; `-` when it is not known. */
export function formatInstant(ms: number | undefined): string {
  if (ms === undefined) return "-";
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** `3 days`, in the largest unit that is not 0. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [name, length] = units.find(([, size]) => seconds >= size) ?? ["second", 1];
  const count = Math.floor(seconds / length);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
