/**
 * Eight hexadecimal numbers with colons between them, as one number.
 *
 * @module
 */

/**
 * Reads eight groups, or fewer with one `::` for at least one group of zeros (RFC 4291 section 2.2), or returns
 * undefined.
 *
 * @param spelling what one group may look like, from end to end; at most four hexadecimal digits behind leading zeros
 */
export function hextetsOf(text: string, spelling: RegExp): bigint | undefined {
  const halves = text.split("::", 3);
  if (halves.length > 2) return undefined;
  const [before, after] = halves.map(groupsOf);
  if (before === undefined) return undefined;
  const missing = 8 - before.length - (after?.length ?? 0);
  if (after === undefined ? missing !== 0 : missing < 1) return undefined;
  const zeros = Array.from({ length: missing }, () => "0");
  let value = 0n;
  for (const group of [...before, ...zeros, ...(after ?? [])]) {
    if (!spelling.test(group)) return undefined;
    value = (value << 16n) | BigInt(`0x${group}`);
  }
  return value;
}

function groupsOf(half: string): readonly string[] {
  // Nine is one too many already: hostile text is not cut into thousands of pieces.
  return half === "" ? [] : half.split(":", 9);
}
