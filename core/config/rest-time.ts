/**
 * `reuse_after`: how long a freed address rests.
 *
 * @module
 */

/** A week: a longer rest would outlive the memory of it. */
export const restSecondsMax = 604_800;

const units: { readonly [unit: string]: number } = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Reads `"30s"`, `"5m"`, `"1h30m"` or whole seconds as milliseconds; undefined when it is neither or over a week. */
export function parseRestMs(value: string | number): number | undefined {
  const seconds = typeof value === "number" ? value : secondsOf(value);
  if (seconds === undefined || seconds < 0 || seconds > restSecondsMax) return undefined;
  return seconds * 1000;
}

function secondsOf(text: string): number | undefined {
  if (text.length > 32 || !/^(?:\d+[smhd])+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+)([smhd])/g)) seconds += Number(digits) * (units[unit ?? ""] ?? 0);
  return seconds;
}
