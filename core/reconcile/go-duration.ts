/**
 * Durations as Go writes them: `1h30m`, `1.5h`, `90s`.
 *
 * @module
 */

const units: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  ["µs", 1_000n],
  ["μs", 1_000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);

const most = 2n ** 63n;

/** ns, rounded towards 0; undefined for anything that Go's `time.ParseDuration` refuses. */
export function parseGoDuration(text: string): bigint | undefined {
  const rest = text.replace(/^[+-]/, "");
  if (rest === "0") return 0n;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/u.test(rest)) return undefined;
  let sum = 0n;
  for (const part of rest.matchAll(/(\d*)\.?(\d*)([a-zµμ]+)/gu)) sum += valueOf(part);
  if (text.startsWith("-")) return sum > most ? undefined : -sum;
  return sum >= most ? undefined : sum;
}

function valueOf([, whole = "", fraction = "", unit = ""]: RegExpMatchArray): bigint {
  const size = units.get(unit) ?? 0n;
  return BigInt(`0${whole}`) * size + (BigInt(`0${fraction}`) * size) / 10n ** BigInt(fraction.length);
}
